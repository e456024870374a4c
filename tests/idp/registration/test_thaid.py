"""Registering with ThaID: name and number are proven and locked."""

from datetime import timedelta

import pytest
import time_machine

from idp.accounts.models import Account
from idp.accounts.rules import Proof
from idp.database import db
from idp.registration.models import Registration
from tests.browsing import submit, text_of
from tests.factories import open_person
from tests.idp.thaid.conftest import Journey
from tests.people import CLERK
from thai_web import clock


def _begin(journey: Journey):
    submit(journey.client, journey.client.get("/register"), {"privacy": "y"})
    page = journey.client.get("/register/person")
    leaving = submit(journey.client, page, {}, action="/register/thaid")
    callback = journey.client.get(journey.confirm(leaving.location, CLERK.national_id))
    return journey.client.get(callback.location)


def test_name_and_number_come_from_thaid_and_only_the_telephone_is_asked(stored_journey: Journey) -> None:
    back = _begin(stored_journey)
    assert back.location == "/register/person"
    page = stored_journey.client.get("/register/person")
    assert CLERK.family_name in text_of(page)
    assert 'name="given_name"' not in page.get_data(as_text=True)
    forged = {"phone": "0812345678", "given_name": "ปลอม", "family_name": "แปลง", "national_id": "9990000002009"}
    assert submit(stored_journey.client, page, forged).status_code == 303
    with stored_journey.app.app_context():
        kept = db.session.query(Registration).one()
        assert (kept.given_name, kept.family_name, kept.proof) == (CLERK.given_name, CLERK.family_name, Proof.THAID)
        assert kept.phone == "0812345678"


def test_a_person_who_has_a_proven_account_is_sent_to_sign_in(stored_journey: Journey) -> None:
    with stored_journey.app.app_context():
        open_person(CLERK)
        db.session.query(Account).one().proof = Proof.THAID
        db.session.commit()
    back = _begin(stored_journey)
    assert back.status_code == 409
    assert "มีบัญชีในระบบแล้ว" in text_of(back)


@pytest.mark.attack(14)
def test_the_proof_of_one_registration_is_worth_nothing_in_another_browser(stored_journey: Journey) -> None:
    submit(stored_journey.client, stored_journey.client.get("/register"), {"privacy": "y"})
    leaving = submit(stored_journey.client, stored_journey.client.get("/register/person"), {}, action="/register/thaid")
    callback = stored_journey.confirm(leaving.location, CLERK.national_id)
    victim = stored_journey.another()
    submit(victim.client, victim.client.get("/register"), {"privacy": "y"})
    assert victim.client.get(callback).status_code == 410
    with stored_journey.app.app_context():
        assert {row.proof for row in db.session.query(Registration)} == {Proof.CLAIMED}


def test_a_registration_that_thaid_proved_is_taken_up_on_another_device_with_thaid(stored_journey: Journey) -> None:
    _begin(stored_journey)
    other = stored_journey.another()
    page = other.client.get("/registration-status/find")
    leaving = submit(other.client, page, {}, action="/registration-status/thaid")
    callback = other.client.get(other.confirm(leaving.location, CLERK.national_id))
    assert other.client.get(callback.location).location == "/register/tasks"
    assert other.client.get("/register/tasks").status_code == 200


@pytest.mark.attack(1)
def test_a_typed_number_is_not_taken_up_by_its_owner_who_never_saw_it(stored_journey: Journey) -> None:
    submit(stored_journey.client, stored_journey.client.get("/register"), {"privacy": "y"})
    typed = {
        "title": CLERK.title,
        "given_name": CLERK.given_name,
        "family_name": CLERK.family_name,
        "national_id": CLERK.national_id,
        "phone": "0812345678",
    }
    submit(stored_journey.client, stored_journey.client.get("/register/person"), typed)
    other = stored_journey.another()
    leaving = submit(
        other.client, other.client.get("/registration-status/find"), {}, action="/registration-status/thaid"
    )
    callback = other.client.get(other.confirm(leaving.location, CLERK.national_id))
    assert other.client.get(callback.location).status_code == 404


def _turned_away(journey: Journey) -> None:
    page = journey.client.get("/signin")
    leaving = submit(journey.client, page, {}, action="/signin/thaid")
    callback = journey.client.get(journey.confirm(leaving.location, CLERK.national_id))
    assert "ไม่ต้องยืนยันด้วย ThaID อีก" in text_of(journey.client.get(callback.location))


def test_who_proved_themselves_at_the_sign_in_page_is_not_sent_to_thaid_again(stored_journey: Journey) -> None:
    _turned_away(stored_journey)
    begun = submit(stored_journey.client, stored_journey.client.get("/register"), {"privacy": "y"})
    assert begun.location == "/register/person"
    page = stored_journey.client.get("/register/person")
    assert CLERK.family_name in text_of(page)
    assert 'name="national_id"' not in page.get_data(as_text=True)
    submit(stored_journey.client, stored_journey.client.get("/register"), {"privacy": "y"})
    assert 'name="national_id"' in stored_journey.client.get("/register/person").get_data(as_text=True), (
        "it served once"
    )


@pytest.mark.attack(14)
def test_what_waits_for_one_browser_or_is_old_proves_nothing(stored_journey: Journey) -> None:
    _turned_away(stored_journey)
    victim = stored_journey.another()
    stolen = stored_journey.client.get_cookie("idp_form")
    assert stolen
    victim.client.set_cookie("idp_form", stolen.value)  # but not the cookie of who went to ThaID
    submit(victim.client, victim.client.get("/register"), {"privacy": "y"})
    with time_machine.travel(clock.now() + timedelta(minutes=16)):
        submit(stored_journey.client, stored_journey.client.get("/register"), {"privacy": "y"})
    with stored_journey.app.app_context():
        assert {row.proof for row in db.session.query(Registration)} == {Proof.CLAIMED}


@pytest.mark.attack(143)
def test_the_page_names_whom_thaid_proved_and_the_next_one_says_not_me(stored_journey: Journey) -> None:
    _turned_away(stored_journey)
    client = stored_journey.client  # the next person begins at that computer
    submit(client, client.get("/register"), {"privacy": "y"})
    page = client.get("/register/person")
    assert CLERK.family_name in text_of(page)
    assert submit(client, page, {}, action="/register/thaid/forget").location == "/register/person"
    shown = client.get("/register/person").get_data(as_text=True)
    assert CLERK.family_name not in shown
    assert 'name="national_id"' in shown
    with stored_journey.app.app_context():
        draft = db.session.query(Registration).one()
        assert (draft.proof, draft.name, draft.national_id_index) == (Proof.CLAIMED, "", None)
        assert (draft.national_id_sealed, draft.proven_at) == (None, None)


@pytest.mark.attack(143)
def test_a_draft_with_answers_of_whom_thaid_proved_becomes_nobody_elses(stored_journey: Journey) -> None:
    _begin(stored_journey)
    client = stored_journey.client
    early = client.get("/register/person")
    submit(client, early, {"phone": "0812345678"})
    assert "ไม่ใช่ฉัน" not in text_of(client.get("/register/person"))
    assert submit(client, early, {}, action="/register/thaid/forget").status_code == 409
    with stored_journey.app.app_context():
        assert db.session.query(Registration).one().proof == Proof.THAID
