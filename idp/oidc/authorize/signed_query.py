"""What a request has been through already: marks in its own address, signed so that nobody can put them there.

A request that wants a fresh sign-in leaves for the sign-in page and comes back; the mark says since when, so that it is
not sent away again. Marks hang on the request and not on the browser: two tabs do not disturb each other.
"""

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime

from flask import current_app
from itsdangerous import BadSignature, TimestampSigner

FRESH, SELECTED = MARKS = "idp_fresh", "idp_selected"
HOW_PAGES_LOOK = "ui_locales"  # may change on the way, when the person switches the language
LIFETIME = 30 * 60  # seconds that a person may take to sign in or to agree


def mark(name: str, parameters: Iterable[tuple[str, str]], about: str = "") -> list[tuple[str, str]]:
    """The request's parameters with a fresh mark."""
    plain = [(key, value) for key, value in parameters if key != name]
    return [*plain, (name, _signer(name).sign(_digest(plain, about)).decode())]


def marked_at(name: str, parameters: Iterable[tuple[str, str]], about: str = "") -> datetime | None:
    """When this very request got its mark, if it has one that holds."""
    given = list(parameters)
    text = next((value for key, value in given if key == name), None)
    if text is None:
        return None
    try:
        found, at = _signer(name).unsign(text, max_age=LIFETIME, return_timestamp=True)
    except BadSignature:
        return None
    return at.astimezone(UTC) if found.decode() == _digest(given, about) else None


def unmarked(parameters: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """The parameters as the system sent them."""
    return [(key, value) for key, value in parameters if key not in MARKS]


def _signer(name: str) -> TimestampSigner:
    return TimestampSigner(current_app.config["SECRET_KEY"], salt=f"oidc.{name}", digest_method=hashlib.sha256)


def _digest(parameters: Iterable[tuple[str, str]], about: str) -> str:
    request = sorted(pair for pair in unmarked(parameters) if pair[0] != HOW_PAGES_LOOK)
    return hashlib.sha256(repr((request, about)).encode()).hexdigest()
