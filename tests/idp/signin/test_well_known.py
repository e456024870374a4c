"""Where password managers look for the page on which a password is changed (W3C)."""

from flask import Flask

from idp.signin.rules import THAID_ACR
from tests.browsing import submit
from tests.idp.oidc.relying_party import open_account, sign_in


def test_a_password_manager_is_led_to_the_page_that_changes_the_password(sqlite_app: Flask) -> None:
    browser = sqlite_app.test_client()
    sign_in(sqlite_app, browser, open_account(sqlite_app).account_id, THAID_ACR)
    page = browser.get("/.well-known/change-password", follow_redirects=True)
    assert page.status_code == 200
    assert 'autocomplete="new-password"' in page.text


def test_who_is_not_signed_in_comes_by_the_sign_in_page(sqlite_app: Flask) -> None:
    page = sqlite_app.test_client().get("/.well-known/change-password", follow_redirects=True)
    assert page.request.path == "/signin"
    assert page.request.args["next"] == "/home/password"


def test_a_well_known_address_that_nobody_knows_is_not_found(sqlite_app: Flask) -> None:
    """By this one password managers find out whether statuses can be relied upon here."""
    for name in ("resource-that-should-not-exist-whose-status-code-should-not-be-200", "x", "change-password/"):
        assert sqlite_app.test_client().get(f"/.well-known/{name}").status_code == 404


def test_signing_out_lets_the_browser_forget(sqlite_app: Flask) -> None:
    browser = sqlite_app.test_client()
    sign_in(sqlite_app, browser, open_account(sqlite_app).account_id)
    left = submit(browser, browser.get("/home"), {}, action="/signout")
    assert left.headers["Clear-Site-Data"] == '"cache", "storage"'
