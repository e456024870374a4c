"""Digests, encryption and the key files behind them. Signing keys live in `idp.signing_keys.files`."""

import base64
import ctypes
import hashlib
import hmac
import os
import secrets
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

WRAPPED = b"scrypt:"  # then salt and key, encrypted under what scrypt makes of the password (RFC 7914), in base64
SALT = 16
KEY_FILES = ("cookies", "national-id", "blind-index", "evidence", "mail", "audit", "subjects")
SET_DUMPABLE = 4


class KeyFileError(Exception):
    """A key file is missing or damaged; the message names it."""


@dataclass(frozen=True)
class KeyFiles:
    """The symmetric keys of an installation, each 32 bytes, read once at start.

    Of those that are renewed (`idp keys renew`) there may be older ones behind the newest: of those that encrypt until
    everything is encrypted anew; of the blind index and the audit for good, since digests are computed by way of the
    older ones, and what was signed by them is still to be verified.
    """

    cookies: bytes
    national_id: tuple[bytes, ...]
    blind_index: tuple[bytes, ...]
    evidence: tuple[bytes, ...]
    mail: tuple[bytes, ...]
    audit: tuple[bytes, ...]
    subjects: bytes


ENCRYPTING = ("national-id", "evidence", "mail")
RENEWED = (*ENCRYPTING, "blind-index", "audit")


