"""Thai unless the person switched: the choice lies in a cookie, set by POST."""

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


def switch() -> ResponseReturnValue:
    """Store the chosen language and go back to the page."""
    chosen = request.form.get("language", "th")
    response = redirect(local_path(request.form.get("next")), 303)
    response.set_cookie(
        _cookie_name(), chosen if chosen in LANGUAGES else "th", max_age=365 * 86400, httponly=True, samesite="Lax",
        secure=current_app.config["SETTINGS"].is_https, path="/",
    )  # fmt: skip
    return response
