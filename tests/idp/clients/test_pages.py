"""DLA registers, changes, suspends and ends by form; others read what is theirs, or nothing."""

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from idp.access.rules import Permission
from idp.audit.models import AuditEvent
from idp.clients import operations, secrets
from idp.database import db
from tests.browsing import forms_of, heading_of, submit, text_of
from tests.factories import appoint, appoint_first, open_person, sign_in
from tests.people import CLERK, DLA_OFFICER, PROVINCIAL, UNIT_ADMIN

FULL: dict[str, Any] = {
    "client_id": "water",
    "client_name": "ระบบคุณภาพน้ำ",
    "client_name#en": "Water quality",
    "owner_unit": "670603",
    "environment": "production",
    "profile": "first_party",
    "first_party_reason": "บันทึกที่ 1/2569",
    "redirect_uris": ["https://water.example.go.th/cb", "https://water.example.go.th/cb2"],
    "post_logout_redirect_uris": ["https://water.example.go.th/"],
    "backchannel_logout_uri": "https://water.example.go.th/out",
    "grant_types": ["authorization_code", "refresh_token", "client_credentials"],
    "scope": "openid profile unit roles national_id offline_access other:read",
    "national_id_basis": "พ.ร.บ. ตัวอย่าง มาตรา 9",
    "token_endpoint_auth_method": "client_secret_post",
    "require_pkce": False,
    "id_token_signed_response_alg": "ES256",
    "userinfo_signed_response_alg": "RS256",
    "subject_type": "pairwise",
    "contacts": ["somjai@water.example.go.th"],
    "client_uri": "https://water.example.go.th/",
    "policy_uri": "https://water.example.go.th/privacy",
    "tos_uri": "https://water.example.go.th/terms",
    "roles": [
        {"code": "recorder", "name_th": "ผู้บันทึก", "name_en": "Recorder", "unit_kinds": ["TAO"]},
        {"code": "viewer", "name_th": "ผู้ดู", "name_en": "Viewer", "unit_kinds": ["TAO", "DLA"]},
    ],
    "tile": {"url": "https://water.example.go.th/start", "description_th": "บันทึกผลน้ำ"},
}
NEW = {
    "name_th": "ระบบถนน",
    "client_id": "roads",
    "redirect_uris": "https://roads.example.go.th/cb",
    "environment": "production",
    "has_tile": [],
}


@pytest.fixture
def key(app: Flask) -> int:
    """A system with everything, of the clerk's unit; the cast, appointed."""
    with app.app_context():
        client, _secret = operations.import_metadata(FULL)
        key = client.id
        for person in (DLA_OFFICER, PROVINCIAL, UNIT_ADMIN, CLERK):
            open_person(person)
        appoint_first(DLA_OFFICER)
        appoint(PROVINCIAL, by=DLA_OFFICER)
        appoint(UNIT_ADMIN, by=PROVINCIAL)
        db.session.commit()
    return key


@pytest.fixture
def officer(app: Flask, key: int, client: FlaskClient) -> FlaskClient:
    """DLA's officer, signed in."""
    sign_in(client, DLA_OFFICER)
    return client


def registered(app: Flask, client_id: str) -> dict[str, Any]:
    with app.app_context():
        found = operations.find(client_id)
        assert found is not None
        metadata = operations.metadata_of(found)
        db.session.rollback()
    return metadata


def events(app: Flask, name: str) -> list[dict[str, Any]]:
    with app.app_context():
        found = list(db.session.scalars(select(AuditEvent).where(AuditEvent.name == name).order_by(AuditEvent.id)))
        facts = [{**each.facts, "by": each.actor_account_id} for each in found]
        db.session.rollback()
    return facts


