"""Signing keys as files in `keys/signing/`: `<kid>.pem` (private, PKCS 8) and `<kid>.json`, which tells its dates.

Each algorithm has a key of its own, RS256 and PS256 too: one RSA key under both would have to leave `alg` out of the
list, and a system could no longer tell which padding a signature must have.
"""

import json
import os
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from secrets import token_hex

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from idp.clients.rules import SIGNING_ALGORITHMS
from idp.secrets_at_rest import KeyFileError
from idp.signing_keys.schedule import KEPT, LEAD, LEAD_AFTER_LEAK, KeyDates, is_due, signer, succession

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | Ed25519PrivateKey
SHORTEST_RSA = 2048


def prepare(keys_folder: Path, now: datetime, password: str) -> list[str]:
    """Make a signing key for each algorithm for which none signs. Returns the new kids.

    It signs at once: nobody has ever checked a signature of this algorithm, so no cache of an old list matters.
    """
    (keys_folder / "signing").mkdir(mode=0o700, parents=True, exist_ok=True)
    known = read(keys_folder)
    made = [_new(alg, now, now, password) for alg in SIGNING_ALGORITHMS if signer(known, alg, now) is None]
    for key in made:
        write(keys_folder, key, generate(key.alg), password)
    return [key.kid for key in made]


def rotate(keys_folder: Path, alg: str, now: datetime, password: str, *, leaked: bool = False) -> KeyDates:
    """Publish a new key that will take over.

    Arguments: `leaked`, when others may have the present keys: the new one takes over as soon as the list that we
    tell systems to keep for minutes is out of date, and then the old ones count no more.
    Raises `KeyFileError` where none signs, or one waits already.
    """
    check_rotation(keys_folder, alg, now, leaked=leaked)
    known = [key for key in read(keys_folder) if key.alg == alg]
    new = _new(alg, now, now + (LEAD_AFTER_LEAK if leaked else LEAD), password)
    # First the new: a crash in between leaves a second key that signs, never none.
    write(keys_folder, new, generate(alg), password)
    for old in succession(known, new, now, timedelta(0) if leaked else KEPT):
        describe(keys_folder, old)
    for key in known:
        if key.waits(now):
            remove(keys_folder, key.kid)  # it leaked as well, and has signed nothing
    return new


def check_rotation(keys_folder: Path, alg: str, now: datetime, *, leaked: bool = False) -> None:
    """Raises `KeyFileError` where an algorithm's key cannot be rotated now."""
    known = [key for key in read(keys_folder) if key.alg == alg]
    if signer(known, alg, now) is None:
        raise KeyFileError(f"no key signs with {alg}; run `idp keys prepare`")
    waiting = next((key for key in known if key.waits(now)), None)
    if waiting and not leaked:
        raise KeyFileError(
            f"key {waiting.kid} ({alg}) waits already, it signs from {waiting.sign_from:%Y-%m-%d %H:%M} UTC"
        )


def rotate_when_due(keys_folder: Path, now: datetime, password: str, age: timedelta) -> list[KeyDates]:
    """Rotate each key that has signed for `age`, unless its successor waits already. Returns the new keys.

    Two workers at the very same moment may publish one each, which does no harm: the younger signs, both verify.
    """
    known = read(keys_folder)
    due = [alg for alg in SIGNING_ALGORITHMS if is_due(known, alg, now, age)]
    return [rotate(keys_folder, alg, now, password) for alg in due]


def remove_dropped(keys_folder: Path, now: datetime) -> list[str]:
    """Delete the files of keys whose life is over: nothing that they signed counts, so nothing is gained by keeping
    them. Returns their kids."""
    dropped = [key.kid for key in read(keys_folder) if key.is_dropped(now)]
    for kid in dropped:
        remove(keys_folder, kid)
    return dropped


def read(keys_folder: Path) -> list[KeyDates]:
    """Every key's description, RS256 first. Raises `KeyFileError`, naming the file that is damaged."""
    found = [_read_one(path) for path in (keys_folder / "signing").glob("*.json")]
    return sorted(found, key=lambda key: (SIGNING_ALGORITHMS.index(key.alg), key.sign_from, key.kid))


def _read_one(path: Path) -> KeyDates:
    try:
        return described(path.stem, json.loads(path.read_text()))
    except (OSError, ValueError) as error:
        raise KeyFileError(f"{path} is damaged: {error}") from error


