"""Whatever is sent: no stack trace, no redirect to a stranger, nothing repeated that could be markup."""

from urllib.parse import urlencode, urlsplit

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.idp.oidc.relying_party import (
    CALLBACK,
    SIGNED_OUT,
    VERIFIER,
    RelyingParty,
    basic,
    challenge,
    open_account,
    sign_in,
)
from tests.idp.oidc.relying_party import register as register_system

GOOD = {
    "response_type": "code", "client_id": "rp", "redirect_uri": CALLBACK, "scope": "openid profile", "state": "s",
    "nonce": "n", "code_challenge": challenge(), "code_challenge_method": "S256",
}  # fmt: skip
NAMES = [
    *GOOD, "prompt", "max_age", "claims", "response_mode", "id_token_hint", "login_hint", "request", "request_uri",
    "idp_fresh", "idp_agreed", "ui_locales", "acr_values", "display",
]  # fmt: skip
NASTY = [
    "", "\x00", "<script>alert(1)</script>", "https://evil.example", "//evil.example", "a" * 3000, "%00", "\r\nX: y",
    "none", "login", "0", "-1", "1e9", "๑", "{}", "[]", '{"userinfo": 1}', '{"id_token": {"sub": []}}', "e30.e30.e30",
    '{"id_token": {"sub": {"value": "x"}}}', "\ud7ff\U0001f600",
]  # fmt: skip
VALUES = st.sampled_from(NASTY) | st.text(max_size=60)
FEW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def browsing(sqlite_app: Flask) -> RelyingParty:
    """A signed-in browser on one database; what is tested here does not depend on which."""
    register_system(sqlite_app)
    browser = sqlite_app.test_client()
    sign_in(sqlite_app, browser, open_account(sqlite_app).account_id)
    return RelyingParty(sqlite_app, browser)


def is_safe(location: str | None) -> bool:
    """Whether a redirect stays here or goes to the registered system."""
    if location is None:
        return True
    parts = urlsplit(location)
    return not parts.netloc or f"{parts.scheme}://{parts.netloc}{parts.path}" in (CALLBACK, SIGNED_OUT)


@FEW
@given(st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=4))
def test_authorize_survives_anything(browsing: RelyingParty, changes: dict[str, str]) -> None:
    response = browsing.browser.get(f"/authorize?{urlencode({**GOOD, **changes})}")
    assert response.status_code in (200, 303, 400)
    assert is_safe(response.headers.get("Location"))
    assert "<script>alert" not in response.text


@FEW
@given(st.dictionaries(st.sampled_from(["id_token_hint", "client_id", "post_logout_redirect_uri", "state"]), VALUES))
def test_logout_survives_anything(browsing: RelyingParty, values: dict[str, str]) -> None:
    response = browsing.browser.get(f"/logout?{urlencode(values)}")
    assert response.status_code in (200, 303, 400)
    assert is_safe(response.headers.get("Location"))
    assert "<script>alert" not in response.text


@FEW
@given(
    st.sampled_from(["/token", "/introspect", "/revoke", "/userinfo"]),
    st.dictionaries(st.sampled_from(["grant_type", "code", "redirect_uri", "code_verifier", "refresh_token", "token",
                                     "client_id", "client_secret", "scope", "access_token"]), VALUES),
    st.sampled_from([None, basic("rp", "x"), "Basic", "Basic =", "Bearer \x7f", "Basic /w==", "DPoP x"]),
)  # fmt: skip
def test_the_endpoints_for_programs_survive_anything(
    browsing: RelyingParty, path: str, values: dict[str, str], header: str | None
) -> None:
    given_values = {"grant_type": "authorization_code", "code_verifier": VERIFIER, **values}
    headers = {"Authorization": header} if header else {}
    response = browsing.app.test_client().post(path, data=given_values, headers=headers)
    assert 400 <= response.status_code < 500
    assert response.is_json
    assert response.get_json().get("error_description", "").isascii()
