"""What a browser without script does with INFO's pages."""

from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.browsing import forms_of

_FRAME = ("/language", "/signin/sign-out")


def send(client: FlaskClient, page: TestResponse, values: dict[str, Any], *, action: str = "") -> TestResponse:
    """Send the page's form: the first that posts to an address with `action` in it. Other fields stay as they are."""
    form = next(
        form
        for form in forms_of(page)
        if form["method"].lower() == "post" and action in form["action"] and form["action"] not in _FRAME
    )
    return client.post(form["action"] or page.request.full_path, data=form["fields"] | values)


def sign_out(client: FlaskClient, page: TestResponse) -> TestResponse:
    """Press the button in the frame."""
    form = next(form for form in forms_of(page) if form["action"] == "/signin/sign-out")
    return client.post("/signin/sign-out", data=form["fields"])
