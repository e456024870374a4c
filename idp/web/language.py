"""Thai unless the person switched or the system that sent them asks for another language.

Their choice lies in a cookie, set by POST; a system's wish (`ui_locales`, OpenID Connect Core, section 3.1.2.1) stands
in the address of the page or in that of the page to come, so it holds for that request alone.
"""

import re
from urllib.parse import parse_qsl, urlencode, urlsplit

from flask import Flask, current_app, has_request_context, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import Babel, get_locale

LANGUAGES = ("th", "en")
WISH, NEXT = "ui_locales", "next"
NEVER_IN_A_PATH = re.compile(r"[\x00-\x1f\\]")


def begin(app: Flask) -> None:
    """Choose the language of each request."""
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = f"{app.root_path}/translations"
    app.config["BABEL_DEFAULT_TIMEZONE"] = "Asia/Bangkok"
    Babel(app, default_locale="th", locale_selector=_chosen)


def _chosen() -> str:
    if not has_request_context():
        return "th"
    chosen = _wished() or request.cookies.get(_cookie_name(), "")
    return chosen if chosen in LANGUAGES else "th"


def _wished() -> str | None:
    """The first language of ours that the address or the address to come wishes for."""
    # A form only once it was read for other reasons: one that is too large must still get its page.
    typed = request.form if "form" in vars(request) else {}
    to_come = dict(parse_qsl((request.args.get(NEXT) or typed.get(NEXT) or "").partition("?")[2]))
    wishes = request.args.get(WISH) or to_come.get(WISH) or ""
    spoken = (tag.partition("-")[0].lower() for tag in wishes.split())
    return next((tag for tag in spoken if tag in LANGUAGES), None)


def _without_wish(target: str) -> str:
    """An address, and the address to come in it, without a wish: whoever switches does not want it any more."""
    path, _mark, query = target.partition("?")
    if WISH not in query:
        return target
    rest = [
        (name, _without_wish(value) if name == NEXT else value)
        for name, value in parse_qsl(query, keep_blank_values=True)
        if name != WISH
    ]
    return f"{path}?{urlencode(rest)}" if rest else path


def _cookie_name() -> str:
    name: str = current_app.config["SETTINGS"].cookie_name("language")
    return name


def current() -> str:
    """`th` or `en`."""
    locale = get_locale()
    return "en" if locale is not None and locale.language == "en" else "th"


def local_path(target: str | None, otherwise: str) -> str:
    """`target` where it is a path on this site, else `otherwise`: no open redirect, no `//host`, no backslash."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return otherwise
    parts = urlsplit(target)
    if parts.scheme or parts.netloc or NEVER_IN_A_PATH.search(target):
        return otherwise
    return target


def _page_of(target: str) -> str:
    """The page to open for an address: one that only takes a form hangs below the page which shows that form."""
    routes, path = current_app.url_map.bind(""), urlsplit(target).path
    if routes.test(path, "GET"):
        return target
    while path and not routes.test(path, "GET"):
        path = path.rpartition("/")[0]
    return path or "/"


def switch() -> ResponseReturnValue:
    """Store the chosen language and go back to the page."""
    chosen = request.form.get("language", "th")
    response = redirect(_page_of(_without_wish(local_path(request.form.get(NEXT), "/"))), 303)
    response.set_cookie(
        _cookie_name(),
        chosen if chosen in LANGUAGES else "th",
        max_age=365 * 86400,
        httponly=True,
        samesite="Lax",
        secure=current_app.config["SETTINGS"].is_https,
        path="/",
    )
    return response
