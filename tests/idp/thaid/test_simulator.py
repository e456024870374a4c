"""The simulator is ThaID as far as ThaID is documented, for us and for others."""

import base64
import json
import re
import time
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests
from flask import Flask, redirect, session, url_for
from flask.typing import ResponseReturnValue

from tests.people import CLERK
from tests.simulators.thaid.application import RefusedToStart, create_app
from tests.simulators.thaid.world import Client, World, default_world, world_from

RETURN = "http://localhost:9/callback"
OAUTH = "/api/v2/oauth2"


@pytest.fixture
def world(simulator: World) -> World:
    simulator.reset()
    client = Client("id+with/odd=", "secret:with:colons", [RETURN])
    simulator.clients[client.client_id] = client
    return simulator


def _ask(world: World, **changes: str) -> requests.Response:
    query = {"response_type": "code", "client_id": "id+with/odd=", "redirect_uri": RETURN, "scope": "openid pid",
             "state": "a-state"}  # fmt: skip
    query = {name: value for name, value in (query | changes).items() if value}
    return requests.get(f"{world.issuer}{OAUTH}/auth/?{urlencode(query)}", allow_redirects=False, timeout=5)


def _transaction(world: World, **changes: str) -> str:
    return parse_qs(urlsplit(_ask(world, **changes).headers["Location"]).query)["txID"][0]


def _code(world: World, **changes: str) -> str:
    form = {"txID": _transaction(world, **changes), "national_id": CLERK.national_id}
    answer = requests.post(f"{world.issuer}/sandbox/", data=form, allow_redirects=False, timeout=5)
    return parse_qs(urlsplit(answer.headers["Location"]).query)["code"][0]


def _post(world: World, path: str, form: dict[str, str], *, basic: bool = True) -> requests.Response:
    credentials = ("id+with/odd=", "secret:with:colons")
    if not basic:
        form = form | {"client_id": credentials[0], "client_secret": credentials[1]}
    auth = credentials if basic else None
    return requests.post(f"{world.issuer}{OAUTH}/{path}/", data=form, auth=auth, timeout=5)


def _redeem(world: World, code: str, **changes: Any) -> requests.Response:
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": RETURN}
    basic = changes.pop("basic", True)
    return _post(world, "token", form | changes, basic=basic)


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
    answer = _ask(world, **changes)
    assert (answer.status_code, answer.json()["error"]) == (status, error)


def test_unknown_parameters_pass_and_lead_to_the_qr_page(world: World) -> None:
    answer = _ask(world, code_challenge="x", code_challenge_method="S256", nonsense="1")
    query = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert answer.status_code == 302
    assert query["qrcode"][0].startswith("AUTHEN-")
    page = requests.get(answer.headers["Location"], timeout=5).text
    assert query["refCode"][0] in page
    assert 'http-equiv="refresh"' in page
    assert "เหลือเวลา" in page
    assert "<script" not in page


def test_the_discovery_document_has_dopas_fields_and_no_others(world: World) -> None:
    found = requests.get(f"{world.issuer}/.well-known/openid-configuration", timeout=5).json()
    assert set(found) == {
        "issuer", "authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri", "revocation_endpoint",
        "grant_types_supported", "response_types_supported", "subject_type_supported", "scopes_supported",
        "id_token_signing_alg_values_supported", "token_endpoint_auth_methods_supported",
    }  # fmt: skip
    keys = requests.get(found["jwks_uri"], timeout=5).json()["keys"]
    assert [key["crv"] for key in keys] == ["P-256", "P-256"]
    assert [len(base64.b64decode(key["kid"])) for key in keys] == [20, 20]


def test_a_path_without_its_slash_is_not_there_or_leads_on(world: World) -> None:
    address = f"{world.issuer}{OAUTH}/auth"
    assert requests.get(address, allow_redirects=False, timeout=5).status_code == 404
    _control(world, switches={"without_slash": "redirect"})
    assert requests.get(address, allow_redirects=False, timeout=5).status_code == 308


