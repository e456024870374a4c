"""How secrets lie in the database: digests of what comes back by itself, and what must be used again sealed."""

import hashlib
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE_BYTES = 12


def digest(secret: str) -> bytes:
    """What is stored of a random secret."""
    return hashlib.sha256(secret.encode()).digest()


def seal(secret: str, text: str) -> bytes:
    """`text` by AES-256-GCM under a key made of `secret`, a random one that is not stored here itself.

    So neither a copy of the database nor the settings beside it open what a session holds: its browser's cookie does.
    """
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(_key(secret)).encrypt(nonce, text.encode(), None)


def unseal(secret: str, sealed: bytes) -> str:
    """The reverse of `seal`. Raises `ValueError` where it was sealed under another secret, or changed."""
    try:
        return AESGCM(_key(secret)).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], None).decode()
    except InvalidTag as error:
        raise ValueError("sealed under another secret") from error


def _key(secret: str) -> bytes:
    return HKDF(SHA256(), length=32, salt=None, info=b"INFO sealed at rest").derive(secret.encode())
