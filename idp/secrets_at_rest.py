"""Digests, encryption and the key files behind them. Signing keys live in `idp.oidc.keys`."""

import base64
import ctypes
import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_FILES = ("cookies", "national-id", "blind-index", "evidence", "mail", "audit", "subjects")
SET_DUMPABLE = 4


class KeyFileError(Exception):
    """A key file is missing or damaged; the message names it."""


@dataclass(frozen=True)
class KeyFiles:
    """The symmetric keys of an installation, each 32 bytes, read once at start."""

    cookies: bytes
    national_id: bytes
    blind_index: bytes
    evidence: bytes
    mail: bytes
    audit: bytes
    subjects: bytes


def prepare(folder: Path) -> list[str]:
    """Make the key files that do not exist yet, readable by the owner alone. Returns the names made."""
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for name in KEY_FILES:
        try:
            handle = os.open(folder / f"{name}.key", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            continue
        with os.fdopen(handle, "wb") as file:
            file.write(base64.b64encode(secrets.token_bytes(32)) + b"\n")
        made.append(name)
    return made


def load(folder: Path) -> KeyFiles:
    """Read the key files. Raises `KeyFileError`: throw-away keys would make every stored secret unreadable later."""
    return KeyFiles(*(_read(folder / f"{name}.key") for name in KEY_FILES))


def hide_memory() -> bool:
    """Keep other processes of the same user from reading the keys out of this one's memory, or the passwords in its
    environment (`/proc/PID/mem`, `/proc/PID/environ`, a debugger, a core file): prctl(2), PR_SET_DUMPABLE.

    Passes on to processes forked from this one, not to other programs. False where the system has no such call.
    """
    try:
        return bool(ctypes.CDLL(None).prctl(SET_DUMPABLE, 0, 0, 0, 0) == 0)
    except AttributeError:  # no Linux
        return False


def _read(path: Path) -> bytes:
    try:
        key = base64.b64decode(path.read_bytes(), validate=False)
    except OSError as error:
        raise KeyFileError(f"{path} cannot be read; `idp keys prepare` makes what is missing") from error
    if len(key) != 32:
        raise KeyFileError(f"{path} is damaged: it must hold 32 bytes in base64")
    return key


def new_secret(size: int = 32) -> str:
    """A random URL-safe secret of `size` bytes, for a token, code, link or session."""
    return secrets.token_urlsafe(size)


def digest(secret: str) -> bytes:
    """What is stored of a random secret. Only for secrets of 128 bits or more; short codes take `keyed_digest`."""
    return hashlib.sha256(secret.encode()).digest()


def keyed_digest(key: bytes, *parts: str) -> bytes:
    """HMAC-SHA-256 over parts that could be guessed (national IDs, six-digit codes).

    Without the key, which is not in the database, a copy of the database does not reveal them.
    """
    message = b"".join(len(part.encode()).to_bytes(4, "big") + part.encode() for part in parts)
    return hmac.new(key, message, hashlib.sha256).digest()


def encrypt(key: bytes, plain: bytes, context: str) -> bytes:
    """AES-256-GCM under a fresh nonce, bound to `context` so that a ciphertext cannot be moved to another row."""
    nonce = os.urandom(12)
    return nonce + AESGCM(key).encrypt(nonce, plain, context.encode())


def decrypt(key: bytes, sealed: bytes, context: str) -> bytes:
    """The reverse of `encrypt`. Raises `cryptography.exceptions.InvalidTag` when the text or its place was changed."""
    return AESGCM(key).decrypt(sealed[:12], sealed[12:], context.encode())


def same(one: bytes | str, other: bytes | str) -> bool:
    """Compare in constant time."""
    return hmac.compare_digest(
        one.encode() if isinstance(one, str) else one, other.encode() if isinstance(other, str) else other
    )
