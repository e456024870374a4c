"""Basic and Form Post plans: what an authorization request may look like, and how it is answered."""

import math
from collections import Counter

import jwt
import pytest

from tests.conformance.browser import Arrival, Browser, Page
from tests.conformance.provider import CALLBACK, CALLBACK_WITH_QUERY
from tests.conformance.system import System, Tokens, is_error_page

pytestmark = pytest.mark.xdist_group("conformance")

UNREGISTERED = [
    f"{CALLBACK}/",
    f"{CALLBACK}?other=1",
    f"{CALLBACK}#fragment",
    CALLBACK.upper(),
    "https://evil.example/",
    "https://rp.example.go.th.evil.example/callback",
    "https://rp.example.go.th:444/callback",
    "http://rp.example.go.th/callback",
    "javascript:alert(1)",
    "//evil.example",
    "",
]


def _entropy(text: str) -> float:
    counts = Counter(text)
    return -len(text) * sum(count / len(text) * math.log2(count / len(text)) for count in counts.values())


def test_oidcc_server(system: System, browser: Browser) -> None:
    asked = system.request()
    place = browser.walk(system.address(asked))
    assert isinstance(place, Arrival)
    code = system.answer(place, asked)["code"]
    assert len(code) >= 16
    assert _entropy(code) >= 96
    tokens = Tokens.read(system, system.redeem(code), nonce=asked["nonce"])
    told = system.userinfo(tokens.access)
    assert told.status_code == 200
    assert told.headers["Content-Type"].startswith("application/json")
    assert told.json()["sub"] == tokens.claims["sub"]


def test_the_published_keys_are_public_and_distinct(system: System) -> None:
    answer = system.provider.call("GET", system.discovery["jwks_uri"])
    keys = answer.json()["keys"]
    assert answer.headers["Content-Type"].split(";")[0] in ("application/json", "application/jwk-set+json")
    assert len({key["kid"] for key in keys}) == len(keys)
    assert not {"d", "p", "q", "dp", "dq", "qi", "k"} & {member for key in keys for member in key}
    assert all(key["use"] == "sig" and key["alg"] for key in keys)
    assert jwt.PyJWKSet.from_dict(answer.json()).keys


def test_oidcc_response_type_missing(system: System, browser: Browser) -> None:
    for response_type in (None, "", "token", "id_token", "code id_token", "none"):
        told = system.authorize(browser, response_type=response_type)
        assert told["error"] in ("invalid_request", "unsupported_response_type"), response_type


def test_oidcc_ensure_request_without_nonce_succeeds_for_code_flow(system: System, browser: Browser) -> None:
    assert "nonce" not in system.tokens(browser, nonce=None).claims


def test_oidcc_alternate_happy_flow(system: System, browser: Browser) -> None:
    asked = system.request(scope="email openid profile")
    turned = dict(reversed(asked.items()))
    place = browser.walk(system.address(turned))
    assert isinstance(place, Arrival)
    assert system.redeem(system.answer(place, asked)["code"]).status_code == 200


def test_oidcc_display_page_and_popup(system: System, browser: Browser) -> None:
    for display in ("page", "popup", "touch", "wap"):
        assert system.tokens(browser, display=display)


def test_oidcc_ensure_request_with_unknown_parameter_succeeds(system: System, browser: Browser) -> None:
    assert system.tokens(browser, extra="foobar", **{"x-more[]": "1"})


def test_oidcc_login_hint_ui_locales_claims_locales(system: System, browser: Browser) -> None:
    odd = (
        {"login_hint": "buffy@localhost"},
        {"ui_locales": "se"},
        {"ui_locales": "th-TH en"},
        {"claims_locales": "se"},
    )
    for changes in odd:
        assert system.tokens(browser, **changes)


def test_oidcc_ensure_request_with_acr_values_succeeds(system: System, browser: Browser) -> None:
    values = system.discovery["acr_values_supported"]
    assert system.tokens(browser, acr_values=" ".join(values)).claims["acr"] in values


def test_oidcc_ensure_registered_redirect_uri(system: System, browser: Browser) -> None:
    system.tokens(browser)
    for who in (Browser(browser.provider), browser):
        for address in UNREGISTERED:
            place = who.open(system.address(system.request(redirect_uri=address)))
            assert is_error_page(place, "redirect_uri is not registered"), address


def test_oidcc_ensure_redirect_uri_in_authorization_request(system: System, browser: Browser) -> None:
    place = browser.open(system.address(system.request(redirect_uri=None)))
    assert is_error_page(place, "redirect_uri is not registered")


