"""Thai unless the person switched: the choice lies in a cookie, set by POST."""

from urllib.parse import urlsplit

from flask import Flask, current_app, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import Babel, get_locale

from relying_party_example.web.addresses import local_path

LANGUAGES = ("th", "en")


def begin(app: Flask) -> None:
    """Choose the language of each request."""
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = f"{app.root_path}/translations"
    app.config["BABEL_DEFAULT_TIMEZONE"] = "Asia/Bangkok"
    Babel(app, default_locale="th", locale_selector=_chosen)


def _chosen() -> str:
    chosen = request.cookies.get(_cookie_name(), "")
    return chosen if chosen in LANGUAGES else "th"


def _cookie_name() -> str:
    name: str = current_app.config["SETTINGS"].cookie_name("language")
    return name


def current() -> str:
    """`th` or `en`."""
    locale = get_locale()
    return "en" if locale is not None and locale.language == "en" else "th"


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
    response = redirect(_page_of(local_path(request.form.get("next"))), 303)
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
