"""What OpenID Connect adds to an authorization request: read and checked. Pure: the request is passed in."""

import json
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from dataclasses import dataclass

from idp.accounts.rules import USERNAME
from idp.oidc.rules import CLAIM_SCOPE, NEVER_IN_ID_TOKEN, PROMPTS, RESPONSE_MODES, RequestedClaims, scopes_of

LONGEST_NONCE = 1000


class InvalidRequest(Exception):
    """An authorization request that cannot be answered as asked; the text is plain ASCII and repeats nothing."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(description)
        self.error = error
        self.description = description


@dataclass(frozen=True)
class Asked:
    """An authorization request's wishes about the person and the answer."""

    prompt: frozenset[str]
    max_age: int | None
    claims: RequestedClaims
    response_mode: str
    nonce: str | None
    login_hint: str | None
    acr_values: tuple[str, ...]

    @property
    def essential_acr(self) -> frozenset[str]:
        """The classes of which one must come out, or nothing where any will do (Core, section 5.5.1.1)."""
        return frozenset(self.claims.acr_values) if self.claims.acr_is_essential else frozenset()


def read_request(parameters: Mapping[str, str], allowed_scopes: frozenset[str]) -> Asked:
    """Check everything that OpenID Connect adds to an authorization request. Raises `InvalidRequest`.

    Arguments: `parameters`, unknown ones are ignored; `allowed_scopes`, what the system is registered for: a claim
    beyond them is not given.
    """
    if "openid" not in scopes_of(parameters.get("scope")):
        raise InvalidRequest("invalid_scope", "scope must include openid")
    mode = parameters.get("response_mode") or "query"
    if mode not in RESPONSE_MODES:
        raise InvalidRequest("invalid_request", "response_mode must be query or form_post")
    nonce = parameters.get("nonce") or None
    if nonce and (len(nonce) > LONGEST_NONCE or not nonce.isprintable()):
        raise InvalidRequest("invalid_request", "nonce must be printable and at most 1000 characters long")
    claims = read_claims(parameters.get("claims"), allowed_scopes)
    return Asked(
        prompt=_prompt(parameters.get("prompt")),
        max_age=_max_age(parameters.get("max_age")),
        claims=claims,
        response_mode=mode,
        nonce=nonce,
        login_hint=_login_hint(parameters.get("login_hint")),
        acr_values=claims.acr_values or tuple((parameters.get("acr_values") or "").split()),
    )


def told_in_request_object(text: str) -> dict[str, str]:
    """How a system wants to hear that its request object is not supported: `response_mode` and `state`, where they
    stand inside of the object alone. Both are as untrusted as if they had come beside it; rubbish says nothing."""
    try:
        payload = text.split(".")[1]
        found = json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (ValueError, IndexError, RecursionError):
        return {}
    members = found if isinstance(found, dict) else {}
    told = {name: members.get(name) for name in ("response_mode", "state")}
    return {name: value for name, value in told.items() if isinstance(value, str) and value.isprintable()}


def _login_hint(text: str | None) -> str | None:
    """A hint that can be a username; all else (an address, a national ID) has no business in the sign-in's address."""
    hint = (text or "").strip().casefold()
    return hint if USERNAME.fullmatch(hint) else None


def _prompt(text: str | None) -> frozenset[str]:
    prompts = frozenset((text or "").split())
    if not prompts <= frozenset(PROMPTS):
        raise InvalidRequest("invalid_request", "prompt must be of none, login, consent, select_account, create")
    if "none" in prompts and len(prompts) > 1:
        raise InvalidRequest("invalid_request", "prompt none cannot stand with another")
    return prompts


def _max_age(text: str | None) -> int | None:
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise InvalidRequest("invalid_request", "max_age must be a number of seconds")
    return int(text)


def read_claims(text: str | None, allowed_scopes: frozenset[str]) -> RequestedClaims:
    """The `claims` parameter; claims that we do not have are ignored. Raises `InvalidRequest`."""
    if not text:
        return RequestedClaims()
    try:
        given = json.loads(text)
    except (ValueError, RecursionError):
        given = None
    if not isinstance(given, dict):
        raise InvalidRequest("invalid_request", "claims must be a JSON object")
    userinfo, id_token = _member(given, "userinfo"), _member(given, "id_token")
    allowed = frozenset(claim for claim, scope in CLAIM_SCOPE.items() if scope in allowed_scopes) - {"sub"}
    subject, acr = _wishes(id_token.get("sub")), _wishes(id_token.get("acr"))
    return RequestedClaims(
        frozenset(userinfo) & allowed,
        frozenset(id_token) & allowed - NEVER_IN_ID_TOKEN,
        next(iter(_values(subject)), None),
        _values(acr),
        acr.get("essential") is True and bool(_values(acr)),
    )


def _wishes(given: object) -> dict[str, object]:
    return given if isinstance(given, dict) else {}


def _values(wishes: dict[str, object]) -> tuple[str, ...]:
    """`value` and `values` of a claim request, what is text of them."""
    several = wishes.get("values")
    found = [wishes.get("value"), *(several if isinstance(several, list) else [])]
    return tuple(value for value in found if isinstance(value, str))


def _member(given: dict[str, object], name: str) -> dict[str, object]:
    member = given.get(name) or {}
    if not isinstance(member, dict):
        raise InvalidRequest("invalid_request", "the members of claims must be JSON objects")
    return member
