"""Thai unless the person switched: the choice lies in a cookie, set by POST."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from flask import Flask, current_app, has_request_context, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import Babel, get_locale

from thai_web.local_paths import local_path, page_of

LANGUAGES = ("th", "en")
OURS = Path(__file__).parent / "translations"
Wish = Callable[[], str | None]


def begin(app: Flask, cookie: str, wished: Wish = lambda: None) -> None:
    """Choose the language of each request; an application's own English goes before that of the frame.

    Arguments: `cookie`, the name under which a browser keeps the choice; `wished`, asked first: the language that this
    request wants whatever was chosen, or nothing.
    """
    app.config["LANGUAGE_COOKIE"] = cookie
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = f"{OURS};{app.root_path}/translations"
    app.config["BABEL_DEFAULT_TIMEZONE"] = "Asia/Bangkok"
    Babel(app, default_locale="th", locale_selector=partial(_chosen, wished))


def _chosen(wished: Wish) -> str:
    if not has_request_context():
        return "th"
    chosen = wished() or request.cookies.get(current_app.config["LANGUAGE_COOKIE"], "")
    return chosen if chosen in LANGUAGES else "th"


def current() -> str:
    """`th` or `en`."""
    locale = get_locale()
    return "en" if locale is not None and locale.language == "en" else "th"


def switch(back_to: str | None) -> ResponseReturnValue:
    """Store the language that the form chose, and go back to the page of an address."""
    chosen = request.form.get("language", "th")
    response = redirect(page_of(local_path(back_to)), 303)
    response.set_cookie(
        current_app.config["LANGUAGE_COOKIE"],
        chosen if chosen in LANGUAGES else "th",
        max_age=365 * 86400,
        httponly=True,
        samesite="Lax",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        path="/",
    )
    return response