def test_oidcc_redirect_uri_query_ok(system: System, browser: Browser) -> None:
    asked = system.request(redirect_uri=CALLBACK_WITH_QUERY)
    place = browser.walk(system.address(asked))
    assert isinstance(place, Arrival)
    assert place.in_url["bar"] == "foo"
    assert system.redeem(system.answer(place, asked)["code"], redirect_uri=CALLBACK_WITH_QUERY).status_code == 200


def test_oidcc_redirect_uri_query_mismatch_and_added(system: System, browser: Browser) -> None:
    for query in ("?bar=fool", "?bar=foo&more=1", "?more=1&bar=foo", "?"):
        place = browser.open(system.address(system.request(redirect_uri=CALLBACK + query)))
        assert is_error_page(place, "redirect_uri is not registered"), query


def test_an_unknown_client_gets_a_page(system: System, browser: Browser) -> None:
    for client_id in ("nobody", "", "BASIC", "ระบบ", "x" * 2000):
        place = browser.open(system.address(system.request(client_id=client_id)))
        assert is_error_page(place, "client_id is not registered"), client_id


def test_a_character_that_is_no_text_stays_with_the_provider(system: System, browser: Browser) -> None:
    for request in ({"client_id": "basic\x00"}, {"redirect_uri": f"{CALLBACK}\x00"}, {"state": "a\x00"}):
        assert is_error_page(browser.open(system.address(system.request(**request))), ""), request


def test_a_repeated_parameter_gets_no_code(system: System, browser: Browser) -> None:
    address = f"{system.address(system.request())}&scope=openid"
    assert is_error_page(browser.open(address), "a parameter is repeated")


def test_oidcc_ensure_post_request_succeeds(system: System, browser: Browser) -> None:
    asked = system.request()
    place = browser.walk(system.discovery["authorization_endpoint"], asked)
    assert isinstance(place, Arrival)
    assert system.redeem(system.answer(place, asked)["code"]).status_code == 200


@pytest.mark.parametrize(
    ("parameter", "error"), [("request", "request_not_supported"), ("request_uri", "request_uri_not_supported")]
)
def test_oidcc_unsigned_request_object_supported_correctly_or_rejected_as_unsupported(
    system: System, browser: Browser, parameter: str, error: str
) -> None:
    request_object = jwt.encode({"state": "inside", "client_id": "basic"}, "", algorithm="none")
    value = request_object if parameter == "request" else "https://rp.example.go.th/request.jwt"
    assert system.authorize(browser, **{parameter: value})["error"] == error
    assert system.discovery[f"{parameter}_parameter_supported"] is False


def test_oidcc_unsigned_request_object_with_state_and_response_mode_inside_alone(
    system: System, browser: Browser
) -> None:
    """As the Foundation's suite sends it: beside the object stands only what OAuth 2.0 demands."""
    inside = {"state": "s" * 128, "nonce": "n", "response_mode": system.mode or "query", "client_id": system.client_id}
    beside = ("client_id", "redirect_uri", "response_type", "scope")
    asked = {name: value for name, value in system.request().items() if name in beside}
    asked["request"] = jwt.encode(inside, "", algorithm="none")
    place = browser.walk(system.address(asked))
    assert isinstance(place, Arrival)
    assert system.answer(place, inside | asked)["error"] == "request_not_supported"


def test_a_request_without_openid_is_told_so(system: System, browser: Browser) -> None:
    for scope in ("", "profile", "OpenID", "openidx"):
        assert system.authorize(browser, scope=scope)["error"] == "invalid_scope", scope


def test_a_request_without_s256_is_told_so(system: System, browser: Browser) -> None:
    system.sends_pkce = True  # whoever is excused and sends half of it is told so as well
    for changes in (
        {"code_challenge": None},
        {"code_challenge_method": None},
        {"code_challenge_method": "plain"},
        {"code_challenge": "short"},
        {"code_challenge_method": "S512"},
    ):
        assert system.authorize(browser, **changes)["error"] == "invalid_request", changes


def test_a_person_who_refuses_is_told_to_the_system(system: System, browser: Browser) -> None:
    asked = system.request(prompt="consent")
    browser.walk(system.address(system.request()))
    page = browser.open(system.address(asked))
    assert isinstance(page, Page)
    assert page.kind == "consent"
    arrival = browser.press(page, "consent-deny")
    assert isinstance(arrival, Arrival)
    assert system.answer(arrival, asked)["error"] == "access_denied"


def test_an_unknown_response_mode_is_told_in_the_query(system: System, browser: Browser) -> None:
    for mode in ("fragment", "web_message", "jwt", "query.jwt"):
        place = browser.walk(system.address(system.request(response_mode=mode)))
        assert isinstance(place, Arrival)
        assert place.posted is None
        assert place.in_url["error"] == "invalid_request", mode
