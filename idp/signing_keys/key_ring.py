"""The signing keys of a running process: chosen by the time, read again after `REREAD`, and each parsed once in its
life, since parsing costs 60 signatures."""

import json
import logging
import threading
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError, UnsupportedAlgorithmError
from joserfc.jwk import ECKey, GuestProtocol, KeyParameters, OKPKey, RSAKey
from joserfc.jws import JWSRegistry

from idp.clients.rules import SIGNING_ALGORITHMS
from idp.secrets_at_rest import KeyFileError
from idp.signing_keys import files
from idp.signing_keys.schedule import REREAD, KeyDates, signer

log = logging.getLogger("idp.signing_keys")

JsonWebKey = RSAKey | ECKey | OKPKey
KINDS: dict[str, type[JsonWebKey]] = {"RS256": RSAKey, "PS256": RSAKey, "ES256": ECKey, "EdDSA": OKPKey}


class _Algorithms(JWSRegistry):
    """Ours and no others. The library would advise at each signature to write `Ed25519` (RFC 9864) for EdDSA, a name
    that few systems know yet."""

    def get_alg(self, name: str) -> Any:  # joserfc exports no name for it
        if name not in SIGNING_ALGORITHMS:
            raise UnsupportedAlgorithmError("not an algorithm of ours")
        return self.algorithms[name]


ALGORITHMS = _Algorithms()


class KeyRing:
    """Signs, and checks what was signed."""

    def __init__(self, keys_folder: Path, password: str, now: datetime, *, production: bool = False) -> None:
        """Read and parse every key. Raises `KeyFileError` unless one signs now for each algorithm that discovery names:
        a throw-away key would sign people in today and be unknown to everybody tomorrow."""
        self._folder, self._password, self._production = keys_folder, password, production
        self._lock = threading.Lock()
        self._parsed: dict[str, JsonWebKey] = {}
        self._dates: list[KeyDates] = []
        self._written: dict[tuple[str, ...], bytes] = {}
        self._read_at = now
        self._read(now)
        missing = [alg for alg in SIGNING_ALGORITHMS if signer(self._dates, alg, now) is None]
        if missing:
            raise KeyFileError(
                f"{keys_folder}/signing holds no key that signs now with {', '.join(missing)}; run `idp keys prepare`"
            )

    def sign(self, claims: Mapping[str, object], alg: str, now: datetime, typ: str = "JWT") -> str:
        """A signed JWT. Raises `KeyFileError` when no key's time it is."""
        found = signer(self._current(now), alg, now)
        if found is None:
            raise KeyFileError(f"no key signs with {alg}; run `idp keys list`")
        header = {"alg": alg, "kid": found.kid, "typ": typ}
        return jwt.encode(header, dict(claims), self._parsed[found.kid], registry=ALGORITHMS)

    def read(self, text: str, now: datetime) -> dict[str, object] | None:
        """The claims of a JWT that one of the published keys signed, with its own algorithm; or nothing."""

        def key_of(token: GuestProtocol) -> JsonWebKey:
            kid = token.headers().get("kid")
            published = {key.kid for key in self._current(now) if key.is_published(now)}
            if not isinstance(kid, str) or kid not in published:
                raise ValueError("unknown kid")
            return self._parsed[kid]

        try:
            return dict(jwt.decode(text, key_of, registry=ALGORITHMS).claims)
        except (JoseError, ValueError, TypeError, KeyError, RecursionError):
            return None

    def jwks(self, now: datetime) -> bytes:
        """The public keys as a JSON Web Key Set, RS256 first, written once for each set of keys."""
        published = tuple(key.kid for key in self._current(now) if key.is_published(now))
        if published not in self._written:
            public = [self._parsed[kid].as_dict(private=False) for kid in published]
            self._written = {published: json.dumps({"keys": public}).encode()}
        return self._written[published]

    def _current(self, now: datetime) -> list[KeyDates]:
        if abs(now - self._read_at) >= REREAD:
            with self._lock:
                if abs(now - self._read_at) >= REREAD:
                    self._read_at = now
                    self._read_again(now)
        return self._dates

    def _read_again(self, now: datetime) -> None:
        """A damaged file, or a folder that is away for a moment, must not stop a process that has good keys."""
        try:
            self._read(now)
        except KeyFileError as error:
            log.error("the signing keys cannot be read anew, those read before go on: %s", error)

    def _read(self, now: datetime) -> None:
        dates = [key for key in files.read(self._folder) if not key.is_dropped(now)]
        if not dates:
            raise KeyFileError(f"{self._folder}/signing holds no key; run `idp keys prepare`")
        for key in dates:
            if key.kid not in self._parsed:
                self._parsed[key.kid] = self._parse(key)
        self._dates = dates

    def _parse(self, key: KeyDates) -> JsonWebKey:
        private = files.load(self._folder, key, self._password, production=self._production)
        parameters: KeyParameters = {"kid": key.kid, "use": "sig", "alg": key.alg}
        parsed = KINDS[key.alg].import_key(private, parameters)  # type: ignore[arg-type]
        parsed.as_dict(private=False)  # builds what every signature looks up
        return parsed
