"""How the provider answers a system through the browser: a redirect, or a form that posts itself."""

from collections.abc import Iterable
from urllib.parse import urlencode

from flask import render_template

from idp.oidc.rules import RESPONSE_MODES
from idp.web.application import settings

_HTML = ("Content-Type", "text/html; charset=utf-8")
AuthorizationResponse = tuple[int, str, list[tuple[str, str]]]  # status, body and headers


def answer(
    redirect_uri: str, parameters: Iterable[tuple[str, str]], response_mode: str | None
) -> AuthorizationResponse:
    """An authorization response, with `iss` (RFC 9207) in good and bad news alike."""
    parameters = [*parameters, ("iss", settings().issuer)]
    if response_mode == RESPONSE_MODES[1]:
        page = render_template("authorize/form_post.html", action=redirect_uri, parameters=parameters)
        return 200, page, [_HTML]
    # 303: what was posted to us (a consent) must not be posted on.
    return 303, "", [("Location", with_query(redirect_uri, parameters))]


def with_query(address: str, parameters: Iterable[tuple[str, str]]) -> str:
    """An address with parameters behind the query that it may have already."""
    query = urlencode(list(parameters))
    if not query:
        return address
    return f"{address}{'&' if '?' in address else '?'}{query}"