def test_the_phone_approves_and_the_computers_page_goes_on(world: World) -> None:
    transaction = _transaction(world)
    poll = f"{world.issuer}{OAUTH}/public/transactions/{transaction}/"
    assert requests.get(poll, timeout=5).json()["data"] == {"isScan": False}
    phone = f"{world.issuer}/phone/{transaction}/"
    assert "ยืนยันตัวตน" in requests.get(phone, timeout=5).text
    assert requests.get(poll, timeout=5).json()["data"] == {"isScan": True}
    requests.post(phone, data={"act": "approve", "national_id": CLERK.national_id}, timeout=5)
    polled = requests.get(poll, timeout=5)
    assert polled.status_code == 201
    page = requests.get(f"{world.issuer}/qr/?txID={transaction}", allow_redirects=False, timeout=5)
    assert page.headers["Location"] == polled.json()["data"]["redirectUri"]


def test_a_qr_code_runs_out_and_nobody_is_told(world: World) -> None:
    _control(world, switches={"qr_seconds": "0"})
    transaction = _transaction(world)
    time.sleep(0.01)
    page = requests.get(f"{world.issuer}/qr/?txID={transaction}", allow_redirects=False, timeout=5)
    assert page.status_code == 200
    assert "QR หมดอายุ" in page.text
    _control(world, switches={"qr_seconds": 60})
    transaction = _transaction(world)
    assert "QR หมดอายุ" in requests.post(f"{world.issuer}/phone/{transaction}/", data={"act": "expire"}, timeout=5).text


def test_a_refusal_may_stay_on_dopas_own_page(world: World) -> None:
    _control(world, switches={"denial": "page"})
    form = {"act": "deny", "same": "1"}
    answer = requests.post(f"{world.issuer}/phone/{_transaction(world)}/", data=form, allow_redirects=False, timeout=5)
    assert answer.status_code == 200
    assert "ไม่ยินยอม" in answer.text


def test_the_sandbox_takes_any_thirteen_digits_and_nothing_else(world: World) -> None:
    _control(world, switches={"screen": "sandbox"})
    location = _ask(world).headers["Location"]
    assert urlsplit(location).path == "/sandbox/"
    assert "กรอกเลขประจำตัวประชาชน" in requests.get(location, timeout=5).text
    form = {"txID": parse_qs(urlsplit(location).query)["txID"][0], "national_id": "12"}
    assert requests.post(f"{world.issuer}/sandbox/", data=form, timeout=5).status_code == 422


@pytest.mark.parametrize("basic", [True, False])
def test_a_code_is_redeemed_once_by_either_way_of_authentication(world: World, basic: bool) -> None:
    code = _code(world)
    answer = _redeem(world, code, basic=basic)
    assert answer.json()["expires_in"] > 10**9
    again = _redeem(world, code, basic=basic)
    assert (again.status_code, again.json()) == (
        400, {"error": "invalid_request", "error_description": "Invalid Authorization Code"}
    )  # fmt: skip


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"grant_type": "refresh_token", "refresh_token": "x"}, 401, "invalid_refresh_token"),
        ({"redirect_uri": "http://localhost:9/other"}, 400, "invalid_request"),
    ],
)
def test_the_token_endpoints_errors_are_dopas(world: World, form: dict[str, str], status: int, error: str) -> None:
    answer = _redeem(world, _code(world), **form)
    assert (answer.status_code, answer.json()["error"]) == (status, error)


def test_a_wrong_secret_is_refused(world: World) -> None:
    for path in ("token", "introspect", "revoke"):
        answer = requests.post(f"{world.issuer}{OAUTH}/{path}/", data={}, auth=("nobody", "x"), timeout=5)
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


def test_attributes_stand_in_the_token_answer_unless_openid_is_asked_for(world: World) -> None:
    plain = _redeem(world, _code(world, scope="pid given_name")).json()
    assert (plain["pid"], plain["given_name"]) == (CLERK.national_id, CLERK.given_name)
    assert "id_token" not in plain
    assert "pid" not in _redeem(world, _code(world)).json()


