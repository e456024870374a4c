"""What a browser carries to the provider and back, so that nobody can fill a table by leaving again and again.

`state` travels through the address and is no secret: where the person wants to go, and whether we began by ourselves.
What must stay between the browser and us, nonce and PKCE verifier, lies in a cookie of its own for each sign-in, so
that two tabs may sign in at once. The cookie is deleted at the first return: what comes later is no answer any more.
"""

import secrets
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from itsdangerous import BadData, URLSafeSerializer

from thai_web.local_paths import local_path

LIFETIME = timedelta(minutes=15)
MOST_UNDER_WAY = 4  # in one browser; older ones were given up, and cookies have to fit into a header
LONGEST_PATH = 500  # characters; a state must fit into an address


@dataclass(frozen=True)
class State:
    """What `state` says, signed by us. Another browser's, a used one or an old one is known by its missing cookie."""

    key: str
    return_to: str
    begun_at: int  # seconds since 1970
    is_second_try: bool = False  # we began by ourselves, after an answer that belonged to no sign-in under way

    def tried_just_now(self, now: datetime) -> bool:
        """Whether beginning by ourselves once more would go round in a circle, as without cookies it would."""
        return self.is_second_try and now.timestamp() - self.begun_at < LIFETIME.total_seconds()


@dataclass(frozen=True)
class Proof:
    """What only the browser that left can bring back."""

    nonce: str
    code_verifier: str
    ends_at: int


@dataclass(frozen=True)
class Departure:
    """A browser that is about to leave: `state` for the address, `cookie` for the browser."""

    key: str
    state: str
    cookie: str
    proof: Proof


def depart(secret_key: str, return_to: str | None, now: datetime, *, is_second_try: bool = False) -> Departure:
    """Make everything that is random about one sign-in."""
    path = local_path(return_to)
    key, seconds = secrets.token_hex(16), int(now.timestamp())
    state = State(key, path if len(path) <= LONGEST_PATH else "/", seconds, is_second_try)
    proof = Proof(secrets.token_urlsafe(32), secrets.token_urlsafe(32), seconds + int(LIFETIME.total_seconds()))
    return Departure(
        key=key,
        state=str(_signer(secret_key, "state").dumps(asdict(state))),
        cookie=str(_signer(secret_key, key).dumps(asdict(proof))),
        proof=proof,
    )


def read_state(secret_key: str, text: str) -> State | None:
    """The state, if it is one of ours."""
    said = _read(_signer(secret_key, "state"), text)
    return State(**said) if said else None


def read_proof(secret_key: str, key: str, cookie: str, now: datetime) -> Proof | None:
    """The cookie of one sign-in, if it is ours, of that sign-in, and in time."""
    said = _read(_signer(secret_key, key), cookie)
    proof = Proof(**said) if said else None
    return proof if proof and now.timestamp() < proof.ends_at else None


def _read(signer: URLSafeSerializer, text: str) -> dict[str, Any] | None:
    try:
        said: dict[str, Any] = signer.loads(text)
    except BadData:
        return None
    return said


def _signer(secret_key: str, what: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret_key, salt=f"sign-in {what}")
