"""oidc-client-ts in a real Chromium: an application without a secret, that lives in the browser alone."""

import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask, Response, send_file
from playwright.sync_api import Page, sync_playwright

from tests.conformance.foreign.clients import HERE, PORTS, address, node_modules
from tests.conformance.provider import Provider
from tests.journeys.conftest import CHROMIUM, PATIENCE
from tests.people import CLERK, PASSWORD
from tests.serving import serving

pytestmark = pytest.mark.xdist_group("conformance")


@pytest.fixture(scope="module")
def application(provider: Provider) -> Iterator[str]:
    """The application's files on a server of their own."""
    server_side = Flask("page", static_folder=None)
    library = node_modules() / "oidc-client-ts/dist/browser/oidc-client-ts.min.js"

    @server_side.get("/")
    @server_side.get("/<path:name>")
    def file(name: str = "page.html") -> Response:
        if name == "settings.js":
            return Response(f"window.ISSUER = '{provider.issuer}'", mimetype="text/javascript")
        return send_file({"oidc-client-ts.js": library, "page.js": HERE / "page.js"}.get(name, HERE / "page.html"))

    with serving(server_side, "localhost", port=PORTS["page"]):
        yield address("page") + "/"


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    """A page in Chromium that trusts the provider's certificate."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=CHROMIUM)
        context = chromium.new_context(ignore_https_errors=True, locale="th-TH")
        context.set_default_timeout(PATIENCE)
        yield context.new_page()
        chromium.close()


def leave(page: Page, call: str) -> None:
    """Let the application send the browser away."""
    page.evaluate(f"() => {{ window.leaving = true; app.{call} }}")


def arrived(page: Page, here: str) -> Any:
    """What the application made of the address at which it was opened again."""
    page.wait_for_url(f"{here}**")
    page.wait_for_function("window.app && !window.leaving")
    return page.evaluate("app.arrived")


def test_oidc_client_ts_signs_in_renews_and_signs_out(provider: Provider, application: str, page: Page) -> None:
    page.goto(application)
    leave(page, "signIn()")
    page.locator("#username").fill(CLERK.username)
    page.locator("#password").fill(PASSWORD)
    page.locator("#login-submit").click()
    page.locator("#consent-allow").click()
    first = arrived(page, application)
    assert CLERK.given_name in first["name"]
    assert page.evaluate("(token) => app.userinfo(token)", first["access"]) == 200

    renewed = page.evaluate("app.renew()")  # by the refresh token: our pages open in nobody's frame
    assert renewed["sub"] == first["sub"]
    assert renewed["access"] != first["access"]
    assert renewed["refresh"] != first["refresh"]

    leave(page, "signIn({prompt: 'none'})")
    silent = arrived(page, application)
    assert silent["sub"] == first["sub"]
    page.evaluate("app.revoke()")
    assert page.evaluate("(token) => app.userinfo(token)", silent["access"]) == 401

    leave(page, "signOut()")
    page.locator("#logout-confirm").click()
    assert arrived(page, application) == {"said": "bye"}
    leave(page, "signIn({prompt: 'none'})")
    assert arrived(page, application) == {"error": "login_required"}
