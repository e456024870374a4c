"""The protocol's tables and how the hot paths read and write them.

`models`: grants, tokens, consents, deliveries. `statements`: Core statements, compiled once, over the joins of
`columns`; `rows` is what they bring back. `client_cache` keeps the registered clients of a moment; `jobs` removes what
is dead.
"""
