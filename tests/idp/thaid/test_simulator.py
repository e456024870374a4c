"""The simulator is ThaID as far as ThaID is documented, for us and for others."""

import base64
import json
import re
import time
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from demo.thaid_simulator.application import RefusedToStart, create_app
from demo.thaid_simulator.world import World, default_world, world_from
from tests.idp.thaid.party import OAUTH, RETURN, ask, code_for, post, redeem, transaction_of, turn
from tests.people import CLERK
from tests.waiting import LONGEST


@pytest.mark.parametrize(
    ("changes", "status", "error"),
    [
        ({"client_id": "nobody"}, 401, "unauthorized_client"),
        ({"redirect_uri": "http://localhost:9/callback/"}, 400, "invalid_request"),
        ({"redirect_uri": "https://localhost:9/callback"}, 400, "invalid_request"),
        ({"scope": "openid profile"}, 400, "invalid_scope"),
        ({"scope": ""}, 400, "invalid_scope"),
        ({"response_type": "nonsense"}, 400, "unsupported_response_type"),
        ({"state": ""}, 400, "invalid_request"),
    ],
)
def test_a_wrong_request_is_answered_by_dopa_itself(
    world: World, changes: dict[str, str], status: int, error: str
) -> None:
    answer = ask(world, **changes)
    assert (answer.status_code, answer.json()["error"]) == (status, error)


def test_unknown_parameters_pass_and_lead_to_the_qr_page(world: World) -> None:
    answer = ask(world, code_challenge="x", code_challenge_method="S256", nonsense="1")
    query = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert answer.status_code == 302
    assert query["qrcode"][0].startswith("AUTHEN-")
    page = requests.get(answer.headers["Location"], timeout=LONGEST).text
    assert query["refCode"][0] in page
    assert 'http-equiv="refresh"' in page
    assert "เหลือเวลา" in page
    assert "<script" not in page


def test_the_discovery_document_has_dopas_fields_and_no_others(world: World) -> None:
    found = requests.get(f"{world.issuer}/.well-known/openid-configuration", timeout=LONGEST).json()
    assert set(found) == {
        "issuer",
        "authorization_endpoint",
        "token_endpoint",
        "userinfo_endpoint",
        "jwks_uri",
        "revocation_endpoint",
        "grant_types_supported",
        "response_types_supported",
        "subject_type_supported",
        "scopes_supported",
        "id_token_signing_alg_values_supported",
        "token_endpoint_auth_methods_supported",
    }
    keys = requests.get(found["jwks_uri"], timeout=LONGEST).json()["keys"]
    assert [key["crv"] for key in keys] == ["P-256", "P-256"]
    assert [len(base64.b64decode(key["kid"])) for key in keys] == [20, 20]


def test_a_path_without_its_slash_is_not_there_or_leads_on(world: World) -> None:
    address = f"{world.issuer}{OAUTH}/auth"
    assert requests.get(address, allow_redirects=False, timeout=LONGEST).status_code == 404
    turn(world, switches={"without_slash": "redirect"})
    assert requests.get(address, allow_redirects=False, timeout=LONGEST).status_code == 308


def test_the_phone_approves_and_the_computers_page_goes_on(world: World) -> None:
    transaction = transaction_of(world)
    poll = f"{world.issuer}{OAUTH}/public/transactions/{transaction}/"
    assert requests.get(poll, timeout=LONGEST).json()["data"] == {"isScan": False}
    phone = f"{world.issuer}/phone/{transaction}/"
    assert "ยืนยันตัวตน" in requests.get(phone, timeout=LONGEST).text
    assert requests.get(poll, timeout=LONGEST).json()["data"] == {"isScan": True}
    requests.post(phone, data={"act": "approve", "national_id": CLERK.national_id}, timeout=LONGEST)
    polled = requests.get(poll, timeout=LONGEST)
    assert polled.status_code == 201
    page = requests.get(f"{world.issuer}/qr/?txID={transaction}", allow_redirects=False, timeout=LONGEST)
    assert page.headers["Location"] == polled.json()["data"]["redirectUri"]


def test_a_qr_code_runs_out_and_nobody_is_told(world: World) -> None:
    turn(world, switches={"qr_seconds": "0"})
    transaction = transaction_of(world)
    time.sleep(0.01)
    page = requests.get(f"{world.issuer}/qr/?txID={transaction}", allow_redirects=False, timeout=LONGEST)
    assert page.status_code == 200
    assert "QR หมดอายุ" in page.text
    turn(world, switches={"qr_seconds": 60})
    transaction = transaction_of(world)
    assert (
        "QR หมดอายุ"
        in requests.post(f"{world.issuer}/phone/{transaction}/", data={"act": "expire"}, timeout=LONGEST).text
    )


def test_a_refusal_may_stay_on_dopas_own_page(world: World) -> None:
    turn(world, switches={"denial": "page"})
    form = {"act": "deny", "same": "1"}
    answer = requests.post(
        f"{world.issuer}/phone/{transaction_of(world)}/", data=form, allow_redirects=False, timeout=LONGEST
    )
    assert answer.status_code == 200
    assert "ไม่ยินยอม" in answer.text


def test_the_sandbox_takes_any_thirteen_digits_and_nothing_else(world: World) -> None:
    turn(world, switches={"screen": "sandbox"})
    location = ask(world).headers["Location"]
    assert urlsplit(location).path == "/sandbox/"
    assert "กรอกเลขประจำตัวประชาชน" in requests.get(location, timeout=LONGEST).text
    form = {"txID": parse_qs(urlsplit(location).query)["txID"][0], "national_id": "12"}
    assert requests.post(f"{world.issuer}/sandbox/", data=form, timeout=LONGEST).status_code == 422


