"""Programs in a browser may call some endpoints from any origin (Fetch, section 3.2): none of them looks at a cookie.

Outside of Flask, so that a refusal which no view made can be read as well, and the others pay nothing for it.
"""

from collections.abc import Callable, Iterable
from types import TracebackType
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask

ENDPOINTS = frozenset({"discovery.configuration", "discovery.jwks", "token.token", "userinfo.userinfo", "token.revoke"})
ANY = [("Access-Control-Allow-Origin", "*")]
# The star allows every header but Authorization to a request without cookies, and no other may ask (Fetch, section
# 4.8). Those by which tracing marks each call (W3C Trace Context, W3C Baggage) are named for older browsers too.
HEADERS = ("Authorization", "Content-Type", "traceparent", "tracestate", "baggage", "*")
PREFLIGHT = [
    *ANY,
    ("Access-Control-Allow-Headers", ", ".join(HEADERS)),
    ("Access-Control-Allow-Methods", "GET, POST, OPTIONS"),
]
REFUSED = [*ANY, ("Access-Control-Expose-Headers", "WWW-Authenticate")]

Failure = tuple[type[BaseException], BaseException, TracebackType] | tuple[None, None, None] | None  # `sys.exc_info`


def begin(app: Flask) -> None:
    """Let pages of any origin call our endpoints for programs."""
    paths = frozenset(rule.rule for rule in app.url_map.iter_rules() if rule.endpoint in ENDPOINTS)
    app.wsgi_app = _allowing(app.wsgi_app, paths)  # type: ignore[method-assign,assignment]


def _allowing(application: WSGIApplication, paths: frozenset[str]) -> WSGIApplication:
    def allow(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"] not in paths:
            return application(environ, start_response)

        def start(status: str, headers: list[tuple[str, str]], *failure: Failure) -> Callable[[bytes], object]:
            if environ["REQUEST_METHOD"] == "OPTIONS":
                return start_response(status, headers + PREFLIGHT, *failure)
            return start_response(status, headers + (REFUSED if status.startswith("4") else ANY), *failure)

        return application(environ, start)

    return allow
