"""What breaks a careless registration: names at the limit, files without an ending, an impatient mailbox."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from idp.audit.models import AuditEvent
from idp.database import db
from idp.evidence.models import Evidence
from idp.registration.models import Registration
from tests.browsing import text_of
from tests.factories import letter_image, open_person
from tests.idp.registration.conftest import Make, Outbox
from tests.idp.registration.test_views import PERSON, answer, begin, is_refused, upload, walk_to_check
from tests.people import CLERK


def test_a_name_of_the_longest_kind_is_sent_on_both_databases(app: Flask, waiting: Make) -> None:
    case_id = waiting(replace(CLERK, title="ก" * 40, given_name="ข" * 100, family_name="ค" * 100))
    with app.app_context():
        assert db.session.get_one(Registration, case_id).state == "SUBMITTED"


def test_what_an_applicant_attaches_is_recorded_as_an_applicants_act(
    app: Flask, client: FlaskClient, code: Callable[[], str]
) -> None:
    walk_to_check(client, code)
    with app.app_context():
        events = db.session.query(AuditEvent).filter_by(name="evidence.kept").all()
        assert [event.actor_kind for event in events] == ["applicant", "applicant"]


def test_a_document_is_judged_by_content_also_when_its_name_has_no_ending(client: FlaskClient) -> None:
    begin(client)
    answer(client, "/register/person", PERSON)
    assert upload(client, letter_image(), "image").status_code == 303
    assert upload(client, letter_image(), "คำสั่ง มท 0808.2").status_code == 303
    assert is_refused(upload(client, b"MZ\x90\x00", "program"), "document-0-staff_card")


def test_an_address_is_not_lost_when_too_many_codes_were_asked_for(client: FlaskClient) -> None:
    begin(client)
    for _ in range(6):
        last = answer(client, "/register/email", {"email": CLERK.email})
    assert is_refused(last, "email")
    assert f'value="{CLERK.email}"' in last.get_data(as_text=True)
    assert "รอประมาณ" in text_of(last)


def test_a_reference_is_not_lost_when_too_many_codes_were_asked_for(client: FlaskClient) -> None:
    for _ in range(6):
        asked = {"reference": "R0000000000", "email": CLERK.email}
        last = answer(client, "/registration-status/find", asked)
    assert is_refused(last, "email")
    assert 'value="R0000000000"' in last.get_data(as_text=True)


def test_a_double_click_on_an_upload_attaches_one_document(app: Flask, client: FlaskClient) -> None:
    begin(client)
    answer(client, "/register/person", PERSON)
    for _ in range(2):
        assert upload(client, letter_image(), "คำสั่ง.png").location == "/register/evidence"
    with app.app_context():
        assert db.session.query(Evidence).count() == 1


@pytest.mark.attack(7)
def test_who_registers_with_somebodys_number_learns_nothing_of_her(
    app: Flask, client: FlaskClient, code: Callable[[], str], outbox: Outbox
) -> None:
    with app.app_context():
        open_person(replace(CLERK, email="her.own@example.go.th"))
    walk_to_check(client, code)  # with the number and the name of somebody who has an account
    assert answer(client, "/register/check", {"declaration": "y"}).status_code == 303
    pages = [client.get(path) for path in ("/register/submitted", "/registration-status")]
    told = " ".join([*map(text_of, pages), *(body for _to, _subject, body in outbox())])
    for foreign in ("her.own", CLERK.username, "มีบัญชี"):
        assert foreign not in told
    assert {to for to, _subject, _body in outbox()} == {CLERK.email}
