"""Security headers on every answer, added outside of Flask: an answer that Flask could not even begin has them too."""

from collections.abc import Callable, Iterable, Set
from functools import partial
from typing import Any

from flask import Flask
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from flask.wrappers import Request, Response
from itsdangerous import URLSafeTimedSerializer

from thai_web import static_files

# No `form-action`: it would stop the redirect to a connected system after the consent form.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; script-src 'self'; connect-src 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
PAGES = (
    ("Content-Security-Policy", CONTENT_SECURITY_POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    # Not `no-referrer`: the check of cross-site forms under https reads the referrer of our own pages.
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
    ("Cache-Control", "no-store"),
)
# What no browser draws needs none of the rest, and each header costs a system's call two microseconds.
PROGRAMS = (
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
    ("X-Content-Type-Options", "nosniff"),
    ("Cache-Control", "no-store"),
)
FOR_PROGRAMS = frozenset({"application/json", "application/jwt"})
OPENER = "cross-origin-opener-policy"
Headers = tuple[tuple[str, str], ...]
Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def begin(app: Flask, popup_paths: Set[str]) -> None:
    """Add the headers; a view that set one of them itself keeps it, `popup_paths` keep their opener."""
    https = (("Strict-Transport-Security", f"max-age={static_files.YEAR}; includeSubDomains"),)
    more = https if app.config["SETTINGS"].is_https else ()
    app.wsgi_app = _adding(app.wsgi_app, PAGES + more, PROGRAMS + more, popup_paths)  # type: ignore[method-assign,assignment]
    app.session_interface = _FormCookie()


def _keyed(headers: Headers) -> dict[str, tuple[str, str]]:
    return {name.lower(): (name, value) for name, value in headers}


def _adding(application: Application, for_pages: Headers, for_programs: Headers, popup_paths: Set[str]) -> Application:
    pages, programs = _keyed(for_pages), _keyed(for_programs)
    popups = {name: header for name, header in pages.items() if name != OPENER}

    def add(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        def start(status: str, given: list[tuple[str, str]], *more: Any) -> Any:
            present = {name.lower(): value for name, value in given}
            shown = popups if environ["PATH_INFO"] in popup_paths else pages
            headers = programs if present.get("content-type") in FOR_PROGRAMS else shown
            missing = [header for name, header in headers.items() if name not in present]
            return start_response(status, given + missing, *more)

        return application(environ, start)

    return add


class _ReadLate(SecureCookieSession):
    def __init__(self, read: Callable[[], SecureCookieSession | None]) -> None:
        super().__init__()
        self._read: Callable[[], SecureCookieSession | None] | None = read

    @property
    def accessed(self) -> bool:
        """Set by Flask whenever somebody takes the session from the request."""
        return self._read is None

    @accessed.setter
    def accessed(self, _looked: bool) -> None:
        if self._read is not None:
            read, self._read = self._read, None
            dict.update(self, read() or {})  # what was there is no change


class _FormCookie(SecureCookieSessionInterface):
    """The form cookie is read when a view looks into it, and set when it changed: a call of a program has none, and who
    is sent on to a system with a good sign-in needs none."""

    _signer: URLSafeTimedSerializer | None = None

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """Made once: the key stays while a process runs, and making it takes longer than using it."""
        if self._signer is None:
            self._signer = super().get_signing_serializer(app)
        return self._signer

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        return _ReadLate(partial(super().open_session, app, request))

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if session.accessed or session.modified:
            super().save_session(app, session, response)
