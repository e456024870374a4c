"""An application on somebody's own machine takes any port that is free (RFC 8252, section 7.3)."""

from urllib.parse import urlencode

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from idp.clients.rules import is_registered_address
from tests.idp.oidc.relying_party import RelyingParty, is_error_page, register, returned

FOUR, SIX, FIXED = "http://127.0.0.1/callback", "http://[::1]/callback?tool=1", "http://127.0.0.1:8400/fixed"
NAMED, WEB = "http://localhost/callback", "https://rp.example.go.th/callback"
REGISTERED = [FOUR, SIX, FIXED, NAMED, WEB]


@pytest.fixture
def native(sqlite_app: Flask, rp: RelyingParty) -> RelyingParty:
    register(
        sqlite_app, client_id="native", client_secret=None, token_endpoint_auth_method="none", redirect_uris=REGISTERED
    )
    return RelyingParty(sqlite_app, rp.browser, client_id="native")


@pytest.fixture
def app(sqlite_app: Flask) -> Flask:
    """No database changes any of this."""
    return sqlite_app


@pytest.mark.parametrize(
    "address",
    [
        *REGISTERED,
        "http://127.0.0.1:49152/callback",
        "http://127.0.0.1:1/callback",
        "http://127.0.0.1:65535/callback",
        "http://[::1]:51004/callback?tool=1",
        "http://127.0.0.1:9/fixed",
        "http://127.0.0.1/fixed",
    ],
)
def test_any_port_will_do_and_the_code_is_redeemed_with_the_same(native: RelyingParty, address: str) -> None:
    code = returned(native.authorize(redirect_uri=address), address.partition("?")[0])["code"]

    def redeem(told: str) -> int:
        values = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": told,
            "client_id": "native",
            "code_verifier": "v" * 64,
        }
        return native.app.test_client().post("/token", data=values).status_code

    assert redeem(address.replace("/callback", ":2/callback").replace("/fixed", ":2/fixed")) == 400
    assert redeem(address) == 200


ELSEWHERE = [
    "http://localhost:49152/callback",
    "http://127.0.0.1:49152/callback/",
    "http://127.0.0.1:49152/Callback",
    "http://127.0.0.1:49152/callback?x=1",
    "http://127.0.0.1:49152/callback#x",
    "http://127.0.0.1:49152/",
    "http://127.0.0.1:49152",
    "http://127.0.0.1:0/callback",
    "http://127.0.0.1:65536/callback",
    "http://127.0.0.1:080/callback",
    "http://127.0.0.1:/callback",
    "http://127.0.0.1:+80/callback",
    "http://127.0.0.1:๘๐/callback",
    "http://127.0.0.1:80:80/callback",
    "http://127.0.0.1:80@evil.example/callback",
    "http://evil@127.0.0.1:80/callback",
    "http://127.0.0.1@evil.example/callback",
    "http://127.0.0.1.evil.example/callback",
    "http://127.0.0.1:80.evil.example/callback",
    "http://127.0.0.1:80\\@evil.example/callback",
    "http://127.0.0.1:80 /callback",
    "https://127.0.0.1:80/callback",
    "HTTP://127.0.0.1:80/callback",
    "http://127.0.0.2:80/callback",
    "http://127.1:80/callback",
    "http://2130706433:80/callback",
    "http://0x7f.0.0.1:80/callback",
    "http://[::1]:80/callback",
    "http://127.0.0.1:80/callback?tool=1",
    "http://[0:0:0:0:0:0:0:1]:80/callback?tool=1",
    "http://[::ffff:127.0.0.1]:80/callback",
    "http://[::1%25lo]:80/callback?tool=1",
    "http://[::1]:80/callback?tool=2",
    "https://rp.example.go.th:444/callback",
    "com.example.app:/callback",
]


@pytest.mark.attack(120)
@pytest.mark.parametrize("address", ELSEWHERE)
def test_all_but_the_port_is_compared_letter_by_letter(native: RelyingParty, address: str) -> None:
    assert is_error_page(native.authorize(redirect_uri=address), "redirect_uri is not registered")


@pytest.mark.attack(120)
@pytest.mark.parametrize("sign", ["\n", "\x00"])
def test_an_address_with_a_sign_that_is_no_text_gets_a_page(native: RelyingParty, sign: str) -> None:
    assert is_error_page(native.authorize(redirect_uri=f"http://127.0.0.1:80/callback{sign}"), "")


@pytest.mark.attack(120)
def test_a_system_with_credentials_returns_to_the_registered_port_alone(app: Flask, rp: RelyingParty) -> None:
    for method in ("client_secret_basic", "client_secret_post", "private_key_jwt"):
        keys = (
            {"client_secret": None, "jwks_uri": "https://rp.example.go.th/jwks"} if method == "private_key_jwt" else {}
        )
        register(app, client_id="server", redirect_uris=REGISTERED, token_endpoint_auth_method=method, **keys)
        app.extensions["oidc.clients"].clear()
        server = RelyingParty(app, rp.browser, client_id="server")
        assert "code" in returned(server.authorize(redirect_uri=FIXED), FIXED)
        for address in ("http://127.0.0.1:49152/callback", "http://127.0.0.1/fixed"):
            assert is_error_page(server.authorize(redirect_uri=address), "redirect_uri is not registered")


@pytest.mark.attack(120)
def test_the_address_after_signing_out_keeps_its_port(app: Flask, rp: RelyingParty) -> None:
    register(
        app,
        client_id="native",
        client_secret=None,
        token_endpoint_auth_method="none",
        redirect_uris=[FOUR],
        post_logout_redirect_uris=["http://127.0.0.1:8400/bye"],
    )
    for port, status in ((8400, 200), (49152, 400)):
        asked = urlencode({"client_id": "native", "post_logout_redirect_uri": f"http://127.0.0.1:{port}/bye"})
        assert rp.browser.get(f"/logout?{asked}").status_code == status


@given(st.integers(-5, 70_000), st.sampled_from(["127.0.0.1", "[::1]", "localhost", "127.0.0.2"]), st.text(max_size=8))
def test_a_port_is_all_that_may_differ(port: int, host: str, tail: str) -> None:
    registered, asked = [f"http://{host}/callback"], f"http://{host}:{port}/callback{tail}"
    expected = host in ("127.0.0.1", "[::1]") and 1 <= port <= 65535 and not tail
    assert is_registered_address(asked, registered, native=True) is expected
    assert is_registered_address(asked, registered, native=False) is False
