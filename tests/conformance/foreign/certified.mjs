// A system made with openid-client: it says in JSON lines what the browser should open, and reads where it arrived.
import * as readline from 'node:readline'
import * as oidc from 'openid-client'

const { ISSUER, CLIENT_ID, CLIENT_SECRET, CALLBACK, SIGNED_OUT, METHOD } = process.env
const lines = readline.createInterface({ input: process.stdin })[Symbol.asyncIterator]()
const methods = {
  client_secret_basic: oidc.ClientSecretBasic,
  client_secret_post: oidc.ClientSecretPost,
  none: oidc.None,
}

async function browse(address) {
  console.log(JSON.stringify({ open: address.href }))
  return new URL(JSON.parse((await lines.next()).value).arrived)
}

const provider = await oidc.discovery(new URL(ISSUER), CLIENT_ID, CLIENT_SECRET, methods[METHOD](CLIENT_SECRET))
const verifier = oidc.randomPKCECodeVerifier()
const state = oidc.randomState()
const nonce = oidc.randomNonce()
const asked = oidc.buildAuthorizationUrl(provider, {
  redirect_uri: CALLBACK, scope: 'openid profile offline_access', state, nonce, prompt: 'consent',
  code_challenge: await oidc.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256',
})
oidc.enableNonRepudiationChecks(provider) // signatures are checked even where TLS would do
const checks = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true }
const tokens = await oidc.authorizationCodeGrant(provider, await browse(asked), checks)
const { sub } = tokens.claims()
const person = await oidc.fetchUserInfo(provider, tokens.access_token, sub)

const renewed = await oidc.refreshTokenGrant(provider, tokens.refresh_token)
const stillSame = renewed.claims().sub === sub
const { active } = await oidc.tokenIntrospection(provider, renewed.access_token)
await oidc.tokenRevocation(provider, renewed.access_token)
const revoked = await oidc.fetchUserInfo(provider, renewed.access_token, sub).then(() => 'still good', (error) => error.status)
const { active: activeAfter } = await oidc.tokenIntrospection(provider, renewed.access_token)

const left = await browse(oidc.buildEndSessionUrl(provider, {
  id_token_hint: renewed.id_token, post_logout_redirect_uri: SIGNED_OUT, state: 'bye',
}))
await oidc.tokenRevocation(provider, renewed.refresh_token)
const refused = await oidc.refreshTokenGrant(provider, renewed.refresh_token).then(() => 'still good', (error) => error.error)
console.log(JSON.stringify({ done: {
  sub, name: person.name, stillSame, active, revoked, activeAfter, left: left.href, refused,
} }))
process.exit(0)
