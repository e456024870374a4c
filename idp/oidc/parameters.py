"""The parameters of a request, as every endpoint of the protocol reads them.

One that was sent without a value counts as not sent (RFC 6749, sections 3.1 and 3.2); one may come once.
"""

from flask import Response, current_app, g, redirect, request, url_for
from werkzeug.datastructures import MultiDict

from idp.oidc.authorize import posted_requests
from idp.oidc.responses import with_query
from idp.throttle import operations as throttle

REPEATABLE = frozenset({"resource"})  # RFC 8707, section 2


def sent() -> MultiDict[str, str]:
    """Those of address and body, and those that were posted and wait for the address."""
    if "oidc_parameters" not in g:
        given = _with_values(request.values)
        g.oidc_parameters = (
            MultiDict(posted_requests.whole(list(given.items(multi=True))))
            if posted_requests.REFERENCE in request.args
            else given
        )
    found: MultiDict[str, str] = g.oidc_parameters
    return found


def in_address() -> list[tuple[str, str]]:
    """Those that stand in the address, as they go on from page to page."""
    return list(_with_values(request.args).items(multi=True))


def posted() -> MultiDict[str, str]:
    """Those of the body alone: credentials and tokens count there, addresses end up in logs."""
    return _with_values(request.form)


def back_as_get(endpoint: str) -> Response:
    """To the same by GET, with the sign-in cookie, and without what was posted in the address."""
    throttle.admit("request.posted", request.remote_addr)
    kept = posted_requests.keep(sent().items(multi=True))
    return current_app.make_response(redirect(with_query(url_for(endpoint), kept), 303))


def is_repeated(parameters: MultiDict[str, str]) -> bool:
    """Whether one comes more than once: two programs may each read another of the two values."""
    return any(len(values) > 1 for name, values in parameters.lists() if name not in REPEATABLE)


def _with_values(parameters: MultiDict[str, str]) -> MultiDict[str, str]:
    return MultiDict((name, value) for name, values in parameters.lists() for value in values if value)
