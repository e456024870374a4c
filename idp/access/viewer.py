"""The viewer of the running request, named by a function that `create_app` hands in from a higher floor."""

from collections.abc import Callable

from flask import Flask, current_app, g, has_request_context

from idp.access.rules import Viewer


def begin(app: Flask, name_viewer: Callable[[], Viewer | None]) -> None:
    """Remember who can tell the viewer, and show her in the layout."""
    app.extensions["name_viewer"] = name_viewer
    app.context_processor(lambda: {"viewer": current()})


def current() -> Viewer | None:
    """The signed-in person, asked once a request; nobody outside a request."""
    if not has_request_context():
        return None
    if "viewer" not in g:
        g.viewer = None  # where this very question fails, the error page must not ask it again
        g.viewer = current_app.extensions["name_viewer"]()
    viewer: Viewer | None = g.viewer
    return viewer


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