@pytest.mark.parametrize("basic", [True, False])
def test_a_code_is_redeemed_once_by_either_way_of_authentication(world: World, basic: bool) -> None:
    code = code_for(world)
    answer = redeem(world, code, basic=basic)
    assert answer.json()["expires_in"] > 10**9
    again = redeem(world, code, basic=basic)
    assert (again.status_code, again.json()) == (
        400,
        {"error": "invalid_request", "error_description": "Invalid Authorization Code"},
    )


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"grant_type": "refresh_token", "refresh_token": "x"}, 401, "invalid_refresh_token"),
        ({"redirect_uri": "http://localhost:9/other"}, 400, "invalid_request"),
    ],
)
def test_the_token_endpoints_errors_are_dopas(world: World, form: dict[str, str], status: int, error: str) -> None:
    answer = redeem(world, code_for(world), **form)
    assert (answer.status_code, answer.json()["error"]) == (status, error)


def test_a_wrong_secret_is_refused(world: World) -> None:
    for path in ("token", "introspect", "revoke"):
        answer = requests.post(f"{world.issuer}{OAUTH}/{path}/", data={}, auth=("nobody", "x"), timeout=LONGEST)
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


def test_attributes_stand_in_the_token_answer_unless_openid_is_asked_for(world: World) -> None:
    plain = redeem(world, code_for(world, scope="pid given_name")).json()
    assert (plain["pid"], plain["given_name"]) == (CLERK.national_id, CLERK.given_name)
    assert "id_token" not in plain
    assert "pid" not in redeem(world, code_for(world)).json()


@pytest.mark.parametrize("prefix", ["", "Bearer "])
def test_introspection_and_revocation_take_a_token_with_or_without_bearer(world: World, prefix: str) -> None:
    token = redeem(world, code_for(world)).json()["access_token"]
    form = {"token": prefix + token}
    assert post(world, "introspect", form).json() == {"active": True, "sub": CLERK.national_id, "scope": "openid pid"}
    assert post(world, "revoke", form).json() == {"status": "OK", "message": "revoked"}
    assert post(world, "introspect", form).json()["active"] is False
    assert post(world, "introspect", {}).status_code == 400


def test_a_refresh_token_brings_fresh_tokens(world: World) -> None:
    first = redeem(world, code_for(world)).json()
    form = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
    assert post(world, "token", form).json()["access_token"] != first["access_token"]


def test_the_switchboard_works_for_programs(world: World) -> None:
    kids = [key.kid for key in world.keys]
    changes = {"switches": {"ial": "1.1"}, "scopes": {"id+with/odd=": ["openid"]}, "act": "rotate"}
    shown = turn(world, **changes).json()
    assert (shown["switches"]["ial"], shown["scopes"]["id+with/odd="], shown["keys"][1]) == ("1.1", ["openid"], kids[0])
    assert ask(world).json()["error"] == "invalid_scope"
    assert turn(world, switches={"nonce": "sometimes"}).status_code == 400
    assert turn(world, switches={"nothing": 1}).status_code == 400
    assert turn(world, act="reset").json()["switches"]["ial"] == "2.3"


def test_the_switchboard_works_for_people_without_script(world: World) -> None:
    page = requests.get(f"{world.issuer}/control", timeout=LONGEST).text
    assert "<script" not in page
    names = set(re.findall(r'<(?:input|select)[^>]* name="([a-z_]+)"', page))
    form = dict.fromkeys(names, "") | {
        name: str(value) for name, value in turn(world).json()["switches"].items() if not isinstance(value, bool)
    }
    form |= {"nonce": "omit", "refresh_token": "on", "scopes:id+with/odd=": "pid", "act": "turn"}
    answer = requests.post(f"{world.issuer}/control", data=form, allow_redirects=False, timeout=LONGEST)
    assert answer.status_code == 303
    assert (world.switches.nonce, world.switches.refresh_token, world.switches.expiry_is_absolute) == (
        "omit",
        True,
        False,
    )
    assert world.clients["id+with/odd="].scopes == ["pid"]


@pytest.mark.parametrize("variable", ["IDP_ENVIRONMENT", "THAID_SIMULATOR_ENVIRONMENT"])
def test_it_does_not_start_in_production(monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    monkeypatch.setenv(variable, "production")
    with pytest.raises(RefusedToStart):
        create_app(default_world("http://localhost:8002"))


def test_clients_and_people_come_from_a_file(tmp_path: Path) -> None:
    client = {"client_id": "dla", "client_secret": "s", "redirect_uris": [RETURN], "scopes": ["pid"], "name": "DLA SSO"}
    person = {"national_id": CLERK.national_id, "title": "นาง", "given_name": "สมใจ", "family_name": "แต่งงานแล้ว"}
    file = tmp_path / "world.json"
    file.write_text(json.dumps({"clients": [client], "personas": [person]}))
    world = world_from("http://localhost:8002", file)
    assert list(world.clients) == ["dla"]
    assert world.persona(CLERK.national_id).family_name == "แต่งงานแล้ว"


def test_its_pages_bring_their_own_thai_letters(world: World) -> None:
    style = requests.get(f"{world.issuer}/static/simulator.css", timeout=LONGEST).text
    fonts = re.findall(r"url\(\"(/fonts/[^\"]+)\"\)", style)
    assert len(fonts) == 4
    assert all(requests.get(world.issuer + font, timeout=LONGEST).content.startswith(b"wOF2") for font in fonts)
