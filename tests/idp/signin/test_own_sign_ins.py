"""A person's own sign-ins, and proving herself again."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from idp import database
from idp.accounts import operations as accounts
from idp.accounts.models import Posting
from idp.accounts.rules import Proof
from idp.audit.models import AuditEvent
from idp.database import db
from idp.signin import operations, rules
from idp.signin.models import SignInSession
from tests.browsing import submit, text_of
from tests.factories import open_person, sign_in
from tests.idp.thaid.conftest import Journey
from tests.people import CLERK, UNIT_ADMIN
from thai_web import clock

Outbox = Callable[[], list[tuple[str, str, str]]]
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120 Safari/537.36"


@pytest.mark.parametrize(
    ("user_agent", "told"),
    [
        (CHROME, "Chrome · Windows"),
        (CHROME + " Edg/120", "Edge · Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Mobile Safari/604.1", "Safari · iPhone"),
        ("Mozilla/5.0 (Linux; Android 14) Chrome/120 Mobile Safari/537.36 Line/13.0", "LINE · Android"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:120.0) Gecko/20100101 Firefox/120.0", "Firefox · Linux"),
        ("<script>alert(1)</script>", ""),
        ("", ""),
    ],
)
def test_a_device_is_told_in_plain_words_and_never_in_the_browsers_own(user_agent: str, told: str) -> None:
    assert rules.device(user_agent) == told


def test_a_session_acts_in_the_place_that_the_same_request_gave_her(app: Flask) -> None:
    with app.app_context():
        open_person(CLERK)
        account = accounts.find_by_username(CLERK.username)
        assert account
        [before] = accounts.postings(account.id, clock.today())
        before.ends_on, before.starts_on = clock.today() - timedelta(days=1), clock.today() - timedelta(days=9)
        place = Posting(
            account_id=account.id,
            unit_id=before.unit_id,
            position="นักวิชาการ",
            starts_on=clock.today(),
            created_at=clock.now(),
        )
        database.at_once(lambda: db.session.add(place))
        person = account.id
        db.session.rollback()
        began = operations.begin_session(person, "127.0.0.1", ["pwd"], rules.PASSWORD_ACR)
        begun = db.session.scalars(select(SignInSession)).one()
        assert (began.postings, begun.posting_id) == (1, place.id)


def test_one_sees_and_ends_ones_own_sessions_and_nobody_elses(app: Flask) -> None:
    with app.app_context():
        open_person(CLERK)
        open_person(UNIT_ADMIN)
    here, there, stranger = app.test_client(), app.test_client(), app.test_client()
    assert sign_in(stranger, UNIT_ADMIN).status_code == 303
    assert sign_in(there, CLERK).status_code == 303
    here.environ_base["HTTP_USER_AGENT"] = CHROME
    assert sign_in(here, CLERK).status_code == 303
    page = here.get("/home/sign-ins")
    assert "Chrome · Windows" in text_of(page)
    assert "127.0.0.x" in text_of(page)
    with app.app_context():
        of_stranger = db.session.scalars(select(SignInSession.id).order_by(SignInSession.id)).first()
    assert f"/home/sign-ins/{of_stranger}/end" not in page.get_data(as_text=True)
    forged = here.get("/home/sign-ins")
    token = {"csrf_token": _token(forged.get_data(as_text=True))}
    assert here.post(f"/home/sign-ins/{of_stranger}/end", data=token).status_code == 404
    assert stranger.get("/home").status_code == 200
    assert submit(here, page, {}, action="/end-others").status_code == 303
    assert there.get("/home").status_code == 303
    assert here.get("/home").status_code == 200


def _token(page: str) -> str:
    return page.partition('name="csrf_token" value="')[2].partition('"')[0]


def test_a_refused_password_is_told_to_the_owner(app: Flask) -> None:
    with app.app_context():
        open_person(CLERK)
    guesser, owner = app.test_client(), app.test_client()
    submit(guesser, guesser.get("/signin"), {"username": CLERK.username, "password": "not-the-right-one"})
    sign_in(owner, CLERK)
    assert "รหัสผ่านไม่ถูกต้อง" in text_of(owner.get("/home/sign-ins"))


@pytest.fixture
def clerk(stored_journey: Journey) -> Journey:
    """The clerk, registered by hand and signed in by password."""
    with stored_journey.app.app_context():
        open_person(CLERK)
        open_person(UNIT_ADMIN)
    sign_in(stored_journey.client, CLERK)
    return stored_journey


def _renew(journey: Journey, national_id: str):
    leaving = submit(journey.client, journey.client.get("/account"), {}, action="/home/thaid")
    callback = journey.client.get(journey.confirm(leaving.location, national_id))
    return journey.client.get(callback.location)


@pytest.mark.attack(4)
def test_renewing_with_somebody_elses_thaid_is_refused_and_reported(clerk: Journey, outbox: Outbox) -> None:
    answer = _renew(clerk, UNIT_ADMIN.national_id)
    assert answer.status_code == 403
    assert UNIT_ADMIN.family_name not in text_of(answer)
    assert clerk.client.get("/home").status_code == 200, "the session goes on"
    with clerk.app.app_context():
        for person in (CLERK, UNIT_ADMIN):
            account = accounts.find_by_username(person.username)
            assert account is not None
            assert (account.proof, account.proven_at) == (Proof.CLAIMED, None)
        assert db.session.query(AuditEvent).filter_by(name="refused.renewal").count() == 1
    recipient, subject, body = outbox()[-1]
    assert recipient == CLERK.email
    assert "ThaID ของบุคคลอื่น" in subject
    assert UNIT_ADMIN.family_name not in body


def test_renewing_proves_the_person_and_gives_a_fresh_session(clerk: Journey) -> None:
    before = clerk.client.get_cookie("idp_sid")
    assert _renew(clerk, CLERK.national_id).location == "/home"
    after = clerk.client.get_cookie("idp_sid")
    assert before is not None
    assert after is not None
    assert before.value != after.value
    assert "ยืนยันด้วย ThaID เมื่อ" in text_of(clerk.client.get("/account"))
    with clerk.app.app_context():
        account = accounts.find_by_username(CLERK.username)
        assert account is not None
        assert account.proof == Proof.THAID
        first = account.proven_at
    assert _renew(clerk, CLERK.national_id).location == "/home"
    with clerk.app.app_context():
        account = accounts.find_by_username(CLERK.username)
        assert account is not None
        assert first is not None
        assert account.proven_at is not None
        assert account.proven_at > first


@pytest.mark.attack(4)
def test_a_renewal_begun_by_one_person_is_not_finished_by_another(clerk: Journey) -> None:
    leaving = submit(clerk.client, clerk.client.get("/account"), {}, action="/home/thaid")
    callback = clerk.client.get(clerk.confirm(leaving.location, CLERK.national_id))
    submit(clerk.client, clerk.client.get("/home"), {}, action="/signout")
    sign_in(clerk.client, UNIT_ADMIN)
    assert clerk.client.get(callback.location).status_code == 410
