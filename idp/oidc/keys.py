"""Signing keys: files in `keys/signing/`, whose state is a function of the time alone.

Each key is `<kid>.pem` (private, PKCS 8) and `<kid>.json`, which says when it is published, signs and is dropped.
Every process reads the folder again after `REREAD` and parses a key once in its life: parsing costs 60 signatures.
"""

import json
import os
import threading
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from secrets import token_hex
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from idp.secrets_at_rest import KeyFileError

REREAD = timedelta(seconds=30)
JWKS_MAX_AGE = timedelta(minutes=5)
# A new key is seen by every node and has outlived every cache of the old list before it signs anything.
LEAD = JWKS_MAX_AGE + REREAD + timedelta(minutes=1)
# What it signed can still be checked (an `id_token_hint` may be old) for so long after its last signature.
KEPT = timedelta(days=7)


@dataclass(frozen=True)
class KeyDates:
    """A key and when it does what; `None` means until it is rotated out."""

    kid: str
    alg: str
    publish_at: datetime
    sign_from: datetime
    sign_until: datetime | None = None
    drop_at: datetime | None = None

    def is_published(self, now: datetime) -> bool:
        return self.publish_at <= now and (self.drop_at is None or now < self.drop_at)

    def signs(self, now: datetime) -> bool:
        return self.sign_from <= now and (self.sign_until is None or now < self.sign_until)

    def state(self, now: datetime) -> str:
        """One word for a list."""
        if not self.is_published(now):
            return "dropped" if self.publish_at <= now else "planned"
        if self.signs(now):
            return "signing"
        return "published" if now < self.sign_from else "retired"


def signer(keys: Iterable[KeyDates], alg: str, now: datetime) -> KeyDates | None:
    """The key that signs now: the youngest of those whose time it is."""
    fit = [key for key in keys if key.alg == alg and key.signs(now)]
    return max(fit, key=lambda key: (key.sign_from, key.kid), default=None)


def succession(current: KeyDates, new_kid: str, now: datetime) -> tuple[KeyDates, KeyDates]:
    """The old key with its end, and the key that follows it."""
    starts = now + LEAD
    old = KeyDates(current.kid, current.alg, current.publish_at, current.sign_from, starts, starts + KEPT)
    return old, KeyDates(new_kid, current.alg, now, starts)


def prepare(keys_folder: Path, now: datetime, password: str) -> str | None:
    """Make the first signing key where none signs. Returns its kid, or nothing when there was one."""
    folder = keys_folder / "signing"
    folder.mkdir(parents=True, exist_ok=True)
    if signer(read(keys_folder), "RS256", now):
        return None
    key = KeyDates(_new_kid(now), "RS256", now, now)
    _make(folder, key, password)
    return key.kid


def rotate(keys_folder: Path, now: datetime, password: str) -> KeyDates:
    """Publish a new key that will take over. Raises `KeyFileError` where none signs, or one waits already."""
    known = read(keys_folder)
    current = signer(known, "RS256", now)
    if current is None:
        raise KeyFileError("no key signs; run `idp keys prepare`")
    waiting = [key for key in known if key.alg == current.alg and now < key.sign_from]
    if waiting:
        raise KeyFileError(
            f"key {waiting[0].kid} is published already and signs from {waiting[0].sign_from:%H:%M:%S} UTC"
        )
    old, new = succession(current, _new_kid(now), now)
    folder = keys_folder / "signing"
    _make(folder, new, password)  # first: a crash in between leaves a second key that signs, never none
    _describe(folder, old)
    return new


def rotate_when_due(keys_folder: Path, now: datetime, password: str, age: timedelta) -> KeyDates | None:
    """Rotate a key that has signed for `age`, unless its successor waits already. Returns the new key.

    Two workers at the very same moment may publish one each, which does no harm: the younger signs, both verify.
    """
    known = read(keys_folder)
    current = signer(known, "RS256", now)
    has_successor = any(key.alg == "RS256" and now < key.sign_from for key in known)
    if current is None or has_successor or now - current.sign_from < age:
        return None
    return rotate(keys_folder, now, password)


