"""Every switch of the simulator, turned by a program and by a person, and what a relying party then sees."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import jwt
import pytest
import requests

from demo.thaid_simulator.application import create_app
from demo.thaid_simulator.switches import ERRORS, FIELDS
from demo.thaid_simulator.world import SCOPES, World
from tests.browsing import submit
from tests.idp.thaid.party import OAUTH, RETURN, ask, code_for, come_back, post, redeem, transaction_of, turn
from tests.people import CLERK
from tests.waiting import LONGEST
from thai_web import clock


@dataclass(frozen=True)
class Tokens:
    """What the token endpoint answered, and what its ID token says, unchecked."""

    answer: dict[str, Any]
    claims: dict[str, Any]
    header: dict[str, Any]


def got(world: World) -> Tokens:
    """Everything that may be asked for."""
    answer = redeem(world, code_for(world, scope=" ".join(SCOPES), nonce="a-nonce")).json()
    token = answer["id_token"]
    return Tokens(answer, jwt.decode(token, options={"verify_signature": False}), jwt.get_unverified_header(token))


def checked(world: World) -> dict[str, Any]:
    """The claims, checked as a careful relying party would. Raises what PyJWT finds wrong."""
    token, keys = got(world).answer["id_token"], jwt.PyJWKClient(f"{world.issuer}/jwks/")
    client_id, issuer = "id+with/odd=", world.issuer
    found: dict[str, Any] = jwt.decode(
        token, keys.get_signing_key_from_jwt(token), algorithms=["ES256"], audience=client_id, issuer=issuer
    )
    return found


def is_refused(wrong: type[Exception]) -> Callable[[World], bool]:
    """Whether a careful relying party finds just this wrong."""

    def look(world: World) -> bool:
        with pytest.raises(wrong):
            checked(world)
        return True

    return look


def claim(name: str, value: object) -> Callable[[World], bool]:
    """Whether the ID token says so; None, that it does not say it at all."""
    return lambda world: got(world).claims.get(name) == value


def deny(world: World) -> requests.Response:
    """She says no in the app on the same device."""
    address = f"{world.issuer}/phone/{transaction_of(world)}/"
    return requests.post(address, data={"act": "deny", "same": "1"}, allow_redirects=False, timeout=LONGEST)


def without_slash(world: World) -> requests.Response:
    return requests.get(f"{world.issuer}/jwks", timeout=LONGEST)


def discovery(world: World) -> requests.Response:
    """The discovery document."""
    return requests.get(f"{world.issuer}/.well-known/openid-configuration", timeout=LONGEST)


def qr_page(world: World) -> str:
    """The page with the QR code."""
    return requests.get(ask(world).headers["Location"], timeout=LONGEST).text


def is_slow(world: World) -> bool:
    """Whether the answer takes the seconds that are switched on."""
    began = time.monotonic()
    assert discovery(world).ok
    return time.monotonic() - began >= 1


def takes(form: str) -> Callable[[World], bool]:
    """Whether revocation takes the token only in this form."""

    def look(world: World) -> bool:
        token = got(world).answer["access_token"]
        forms = {"bare": token, "bearer": f"Bearer {token}"}
        answers = {each: post(world, "revoke", {"token": text}).ok for each, text in forms.items()}
        return answers == {each: each == form for each in forms}

    return look


def has(name: str, *, without: str = "") -> Callable[[World], bool]:
    """Whether the token answer has a field, and not another."""
    return lambda world: name in got(world).answer and without not in got(world).answer


def answers_at(path: str, error: str) -> Callable[[World], bool]:
    """Whether an endpoint answers with this error."""

    def look(world: World) -> bool:
        answer = ask(world) if path == "auth" else post(world, path, {"token": "x", "code": "x"})
        return (answer.status_code, answer.json()["error"]) == (ERRORS[error], error)

    return look


ADDRESS = "99/9 หมู่ที่ 9 ตำบลทดสอบ อำเภอจำลอง จังหวัดสมมุติ"
RAW = "99/9#หมู่ที่ 9####ตำบลทดสอบ#อำเภอจำลอง#จังหวัดสมมุติ"
# What to turn, and what is to be seen then; the peculiarities of DOPA's service in the order of its manual.
CHECKLIST: list[tuple[dict[str, Any], Callable[[World], bool]]] = [
    # addresses and documents
    ({"without_slash": "not_found"}, lambda world: without_slash(world).status_code == 404),
    ({"without_slash": "redirect"}, lambda world: without_slash(world).ok),
    ({"discovery": "full"}, lambda world: discovery(world).json()["subject_type_supported"] == ["public"]),
    ({"discovery": "absent"}, lambda world: discovery(world).status_code == 404),
    ({"discovery": "without_slashes"}, lambda world: discovery(world).json()["token_endpoint"].endswith("/token")),
    ({"discovery": "wrong_issuer"}, lambda world: discovery(world).json()["issuer"] != world.issuer),
    # the person's part
    ({"screen": "qr"}, lambda world: urlsplit(ask(world).headers["Location"]).path == "/qr/"),
    ({"screen": "sandbox"}, lambda world: urlsplit(ask(world).headers["Location"]).path == "/sandbox/"),
    ({"approves_at_once": CLERK.national_id}, lambda world: ask(world).headers["Location"].startswith(RETURN)),
    ({"qr_seconds": 4000}, lambda world: "66:" in qr_page(world)),
    ({"denial": "redirect"}, lambda world: "error=user_denied" in deny(world).headers["Location"]),
    ({"denial": "page"}, lambda world: "ไม่ยินยอม" in deny(world).text),
    ({"denial_error": "access_denied"}, lambda world: "error=access_denied" in deny(world).headers["Location"]),
    ({"callback": "code_and_error"}, lambda world: {"code", "error"} <= set(come_back(world))),
    ({"callback": "without_code"}, lambda world: "code" not in come_back(world)),
    ({"callback": "without_state"}, lambda world: "state" not in come_back(world)),
    ({"callback": "wrong_state"}, lambda world: come_back(world)["state"] != ["a-state"]),
    # the token answer
    ({"code_seconds": 0}, lambda world: redeem(world, code_for(world)).status_code == 400),
    ({"token_seconds": 60}, lambda world: (claims := got(world).claims)["exp"] - claims["iat"] == 60),
    ({"expiry_spelling": "expires_in"}, has("expires_in", without="expire_in")),
    ({"expiry_spelling": "expire_in"}, has("expire_in", without="expires_in")),
    ({"expiry_is_absolute": True}, lambda world: got(world).answer["expires_in"] > 10**9),
    ({"expiry_is_absolute": False}, lambda world: got(world).answer["expires_in"] == 900),
    ({"refresh_token": True}, has("refresh_token")),
    ({"refresh_token": False}, has("access_token", without="refresh_token")),
    ({"inline_attributes": True}, has("pid")),
    ({"inline_attributes": False}, has("id_token", without="pid")),
    # the ID token
    ({"nonce": "echo"}, claim("nonce", "a-nonce")),
    ({"nonce": "omit"}, claim("nonce", None)),
    ({"nonce": "wrong"}, lambda world: got(world).claims["nonce"] != "a-nonce"),
    ({"audience": "client_id"}, lambda world: bool(checked(world))),
    ({"audience": "list"}, lambda world: bool(checked(world))),
    ({"audience": "uuid"}, is_refused(jwt.InvalidAudienceError)),
    ({"id_token": "right"}, lambda world: bool(checked(world))),
    ({"id_token": "missing"}, lambda world: "id_token" not in redeem(world, code_for(world)).json()),
    ({"id_token": "malformed"}, lambda world: redeem(world, code_for(world)).json()["id_token"] == "not.a.token"),
    ({"id_token": "expired"}, is_refused(jwt.ExpiredSignatureError)),
    ({"id_token": "from_the_future"}, is_refused(jwt.ImmatureSignatureError)),
    ({"id_token": "old"}, lambda world: got(world).claims["iat"] < clock.now().timestamp() - 3000),
    ({"id_token": "wrong_key"}, is_refused(jwt.InvalidSignatureError)),
    ({"id_token": "unknown_kid"}, is_refused(jwt.PyJWKClientError)),
    ({"id_token": "without_kid"}, lambda world: "kid" not in got(world).header),
    ({"id_token": "alg_none"}, lambda world: got(world).header["alg"] == "none"),
    ({"id_token": "hs256"}, lambda world: got(world).header["alg"] == "HS256"),
    ({"id_token": "wrong_issuer"}, is_refused(jwt.InvalidIssuerError)),
    ({"id_token": "issuer_with_slash"}, lambda world: got(world).claims["iss"] == f"{world.issuer}/"),
    ({"id_token": "wrong_audience"}, is_refused(jwt.InvalidAudienceError)),
    ({"id_token": "wrong_azp"}, claim("azp", "another-system")),
    ({"clock_skew": 3600}, is_refused(jwt.ImmatureSignatureError)),
    # the person's attributes
    ({"sub": "pid"}, claim("sub", CLERK.national_id)),
    ({"sub": "pairwise"}, lambda world: len(got(world).claims["sub"]) == 64),
    ({"sub": "other_pid"}, lambda world: got(world).claims["sub"] in set(world.personas) - {CLERK.national_id}),
    ({"pid": "normal"}, claim("pid", CLERK.national_id)),
    ({"pid": "absent"}, claim("pid", None)),
    ({"pid": "wrong_check_digit"}, lambda world: got(world).claims["pid"][:12] == CLERK.national_id[:12]),
    ({"pid": "with_dashes"}, lambda world: got(world).claims["pid"].count("-") == 4),
    ({"ial": "1.1"}, claim("ial", "1.1")),
    ({"ial": ""}, claim("ial", None)),
    ({"aliases": "camel"}, claim("titleTh", CLERK.title)),
    ({"aliases": "snake"}, claim("title", CLERK.title)),
    ({"aliases": "version_1"}, claim("th_fname", CLERK.given_name)),
    ({"middle_name": "empty"}, claim("middle_name", "")),
    ({"middle_name": "null"}, lambda world: got(world).claims["middle_name"] is None),
    ({"middle_name": "absent"}, lambda world: "middle_name" not in got(world).claims),
    ({"names": "parts"}, claim("given_name", CLERK.given_name)),
    ({"names": "only_full"}, claim("given_name", None)),
    ({"names": "absent"}, claim("name", None)),
    ({"address": "object"}, claim("address", {"formatted": ADDRESS, "raw": RAW})),
    ({"address": "raw"}, claim("address", {"raw": RAW})),
    ({"address": "text"}, claim("address", ADDRESS)),
    ({"birthdate": "iso"}, claim("birthdate", "1985-04-13")),
    ({"birthdate": "buddhist"}, claim("dob", "25280413")),
    ({"birthdate": "year"}, claim("birthdate", "1985")),
    ({"birthdate": "year_zeros"}, claim("birthdate", "1985-00-00")),
    ({"birthdate": "month_zero"}, claim("birthdate", "1985-04-00")),
    # what goes wrong around it
    ({"revocation_wants": "bearer"}, takes("bearer")),
    ({"revocation_wants": "bare"}, takes("bare")),
    *(({"error": each, "error_at": "token"}, answers_at("token", each)) for each in ERRORS),
    ({"error": "duplicate_request", "error_at": "authorize"}, answers_at("auth", "duplicate_request")),
    ({"error": "access_denied", "error_at": "introspect"}, answers_at("introspect", "access_denied")),
    ({"error": "unsupported_token_hint", "error_at": "revoke"}, answers_at("revoke", "unsupported_token_hint")),
    ({"outage": "down"}, lambda world: discovery(world).status_code == 503),
    ({"outage": "too_many"}, lambda world: discovery(world).status_code == 429),
    ({"outage": "not_json"}, lambda world: "Web Page Blocked" in discovery(world).text),
    ({"outage": "down", "outage_at": "jwks"}, lambda world: discovery(world).ok),
    ({"outage": "slow", "slow_seconds": 1}, is_slow),
    (
        {"firewall": True},
        lambda world: (
            requests.get(f"{world.issuer}/jwks/", timeout=LONGEST, headers={"User-Agent": "HeadlessChrome"}).status_code
            == 403
        ),
    ),
]


def turn_by_program(world: World, switches: dict[str, Any]) -> None:
    """By HTTP."""
    assert turn(world, switches=switches).ok


def turn_by_person(world: World, switches: dict[str, Any]) -> None:
    """By the form of the page, whose other fields stay as they are shown."""
    browser = create_app(world).test_client()
    ticked = {name: ("on" if value else "") if isinstance(value, bool) else value for name, value in switches.items()}
    assert submit(browser, browser.get("/control"), ticked | {"act": "turn"}).status_code == 303


@pytest.mark.parametrize("by", [turn_by_program, turn_by_person])
@pytest.mark.parametrize(("switches", "shows"), CHECKLIST, ids=[str(switches) for switches, _shows in CHECKLIST])
def test_a_switch_does_what_it_says(
    world: World, switches: dict[str, Any], shows: Callable[[World], bool], by: Callable[..., None]
) -> None:
    by(world, switches)
    shown = requests.get(f"{world.issuer}/control.json", timeout=LONGEST).json()["switches"]
    assert {name: shown[name] for name in switches} == switches
    assert shows(world)


def test_no_switch_and_no_choice_is_missing_in_the_checklist() -> None:
    turned = {(name, value) for switches, _shows in CHECKLIST for name, value in switches.items()}
    rests = {
        ("error", "none"),
        ("error_at", "userinfo"),
        ("outage", "none"),
        ("outage_at", "everywhere"),
        ("revocation_wants", "either"),
        ("callback", "normal"),
        ("firewall", False),
    }
    for field in FIELDS:
        assert field.name in {name for name, _value in turned}
        choices = () if field.name in ("denial_error", "outage_at") else field.metadata.get("choices", ())
        assert {(field.name, choice) for choice in choices} <= turned | rests


def test_scopes_are_granted_to_each_party_by_itself(world: World) -> None:
    assert turn(world, scopes={"id+with/odd=": ["openid", "pid"]}).ok
    assert ask(world, scope="openid pid").status_code == 302
    assert ask(world, scope="openid pid ial").json()["error"] == "invalid_scope"
    other = {"client_id": "thaid-simulator-client", "scope": "openid pid ial"}
    assert ask(world, **other).status_code == 302


def test_rotated_keys_leave_the_one_before_published(world: World) -> None:
    before = got(world).header["kid"]
    assert turn(world, act="rotate").ok
    published = requests.get(f"{world.issuer}/jwks/", timeout=LONGEST).json()["keys"]
    assert got(world).header["kid"] == published[0]["kid"] != before == published[1]["kid"]
    assert requests.get(f"{world.issuer}{OAUTH}/userinfo/", timeout=LONGEST).json()["error"] == "access_denied"