def test_a_system_is_registered_by_form_and_its_secret_shown_once(app: Flask, officer: FlaskClient) -> None:
    start = officer.get("/clients/new?q=สระกรวด")
    form = submit(officer, start, {"unit": "670603"})
    assert form.status_code == 303
    page = officer.get(form.location)
    made = submit(officer, page, NEW)
    assert made.status_code == 200
    secret = re.search(r'id="client-secret">([^<]+)<', made.get_data(as_text=True))
    assert secret is not None
    metadata = registered(app, "roads")
    assert metadata["owner_unit"] == "670603"
    assert metadata["redirect_uris"] == ["https://roads.example.go.th/cb"]
    assert metadata["scope"] == "openid profile unit roles"
    with app.app_context():
        client = operations.find("roads")
        assert client is not None
        kept = secrets.in_force(client)
        assert [row.digest for row in kept] == [secrets.secret_digest(secret[1])]
        shown = officer.get(f"/clients/{client.id}")
        db.session.rollback()
    assert secret[1] not in shown.get_data(as_text=True)
    [event] = [each for each in events(app, "client.registered") if each["client_id"] == "roads"]
    assert event["by"] is not None


def test_saving_a_form_as_it_came_changes_nothing(app: Flask, officer: FlaskClient, key: int) -> None:
    before = registered(app, "water")
    page = officer.get(f"/clients/{key}/edit")
    assert submit(officer, page, {}).status_code == 303
    assert registered(app, "water") == before
    assert events(app, "client.changed") == []


def test_a_change_is_recorded_by_the_names_of_its_members(app: Flask, officer: FlaskClient, key: int) -> None:
    page = officer.get(f"/clients/{key}/edit")
    changed = submit(
        officer,
        page,
        {
            "name_th": "ระบบน้ำ",
            "policy_uri": "",
            "has_tile": [],
            "profile": "standard",
            "first_party_reason": "",
        },
    )
    assert changed.status_code == 303
    [event] = events(app, "client.changed")
    assert event["members"] == ["client_name", "first_party_reason", "policy_uri", "profile", "tile"]
    assert [each["profile"] for each in events(app, "client.profile_changed")] == ["first_party", "standard"]
    assert registered(app, "water")["policy_uri"] is None


def test_every_fault_stands_beside_its_field_and_nothing_typed_is_lost(app: Flask, officer: FlaskClient) -> None:
    page = officer.get("/clients/new/DLA")
    typed = {
        **NEW,
        "name_th": "ระบบที่ผิด",
        "redirect_uris": "https://a.example.go.th/cb\nhttp://b.example.go.th/cb",
        "backchannel_logout_uri": "ftp://x",
        "jwks": "{",
        "policy_uri": "https://x y",
        "profile": "first_party",
    }
    refused = submit(officer, page, typed)
    assert refused.status_code == 422
    html = refused.get_data(as_text=True)
    for name in ("redirect_uris", "first_party_reason", "backchannel_logout_uri", "policy_uri", "jwks"):
        assert f'href="#{name}"' in html, name
    assert "http://b.example.go.th/cb — " in text_of(refused)
    [form] = [each for each in forms_of(refused) if "redirect_uris" in each["names"]]
    for name in ("name_th", "backchannel_logout_uri", "jwks", "policy_uri"):
        assert form["fields"][name][0].strip() == typed[name]
    assert form["fields"]["redirect_uris"][0].split() == typed["redirect_uris"].split()
    with app.app_context():
        assert operations.find("roads") is None
        db.session.rollback()


def test_a_taken_id_or_name_leaves_the_other_system_alone(app: Flask, officer: FlaskClient) -> None:
    before = registered(app, "water")
    page = officer.get("/clients/new/670603")
    assert submit(officer, page, {**NEW, "client_id": "water"}).status_code == 422
    assert submit(officer, page, {**NEW, "client_id": "", "name_th": "ระบบคุณภาพน้ำ"}).status_code == 422
    assert registered(app, "water") == before


def test_who_is_second_keeps_what_was_typed_and_sees_what_stands(app: Flask, officer: FlaskClient, key: int) -> None:
    first, second = officer.get(f"/clients/{key}/edit"), officer.get(f"/clients/{key}/edit")
    assert submit(officer, first, {"name_en": "Water of the first"}).status_code == 303
    late = submit(officer, second, {"name_en": "Water of the second"})
    assert late.status_code == 409
    assert "Water of the first" in text_of(late)
    assert registered(app, "water")["client_name#en"] == "Water of the first"
    assert submit(officer, late, {}).status_code == 303
    assert registered(app, "water")["client_name#en"] == "Water of the second"