def prepare(folder: Path, password: str = "") -> list[str]:
    """Make the key files that do not exist yet, readable by the owner alone, and wrap those that lie open where there
    is a password. Returns the names made or wrapped."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    done = []
    for name in KEY_FILES:
        path = folder / f"{name}.key"
        if not path.exists():
            write(path, [new_key()], password)
        elif password and not _is_wrapped(path):
            write(path, read(path, ""), password)
        else:
            continue
        done.append(name)
    return done


def load(folder: Path, password: str = "", *, wrapped: bool = False) -> KeyFiles:
    """Read the key files. Raises `KeyFileError`: throw-away keys would make every stored secret unreadable later.

    Arguments: `wrapped`, to refuse a file that lies open: whoever copies the folder must not have what it opens.
    """
    found: dict[str, Any] = {}
    for name in KEY_FILES:
        path = folder / f"{name}.key"
        every = read(path, password)
        if wrapped and not _is_wrapped(path):
            raise KeyFileError(f"{path} is not encrypted; `idp keys prepare` does it, under IDP_KEYS_PASSWORD")
        found[name.replace("-", "_")] = tuple(every) if name in RENEWED else every[0]
    return KeyFiles(**found)


def encrypt_under(folder: Path, password: str, new: str) -> None:
    """Put every key file under another password. All are read first: where one cannot be, none is changed."""
    found = {path: read(path, password) for path in (folder / f"{name}.key" for name in KEY_FILES)}
    for path, keys in found.items():
        write(path, keys, new)


def read(path: Path, password: str) -> list[bytes]:
    """The keys of one file, the newest first. Raises `KeyFileError`."""
    try:
        lines = path.read_bytes().split()
    except OSError as error:
        raise KeyFileError(f"{path} cannot be read; `idp keys prepare` makes what is missing") from error
    keys = [_unwrapped(path, line, password) for line in lines]
    if not keys or any(len(key) != 32 for key in keys):
        raise KeyFileError(f"{path} is damaged: it must hold 32 bytes in base64")
    return keys


def write(path: Path, keys: list[bytes], password: str) -> None:
    """Put keys into a file, the newest first; a reader sees the old content or the new, never half."""
    lines = [_wrapped(path, key, password) if password else base64.b64encode(key) for key in keys]
    beside = path.with_suffix(".key.new")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(b"\n".join(lines) + b"\n")
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def _is_wrapped(path: Path) -> bool:
    return all(line.startswith(WRAPPED) for line in path.read_bytes().split())


def _wrapped(path: Path, key: bytes, password: str) -> bytes:
    salt = os.urandom(SALT)
    return WRAPPED + base64.b64encode(salt + encrypt(_derived(password, salt), key, path.name))


def _unwrapped(path: Path, line: bytes, password: str) -> bytes:
    try:
        if not line.startswith(WRAPPED):
            return base64.b64decode(line, validate=False)
        sealed = base64.b64decode(line.removeprefix(WRAPPED))
        return decrypt(_derived(password, sealed[:SALT]), sealed[SALT:], path.name)
    except (ValueError, InvalidTag) as error:
        raise KeyFileError(f"{path} cannot be read; is IDP_KEYS_PASSWORD right?") from error


def _derived(password: str, salt: bytes) -> bytes:
    return Scrypt(salt=salt, length=32, n=2**14, r=8, p=1).derive(password.encode())


def hide_memory() -> bool:
    """Keep other processes of the same user from reading the keys out of this one's memory, or the passwords in its
    environment (`/proc/PID/mem`, `/proc/PID/environ`, a debugger, a core file): prctl(2), PR_SET_DUMPABLE.

    Passes on to processes forked from this one, not to other programs. False where the system has no such call.
    """
    try:
        return bool(ctypes.CDLL(None).prctl(SET_DUMPABLE, 0, 0, 0, 0) == 0)
    except AttributeError:  # no Linux
        return False


def new_key() -> bytes:
    """A random key."""
    return secrets.token_bytes(32)


def new_secret(size: int = 32) -> str:
    """A random URL-safe secret of `size` bytes, for a token, code, link or session."""
    return secrets.token_urlsafe(size)


def digest(secret: str) -> bytes:
    """What is stored of a random secret. Only for secrets of 128 bits or more; short codes take `keyed_digest`."""
    return hashlib.sha256(secret.encode()).digest()


def keyed_digest(key: bytes | tuple[bytes, ...], *parts: str) -> bytes:
    """HMAC-SHA-256 over parts that could be guessed (national IDs, six-digit codes).

    Without the key, which is not in the database, a copy of the database does not reveal them. Of several keys the
    last, the oldest, comes first, and each newer one over what came out: so a stored digest is renewed from itself.
    """
    *newer, first = (key,) if isinstance(key, bytes) else key
    message = b"".join(len(part.encode()).to_bytes(4, "big") + part.encode() for part in parts)
    return digest_anew(newer, hmac.new(first, message, hashlib.sha256).digest())


def digest_anew(keys: Sequence[bytes], stored: bytes) -> bytes:
    """A stored digest under keys that came to it since, the newest first."""
    for key in reversed(keys):
        stored = hmac.new(key, b"renewed" + stored, hashlib.sha256).digest()
    return stored


def encrypt(key: bytes | tuple[bytes, ...], plain: bytes, context: str) -> bytes:
    """AES-256-GCM under a fresh nonce, bound to `context` so that a ciphertext cannot be moved to another row.

    Of several keys the first, the newest, encrypts.
    """
    nonce = os.urandom(12)
    return nonce + AESGCM(key if isinstance(key, bytes) else key[0]).encrypt(nonce, plain, context.encode())


def decrypt(key: bytes | tuple[bytes, ...], sealed: bytes, context: str) -> bytes:
    """The reverse of `encrypt`. Raises `cryptography.exceptions.InvalidTag` when the text or its place was changed."""
    *newer, last = (key,) if isinstance(key, bytes) else key
    for each in newer:
        with suppress(InvalidTag):
            return AESGCM(each).decrypt(sealed[:12], sealed[12:], context.encode())
    return AESGCM(last).decrypt(sealed[:12], sealed[12:], context.encode())


def encrypt_anew(keys: tuple[bytes, ...], sealed: bytes, context: str) -> bytes:
    """The same text under the newest key."""
    return encrypt(keys, decrypt(keys, sealed, context), context)


def same(one: bytes | str, other: bytes | str) -> bool:
    """Compare in constant time."""
    return hmac.compare_digest(
        one.encode() if isinstance(one, str) else one, other.encode() if isinstance(other, str) else other
    )
