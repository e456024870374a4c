"""Taking signing keys to another node: one file, sealed under a password that is made for this journey alone."""

import json
import os
import re
from base64 import b64decode, b64encode
from datetime import datetime
from pathlib import Path

from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from idp.secrets_at_rest import KeyFileError, decrypt, encrypt
from idp.signing_keys import files
from idp.signing_keys.files import PrivateKey
from idp.signing_keys.schedule import KeyDates, joining

FORMAT = "dla-sso-signing-keys-1"
SHORTEST_PASSWORD = 12
KID = re.compile(r"[A-Za-z0-9_-]{1,64}")  # it becomes a file's name

Arrived = tuple[KeyDates, PrivateKey]


class TransferError(Exception):
    """A file of keys cannot be made or must not be taken in; the message says why."""


def pack(keys_folder: Path, now: datetime, password: str, journey: str, *, production: bool) -> tuple[str, list[str]]:
    """Every key that is not dropped, sealed under the password `journey`. Returns the text and the kids."""
    if len(journey) < SHORTEST_PASSWORD:
        raise TransferError(f"the password must have at least {SHORTEST_PASSWORD} characters")
    packed = [key for key in files.read(keys_folder) if not key.is_dropped(now)]
    entries = [
        {**files.description(key), "private": _pem(files.load(keys_folder, key, password, production=production))}
        for key in packed
    ]
    salt = os.urandom(16)
    sealed = encrypt(_derived(journey, salt), json.dumps(entries).encode(), FORMAT)
    text = json.dumps({"format": FORMAT, "salt": b64encode(salt).decode(), "sealed": b64encode(sealed).decode()})
    return text, [key.kid for key in packed]


def take_in(
    keys_folder: Path, text: str, now: datetime, password: str, journey: str, *, production: bool
) -> list[KeyDates]:
    """Store the keys of a packed file, all or none. Returns what each will do.

    Raises `TransferError` for a file that is damaged, not sealed or sealed under another password, and for a key that
    is known already, whose life is over, or that lay open and is to sign in production.
    """
    if production and not password:
        raise TransferError("IDP_KEYS_PASSWORD is not set: in production no private key is stored without it")
    arrived = [_read(entry) for entry in _opened(text, journey)]
    known = files.read(keys_folder)
    present = {key.kid: _public(files.load(keys_folder, key, password, production=production)) for key in known}
    for key, private in arrived:
        problem = _problem(key, private, present, now, production=production)
        if problem:
            raise TransferError(f"key {key.kid}: {problem}")
        present[key.kid] = _public(private)
    settled = [(joining(key, known, now), private) for key, private in arrived]
    (keys_folder / "signing").mkdir(parents=True, exist_ok=True)
    try:
        for key, private in settled:
            files.write(keys_folder, key, private, password)
    except OSError as error:
        give_back(keys_folder, [key.kid for key, _private in settled])
        raise TransferError(f"{keys_folder} cannot be written: {error}") from error
    return [key for key, _private in settled]


def give_back(keys_folder: Path, kids: list[str]) -> None:
    """Remove what was taken in, when it cannot be recorded."""
    for kid in kids:
        files.remove(keys_folder, kid)


def _problem(
    key: KeyDates, private: PrivateKey, present: dict[str, bytes], now: datetime, *, production: bool
) -> str | None:
    if key.kid in present:
        return "is here already"
    if _public(private) in present.values():
        return "is here already under another kid"
    if key.is_dropped(now):
        return f"its life is over, it was dropped at {key.drop_at:%Y-%m-%d %H:%M} UTC"
    if production and key.throw_away:
        return "was made without a password and lay open: it is for demos and tests, not for production"
    return None


def _opened(text: str, journey: str) -> list[object]:
    try:
        outer = json.loads(text)
        if not isinstance(outer, dict) or outer.get("format") != FORMAT:
            raise TransferError("the file does not come from `idp keys export --private`")
        salt, sealed = (b64decode(outer[name], validate=True) for name in ("salt", "sealed"))
        entries = json.loads(decrypt(_derived(journey, salt), sealed, FORMAT))
    except InvalidTag:
        raise TransferError("the password is another one, or the file is damaged") from None
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise TransferError("the file is damaged") from error
    if not isinstance(entries, list) or not entries:
        raise TransferError("the file holds no key")
    return entries


def _read(entry: object) -> Arrived:
    kid = entry.get("kid") if isinstance(entry, dict) else None
    if not isinstance(entry, dict) or not isinstance(kid, str) or not KID.fullmatch(kid):
        raise TransferError("the file is damaged: a key has no kid that can be a file's name")
    try:
        key = files.described(kid, entry)
        private = serialization.load_pem_private_key(str(entry.get("private")).encode(), None)
        return key, files.fitting(private, key.alg, "it")
    except (ValueError, TypeError, UnsupportedAlgorithm, KeyFileError) as error:
        raise TransferError(f"key {kid}: {error}") from error


def _pem(private: PrivateKey) -> str:
    kind, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    return private.private_bytes(serialization.Encoding.PEM, kind, plain).decode()


def _public(private: PrivateKey) -> bytes:
    kind = serialization.PublicFormat.SubjectPublicKeyInfo
    return private.public_key().public_bytes(serialization.Encoding.DER, kind)


def _derived(journey: str, salt: bytes) -> bytes:
    """A typed password is weak and the file travels: 64 MiB and a moment for each guess."""
    return Scrypt(salt=salt, length=32, n=2**16, r=8, p=1).derive(journey.encode())
