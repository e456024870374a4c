"""POST /token, /revoke and /introspect (RFC 6749, RFC 7009, RFC 7662; OpenID Connect Core 1.0, section 3.1.3).

1. The client proves itself: secret or signed assertion (`client_authentication`, `client_assertions`; RFC 7523), whose
   keys come from `client_jwks`.
2. The grant type takes over: `authorization_code`, `refresh` (rotation, its grace and its reuse detection: RFC 9700,
   section 4.14.2) or `client_credentials`. A spent secret that comes again ends the grant (`replay`).
3. Tokens are made and stored with the mark that spends the code, in one transaction (`issuing`), the ID token is signed
   (`id_token`).
"""
