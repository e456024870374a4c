"""GET and POST /consent, and the person's own list at /home/consents (OpenID Connect Core 1.0, section 3.1.2.4).

`summary` says in words and with the person's own values what a client is told; `operations` keeps a yes, takes it back,
and puts the national ID on record when it is told; `views` asks, `own_views` shows and withdraws.
"""
