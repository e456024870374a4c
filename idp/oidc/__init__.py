"""The protocol: OpenID Connect with Authlib as the engine, keys, claims, consent, logout."""
