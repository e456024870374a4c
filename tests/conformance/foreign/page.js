// An application that lives in the browser alone, made with oidc-client-ts. The test calls what stands on `app`.
const here = location.origin + '/'
const manager = new oidc.UserManager({
  authority: window.ISSUER, client_id: 'page', redirect_uri: here, post_logout_redirect_uri: here,
  scope: 'openid profile offline_access', automaticSilentRenew: false, loadUserInfo: true,
})
const plain = (user) => user && {
  sub: user.profile.sub, name: user.profile.name, access: user.access_token, refresh: user.refresh_token,
  id_token: user.id_token,
}

async function arrive() {
  const asked = new URLSearchParams(location.search)
  if (asked.has('code') || asked.has('error')) {
    return manager.signinCallback().then(plain, (error) => ({ error: error.error || String(error) }))
  }
  return asked.has('state') ? { said: (await manager.signoutCallback()).userState } : {}
}

window.app = {
  arrived: arrive(),
  signIn: (more) => manager.signinRedirect(more),
  user: async () => plain(await manager.getUser()),
  renew: async () => plain(await manager.signinSilent()),
  revoke: () => manager.revokeTokens(['access_token']),
  userinfo: async (token) => (await fetch(
    (await manager.metadataService.getUserInfoEndpoint()), { headers: { Authorization: `Bearer ${token}` } },
  )).status,
  signOut: () => manager.signoutRedirect({ state: 'bye' }),
}