def test_a_suspension_has_a_reason_and_is_taken_back(app: Flask, officer: FlaskClient, key: int) -> None:
    page = officer.get(f"/clients/{key}/status")
    assert submit(officer, page, {"reason": " "}).status_code == 422
    assert submit(officer, page, {"reason": "รหัสลับหลุด"}).status_code == 303
    shown = officer.get(f"/clients/{key}")
    assert "รหัสลับหลุด" in text_of(shown)
    late = submit(officer, page, {"reason": "อีกครั้ง"})
    assert late.status_code == 409
    assert heading_of(late) == "ระบบคุณภาพน้ำ"
    back = officer.get(f"/clients/{key}/status")
    assert submit(officer, back, {"reason": "แก้แล้ว"}).status_code == 303
    assert [each["reason"] for each in events(app, "client.suspended")] == ["รหัสลับหลุด"]
    assert [each["reason"] for each in events(app, "client.reinstated")] == ["แก้แล้ว"]


def test_secrets_overlap_end_and_a_second_click_makes_none(app: Flask, officer: FlaskClient, key: int) -> None:
    page = officer.get(f"/clients/{key}/secrets")
    issued = submit(officer, page, {"days": "๓๖๕", "overlap": "48"})
    assert issued.status_code == 200
    assert "client_secret" in text_of(issued)
    assert submit(officer, page, {"days": "365", "overlap": "48"}).status_code == 409
    both = officer.get(f"/clients/{key}/secrets")
    ends = [each["action"] for each in forms_of(both) if each["action"].endswith("/end")]
    assert len(ends) == 2
    oldest = min(ends, key=lambda action: int(action.split("/")[-2]))
    assert submit(officer, both, {}, action=oldest).status_code == 303
    left = officer.get(f"/clients/{key}/secrets")
    assert not [each for each in forms_of(left) if each["action"].endswith("/end")]
    assert len(events(app, "client.secret_issued")) == 2
    assert len(events(app, "client.secret_ended")) == 1


def test_roles_are_added_renamed_and_retired_with_a_word_on_who_holds_them(
    app: Flask, officer: FlaskClient, key: int
) -> None:
    role_id, posting_id = _give_role(app, "recorder")
    page = officer.get(f"/clients/{key}/roles/new")
    added = submit(officer, page, {"code": "boss", "name_th": "หัวหน้า", "unit_kinds": ["TAO"]})
    assert added.status_code == 303
    twice = submit(
        officer, officer.get(f"/clients/{key}/roles/new"), {"code": "boss", "name_th": "อีกคน", "unit_kinds": ["TAO"]}
    )
    assert twice.status_code == 422
    one = officer.get(f"/clients/{key}/roles/{role_id}")
    assert "1 คน" in text_of(one)
    assert submit(officer, one, {"name_th": "ผู้จดบันทึก"}).status_code == 303
    assert [role["name_th"] for role in registered(app, "water")["roles"]] == ["ผู้จดบันทึก", "ผู้ดู", "หัวหน้า"]
    asked = officer.get(f"/clients/{key}/roles/{role_id}/retire")
    assert "1 คน" in text_of(asked)
    assert submit(officer, asked, {}).status_code == 303
    with app.app_context():
        assert [offered.code for _held, offered in operations.assignments(posting_id)] == []
        db.session.rollback()
    assert submit(officer, asked, {}).status_code == 404
    assert {tuple(each["members"]) for each in events(app, "client.changed")} == {("roles",)}


def _give_role(app: Flask, code: str) -> tuple[int, int]:
    from tests.factories import viewer_of

    with app.app_context():
        posting_id = viewer_of(CLERK).posting_id
        assert posting_id is not None
        [role_id] = [offered.id for offered in operations.roles_for("TAO") if offered.code == code]
        operations.assign(posting_id, role_id)
        db.session.commit()
    return role_id, posting_id


def test_the_owner_changes_by_the_unit_search(app: Flask, officer: FlaskClient, key: int) -> None:
    page = officer.get(f"/clients/{key}/owner?q=เพชรบูรณ์")
    assert submit(officer, page, {}).status_code == 422
    assert submit(officer, page, {"unit": "P67"}).status_code == 303
    assert registered(app, "water")["owner_unit"] == "P67"