def read(keys_folder: Path) -> list[KeyDates]:
    """Every key's description. Raises `KeyFileError`, naming the file that is damaged."""
    return [_read_one(path) for path in sorted((keys_folder / "signing").glob("*.json"))]


def _read_one(path: Path) -> KeyDates:
    try:
        given = json.loads(path.read_text())
        publish_at, sign_from = (datetime.fromisoformat(given[name]) for name in ("publish_at", "sign_from"))
        ends = (datetime.fromisoformat(given[name]) if given[name] else None for name in ("sign_until", "drop_at"))
        return KeyDates(path.stem, given["alg"], publish_at, sign_from, *ends)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise KeyFileError(f"{path} is damaged: {error!r}") from error


def _new_kid(now: datetime) -> str:
    return f"{now:%Y%m%d}-{token_hex(4)}"


def _make(folder: Path, key: KeyDates, password: str) -> None:
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    protection = serialization.BestAvailableEncryption(password.encode()) if password else serialization.NoEncryption()
    pem = private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, protection)
    handle = os.open(folder / f"{key.kid}.pem", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(pem)
    _describe(folder, key)  # last: a key without description is not looked at


def _describe(folder: Path, key: KeyDates) -> None:
    given = {name: value.isoformat() if isinstance(value, datetime) else value for name, value in asdict(key).items()}
    beside = folder / f"{key.kid}.json.new"
    beside.write_text(json.dumps(given, indent=2) + "\n")
    beside.replace(folder / f"{key.kid}.json")  # a reader sees the old text or the new, never half


class KeyRing:
    """The keys of a running process."""

    def __init__(self, keys_folder: Path, password: str, now: datetime) -> None:
        """Read and parse every key. Raises `KeyFileError` unless one signs now: a throw-away key would sign people in
        today and be unknown to everybody tomorrow."""
        self._folder, self._password = keys_folder, password
        self._lock = threading.Lock()
        self._parsed: dict[str, RSAKey] = {}
        self._dates: list[KeyDates] = []
        self._written: dict[tuple[str, ...], bytes] = {}
        self._read_at = now
        self._read()
        if signer(self._dates, "RS256", now) is None:
            raise KeyFileError(f"{keys_folder}/signing holds no key that signs now; run `idp keys prepare`")

    def signing_key(self, alg: str, now: datetime) -> tuple[str, RSAKey]:
        """The kid and key to sign with. Raises `KeyFileError` when no key's time it is."""
        found = signer(self._current(now), alg, now)
        if found is None:
            raise KeyFileError(f"no key signs with {alg}; run `idp keys list`")
        return found.kid, self._parsed[found.kid]

    def verifying_key(self, kid: object, now: datetime) -> RSAKey | None:
        """The published key of a token's header."""
        published = {key.kid for key in self._current(now) if key.is_published(now)}
        return self._parsed[kid] if isinstance(kid, str) and kid in published else None

    def jwks(self, now: datetime) -> bytes:
        """The public keys as a JSON Web Key Set, written once for each set of keys."""
        published = tuple(key.kid for key in self._current(now) if key.is_published(now))
        if published not in self._written:
            keys = [self._parsed[kid].as_dict(private=False) for kid in published]
            self._written = {published: json.dumps({"keys": keys}).encode()}
        return self._written[published]

    def _current(self, now: datetime) -> list[KeyDates]:
        if abs(now - self._read_at) >= REREAD:
            with self._lock:
                if abs(now - self._read_at) >= REREAD:
                    self._read_at = now
                    self._read()
        return self._dates

    def _read(self) -> None:
        dates = read(self._folder)
        for key in dates:
            if key.kid not in self._parsed:
                self._parsed[key.kid] = self._parse(key)
        self._dates = dates

    def _parse(self, key: KeyDates) -> RSAKey:
        path = self._folder / "signing" / f"{key.kid}.pem"
        try:
            pem = path.read_bytes()
            encrypted = b"ENCRYPTED" in pem
            parameters: Any = {"kid": key.kid, "use": "sig", "alg": key.alg}
            return RSAKey.import_key(pem, parameters, password=self._password if encrypted else None)
        except (OSError, ValueError, TypeError, JoseError) as error:
            raise KeyFileError(f"{path} cannot be read; is IDP_KEYS_PASSWORD right?") from error
