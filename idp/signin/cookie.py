"""The cookies of signing in: of the session, and of the browser as one in which somebody has signed in."""

from flask import Response, request

from idp.signin.known_device import LIFETIME
from idp.web.application import settings


def secret() -> str:
    """What the browser holds; empty when it holds nothing."""
    return request.cookies.get(_name(), "")


def hand_out(response: Response, fresh: str) -> Response:
    """Let the browser hold the secret of a session."""
    response.set_cookie(_name(), fresh, httponly=True, samesite="Lax", secure=settings().is_https, path="/")
    return response


def let_go_of_what_was_begun(response: Response) -> Response:
    """Let the browser forget what somebody without an account began in it: a person comes or goes, and the next one is
    not who began it. Rooms above keep it under this name; its owner comes back by mailbox and number, or by ThaID."""
    name = settings().cookie_name("registration")
    response.delete_cookie(name, httponly=True, samesite="Lax", secure=settings().is_https, path="/")
    return response


def drop(response: Response) -> Response:
    """Let the browser forget it, and what it kept of our pages: the next one at this computer presses Back in vain.
    What was begun meanwhile is let go of, too.

    Not by `"cookies"`: that takes those of every other system under our domain, too (Clear Site Data, section 4.2.1).
    """
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    response.delete_cookie(_name(), httponly=True, samesite="Lax", secure=settings().is_https, path="/")
    return let_go_of_what_was_begun(response) if secret() else response


def device() -> str:
    """The secret by which the browser is known; empty when nobody has signed in here."""
    return request.cookies.get(settings().cookie_name("device"), "")


def hand_out_device(response: Response, secret: str) -> Response:
    """Let the browser be known, for `known_device.LIFETIME` from now on."""
    response.set_cookie(
        settings().cookie_name("device"),
        secret,
        httponly=True,
        samesite="Lax",
        secure=settings().is_https,
        path="/",
        max_age=LIFETIME,
    )
    return response


def _name() -> str:
    return settings().cookie_name("sid")  # each application on a host needs its own: cookies ignore ports
