"""DLA looks at a person as a system would see her: exactly, on record, and never at her national ID."""

import json
import re

from flask import Flask
from sqlalchemy import select

from idp.accounts import operations as accounts
from idp.accounts.rules import Proof
from idp.audit.models import AuditEvent
from idp.client_support import operations
from idp.clients import operations as clients
from idp.database import db
from tests import factories
from tests.browsing import submit, text_of
from tests.idp.oidc.relying_party import Holder, RelyingParty, register
from tests.people import CLERK, DLA_OFFICER
from thai_web import clock

EVERYTHING = "openid profile email phone address unit roles assurance national_id"


def prove(app: Flask, clerk: Holder) -> None:
    with app.app_context():
        account = accounts.get(clerk.account_id)
        account.proof, account.proven_at, account.username = Proof.THAID, clock.now(), "somjai.clerk"
        db.session.commit()


def test_the_preview_is_what_userinfo_answers(app: Flask, rp: RelyingParty, clerk: Holder) -> None:
    register(app, scope=EVERYTHING, national_id_basis="พ.ร.บ. ตัวอย่าง มาตรา 9")
    prove(app, clerk)
    app.extensions["oidc.clients"].clear()
    answered = rp.userinfo(rp.tokens(scope=EVERYTHING)["access_token"]).json
    assert answered is not None
    with app.app_context():
        client, account = clients.find("rp"), accounts.get(clerk.account_id)
        assert client is not None
        [told] = operations.preview_claims(client, account)
        db.session.rollback()
    shown = {name: value for _scope, values in told.by_scope for name, value in values}
    number = shown.pop("national_id")
    assert re.fullmatch(r"x-xxxx-xxxxx-\d\d-\d", number)
    assert answered.pop("national_id") == CLERK.national_id
    assert set(shown) == set(answered)
    for name, value in answered.items():
        assert shown[name] == value or json.loads(shown[name]) == value, name


def test_a_look_is_dla_s_and_on_record(app: Flask, rp: RelyingParty, clerk: Holder) -> None:
    register(app, scope=EVERYTHING, national_id_basis="พ.ร.บ. ตัวอย่าง มาตรา 9")
    prove(app, clerk)
    with app.app_context():
        factories.open_person(DLA_OFFICER)
        factories.appoint_first(DLA_OFFICER)
        found = clients.find("rp")
        assert found is not None
        key = found.id
        db.session.rollback()
    officer = app.test_client()
    factories.sign_in(officer, DLA_OFFICER)
    assert rp.browser.get(f"/clients/{key}/people").status_code == 403
    page = officer.get(f"/clients/{key}/people")
    told = submit(officer, page, {"username": "Somjai.Clerk"}, action="/told")
    assert told.status_code == 200
    assert "somjai@sakruat.example.go.th" in text_of(told)
    assert CLERK.national_id not in told.text
    assert submit(officer, page, {"username": "nobody"}, action="/told").status_code == 422
    by_unit = officer.get(f"/clients/{key}/people?unit={CLERK.unit_code}")
    token = re.findall(r'name="csrf_token" value="([^"]+)"', by_unit.text)[0]
    from_page = {"account": str(clerk.account_id), "csrf_token": token}
    why = officer.post(f"/clients/{key}/entrance", data=from_page)
    assert why.status_code == 200
    assert "ไม่พบสาเหตุที่เข้าใช้ไม่ได้" in text_of(why)
    with app.app_context():
        looks = list(db.session.scalars(select(AuditEvent).where(AuditEvent.name == "client.person_looked_at")))
        assert [(each.subject_id, each.facts["what"]) for each in looks] == [
            (str(clerk.account_id), "claims"),
            (str(clerk.account_id), "entrance"),
        ]
        db.session.rollback()


def test_obstacles_are_read_from_how_things_stand(app: Flask, rp: RelyingParty, clerk: Holder) -> None:
    with app.app_context():
        client, account = clients.find("rp"), accounts.get(clerk.account_id)
        assert client is not None
        facts = operations.facts(client, account)
        assert (facts.holds_role, facts.is_signed_in, facts.postings, facts.lacks_secret) == (True, True, 1, False)
        accounts.suspend(account, "ทดสอบ")
        for posting in accounts.postings(account.id, clock.today()):
            accounts.annul_posting(posting, "ทดสอบ")
        client.status = "SUSPENDED"
        db.session.flush()
        facts = operations.facts(client, account)
        assert (facts.system_works, facts.account_works, facts.postings, facts.is_signed_in, facts.holds_role) == (
            False,
        ) * 2 + (0, False, False)
        db.session.rollback()