def described(kid: str, given: object) -> KeyDates:
    """A key's dates from their JSON. Raises `ValueError`."""
    if not isinstance(given, dict) or given.get("alg") not in SIGNING_ALGORITHMS:
        raise ValueError(f"alg is not one of {' '.join(SIGNING_ALGORITHMS)}")
    try:
        publish_at, sign_from = (datetime.fromisoformat(given[name]) for name in ("publish_at", "sign_from"))
        sign_until, drop_at = (
            datetime.fromisoformat(given[name]) if given[name] else None for name in ("sign_until", "drop_at")
        )
        open_before = given.get("throw_away") is True
        return KeyDates(kid, given["alg"], publish_at, sign_from, sign_until, drop_at, open_before)
    except (KeyError, TypeError) as error:
        raise ValueError(f"a date is missing: {error}") from error


def load(keys_folder: Path, key: KeyDates, password: str, *, production: bool) -> PrivateKey:
    """The private key. Raises `KeyFileError` where it cannot be read, is not what its description says, or lay open
    and is to sign in production."""
    path = keys_folder / "signing" / f"{key.kid}.pem"
    try:
        pem = path.read_bytes()
        encrypted = b"ENCRYPTED" in pem
        private = load_pem_private_key(pem, password.encode() if encrypted else None)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise KeyFileError(f"{path} cannot be read; is IDP_KEYS_PASSWORD right?") from error
    if production and (key.throw_away or not encrypted):
        raise KeyFileError(
            f"{path} was made without a password, so it is not for production: "
            f"remove it and {key.kid}.json, and run `idp keys prepare`"
        )
    return fitting(private, key.alg, str(path))


def fitting(private: object, alg: str, name: str) -> PrivateKey:
    """The key itself, if it can sign with `alg`. Raises `KeyFileError`."""
    if alg == "ES256" and isinstance(private, ec.EllipticCurvePrivateKey) and private.curve.name == "secp256r1":
        return private
    if alg == "EdDSA" and isinstance(private, Ed25519PrivateKey):
        return private
    if alg in ("RS256", "PS256") and isinstance(private, rsa.RSAPrivateKey) and private.key_size >= SHORTEST_RSA:
        return private
    raise KeyFileError(f"{name} does not hold a key for {alg}, or one that is too short")


def generate(alg: str) -> PrivateKey:
    """A new private key."""
    if alg == "ES256":
        return ec.generate_private_key(ec.SECP256R1())
    if alg == "EdDSA":
        return Ed25519PrivateKey.generate()
    return rsa.generate_private_key(public_exponent=65537, key_size=SHORTEST_RSA)


def _new(alg: str, now: datetime, sign_from: datetime, password: str) -> KeyDates:
    return KeyDates(f"{now:%Y%m%d}-{token_hex(4)}", alg, now, sign_from, throw_away=not password)


def write(keys_folder: Path, key: KeyDates, private: PrivateKey, password: str) -> None:
    """Store a new key, encrypted where there is a password."""
    _write_private(keys_folder / "signing" / f"{key.kid}.pem", private, password)
    describe(keys_folder, key)  # last: a key without description is not looked at


def _write_private(path: Path, private: PrivateKey, password: str) -> None:
    protection = serialization.BestAvailableEncryption(password.encode()) if password else serialization.NoEncryption()
    pem = private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, protection)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(pem)


def describe(keys_folder: Path, key: KeyDates) -> None:
    """Store what a key does when."""
    path = keys_folder / "signing" / f"{key.kid}.json"
    beside = path.with_suffix(".json.new")
    beside.touch(mode=0o600)  # as `keys/` is, whatever the umask
    beside.write_text(json.dumps(description(key), indent=2) + "\n")
    beside.replace(path)  # a reader sees the old text or the new, never half


def description(key: KeyDates) -> dict[str, object]:
    """A key's dates as JSON; the reverse of `described`."""
    given = asdict(key)
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in given.items()}


def encrypt_under(keys_folder: Path, password: str, new: str) -> None:
    """Put every private signing key under another password. All are read first: where one cannot be, none is changed.

    One that lay open stays marked so: another password does not make it secret again.
    """
    found = {key.kid: load(keys_folder, key, password, production=False) for key in read(keys_folder)}
    for kid, private in found.items():
        path = keys_folder / "signing" / f"{kid}.pem"
        _write_private(path.with_suffix(".pem.new"), private, new)
        path.with_suffix(".pem.new").replace(path)


def remove(keys_folder: Path, kid: str) -> None:
    """Delete a key's files, the description first."""
    for suffix in ("json", "pem"):
        (keys_folder / "signing" / f"{kid}.{suffix}").unlink(missing_ok=True)