@pytest.mark.parametrize("prefix", ["", "Bearer "])
def test_introspection_and_revocation_take_a_token_with_or_without_bearer(world: World, prefix: str) -> None:
    token = _redeem(world, _code(world)).json()["access_token"]
    form = {"token": prefix + token}
    assert _post(world, "introspect", form).json() == {"active": True, "sub": CLERK.national_id, "scope": "openid pid"}
    assert _post(world, "revoke", form).json() == {"status": "OK", "message": "revoked"}
    assert _post(world, "introspect", form).json()["active"] is False
    assert _post(world, "introspect", {}).status_code == 400


def test_a_refresh_token_brings_fresh_tokens(world: World) -> None:
    first = _redeem(world, _code(world)).json()
    form = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
    assert _post(world, "token", form).json()["access_token"] != first["access_token"]


def _control(world: World, **asked: Any) -> requests.Response:
    return requests.post(f"{world.issuer}/control.json", json=asked, timeout=5)


def test_the_switchboard_works_for_programs(world: World) -> None:
    kids = [key.kid for key in world.keys]
    changes = {"switches": {"ial": "1.1"}, "scopes": {"id+with/odd=": ["openid"]}, "act": "rotate"}
    shown = _control(world, **changes).json()
    assert (shown["switches"]["ial"], shown["scopes"]["id+with/odd="], shown["keys"][1]) == ("1.1", ["openid"], kids[0])
    assert _ask(world).json()["error"] == "invalid_scope"
    assert _control(world, switches={"nonce": "sometimes"}).status_code == 400
    assert _control(world, switches={"nothing": 1}).status_code == 400
    assert _control(world, act="reset").json()["switches"]["ial"] == "2.3"


def test_the_switchboard_works_for_people_without_script(world: World) -> None:
    page = requests.get(f"{world.issuer}/control", timeout=5).text
    assert "<script" not in page
    names = set(re.findall(r'<(?:input|select)[^>]* name="([a-z_]+)"', page))
    form = dict.fromkeys(names, "") | {
        name: str(value) for name, value in _control(world).json()["switches"].items() if not isinstance(value, bool)
    }
    form |= {"nonce": "omit", "refresh_token": "on", "scopes:id+with/odd=": "pid", "act": "turn"}
    answer = requests.post(f"{world.issuer}/control", data=form, allow_redirects=False, timeout=5)
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


def test_authlibs_flask_client_signs_in_as_dopas_published_sample_does(world: World) -> None:
    """The steps of the sample that ETDA publishes: discovery, redirect, code, ID token checked by Authlib itself."""
    from authlib.integrations.flask_client import OAuth

    app = Flask(__name__)
    app.secret_key = "!secret"
    app.config.update(THAID_CLIENT_ID="id+with/odd=", THAID_CLIENT_SECRET="secret:with:colons")
    oauth = OAuth(app)
    scope = "openid pid address gender birthdate given_name middle_name family_name name title title_en ial"
    metadata = f"{world.issuer}/.well-known/openid-configuration"
    oauth.register(name="thaid", server_metadata_url=metadata, client_kwargs={"scope": scope})

    @app.get("/login")
    def login() -> ResponseReturnValue:
        return oauth.thaid.authorize_redirect(url_for("callback", _external=True))  # type: ignore[no-any-return]

    @app.get("/callback")
    def callback() -> ResponseReturnValue:
        session["person"] = oauth.thaid.authorize_access_token()["userinfo"]["pid"]
        return redirect("/")

    world.clients["id+with/odd="].redirect_uris = ["http://localhost/callback"]
    client = app.test_client()
    transaction = requests.get(client.get("/login").location, allow_redirects=False, timeout=5)
    form = {"txID": parse_qs(urlsplit(transaction.headers["Location"]).query)["txID"][0],
            "national_id": CLERK.national_id}  # fmt: skip
    back = requests.post(f"{world.issuer}/sandbox/", data=form, allow_redirects=False, timeout=5).headers["Location"]
    assert client.get(f"/callback?{urlsplit(back).query}").location == "/"
    with client.session_transaction() as kept:
        assert kept["person"] == CLERK.national_id
