"""The viewer of the running request, named by a function that `create_app` hands in from a higher floor."""

from collections.abc import Callable

from flask import Flask, current_app, g, has_request_context, request

from idp.access.rules import Viewer
from idp.secrets_at_rest import keyed_digest, same
from idp.web.application import key_files

SIGNED_IN_AS = "signed_in_as"  # the field by which a form says for whom it was made


def begin(app: Flask, name_viewer: Callable[[], Viewer | None]) -> None:
    """Remember who can tell the viewer, and show them in the layout."""
    app.extensions["name_viewer"] = name_viewer
    app.context_processor(lambda: {"viewer": current()})
    app.jinja_env.globals[SIGNED_IN_AS] = _mark


def current() -> Viewer | None:
    """The signed-in person, asked once a request; nobody outside a request."""
    if not has_request_context():
        return None
    if "viewer" not in g:
        g.viewer = None  # where this very question fails, the error page must not ask it again
        g.viewer = current_app.extensions["name_viewer"]()
    viewer: Viewer | None = g.viewer
    return viewer


def _mark() -> str:
    """Of the person who is signed in, for a form; nothing where nobody is. It tells nobody who that is."""
    viewer = current()
    return keyed_digest(key_files().cookies, SIGNED_IN_AS, str(viewer.account_id)).hex()[:16] if viewer else ""


def is_of_the_form() -> bool:
    """Whether the person who is signed in now is the one for whom the form that was sent was made: in another tab
    somebody else may have signed in meanwhile, and must not be changed instead."""
    mark = request.form.get(SIGNED_IN_AS)
    return not mark or same(mark, _mark())


def in_request() -> bool:
    """Whether a browser or a program asks, and not a command or the worker."""
    return has_request_context()


def required() -> Viewer:
    """The signed-in person behind a guard that made sure there is one."""
    viewer = current()
    if viewer is None:
        raise LookupError("this view lacks the guard @signed_in or @requires")
    return viewer


def forget() -> None:
    """Ask again: the session changed within this request."""
    g.pop("viewer", None)
