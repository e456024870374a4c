"""The provider's own signing keys: a folder of PEM files beside their dates, read again every half minute.

`schedule` says, as a pure function of time, which key is published, which signs and which is over; `files` makes,
rotates and reads them; `key_ring` signs and checks; `transfer` carries private keys to another node; `jobs` keeps the
schedule going; `commands` is `idp keys`. A key set is RFC 7517, a signature RFC 7515, the algorithms RFC 7518 and 8037.
"""