def test_what_the_rules_refuse_by_now_is_changed_first_and_breaks_no_page(
    app: Flask, officer: FlaskClient, key: int
) -> None:
    with app.app_context():
        found = operations.find("water")
        assert found is not None
        found.redirect_uris, found.sector = ["http://localhost/cb"], None  # registered before production was barred
        role_id = operations.roles_of(found)[0].id
        db.session.commit()
    page = officer.get(f"/clients/{key}/owner?q=เพชรบูรณ์")
    assert submit(officer, page, {"unit": "P67"}).status_code == 409
    asked = officer.get(f"/clients/{key}/roles/{role_id}/retire")
    assert submit(officer, asked, {}).status_code == 409
    form = officer.get(f"/clients/{key}/edit")
    assert submit(officer, form, {}).status_code == 422
    assert submit(officer, form, {"environment": "sandbox"}).status_code == 303
    assert submit(officer, officer.get(f"/clients/{key}/roles/{role_id}/retire"), {}).status_code == 303


def test_the_list_finds_by_name_owner_and_state(app: Flask, officer: FlaskClient, key: int) -> None:
    for query, found in (("คุณภาพ", True), ("สระกรวด", True), ("water", True), ("ถนน", False)):
        assert (
            "Water" in officer.get(f"/clients?q={query}").get_data(as_text=True)
            or "ระบบคุณภาพน้ำ" in text_of(officer.get(f"/clients?q={query}"))
        ) is found, query
    assert "ระบบคุณภาพน้ำ" not in text_of(officer.get("/clients?show=suspended"))
    page = officer.get(f"/clients/{key}/secrets")
    assert "ระบบคุณภาพน้ำ" not in text_of(officer.get("/clients?show=warned"))
    submit(officer, page, {"days": "20", "overlap": "0"})
    assert "รหัสลับหมดอายุ" in text_of(officer.get("/clients?show=warned"))


READ = ("", "/logouts")
WRITE = ("/edit", "/owner", "/secrets", "/status", "/roles/new")


@pytest.mark.parametrize(
    ("person", "reads", "writes"),
    [(DLA_OFFICER, 200, 200), (UNIT_ADMIN, 200, 403), (PROVINCIAL, 404, 403), (CLERK, 403, 403)],
)
def test_who_may_read_and_who_may_write(
    app: Flask, client: FlaskClient, key: int, person: Any, reads: int, writes: int
) -> None:
    sign_in(client, person)
    assert {client.get(f"/clients/{key}{path}").status_code for path in READ} == {reads}
    assert {client.get(f"/clients/{key}{path}").status_code for path in WRITE} == {writes}
    if reads == 200:
        assert ("แก้ไขทะเบียน" in text_of(client.get(f"/clients/{key}"))) is (writes == 200)


def test_every_page_that_changes_a_system_asks_for_its_permission(sqlite_app: Flask) -> None:
    changes = [
        rule
        for rule in sqlite_app.url_map.iter_rules()
        if rule.endpoint.startswith("clients.") and "POST" in (rule.methods or ())
    ]
    assert len(changes) >= 9
    guards = {sqlite_app.view_functions[rule.endpoint].guard.permission for rule in changes}  # type: ignore[attr-defined]
    assert guards == {Permission.MANAGE_CLIENTS}


def test_an_empty_form_names_every_field_that_is_missing_and_promises_no_tile(officer: FlaskClient) -> None:
    page = officer.get("/clients/new/DLA")
    told = text_of(submit(officer, page, {}))
    assert "กรอกชื่อระบบภาษาไทย" in told
    assert "กรอกที่อยู่ที่ให้กลับไปหลังเข้าสู่ระบบอย่างน้อยหนึ่งที่อยู่" in told
    assert "กรอกที่อยู่ที่เปิดจากหน้า" not in told
    asked = text_of(submit(officer, page, {"has_tile": "y"}))
    assert "กรอกที่อยู่ที่เปิดจากหน้าแรก" in asked, "the summary says which field"
