"""Signing in by ThaID, and what a first proof means."""

import inspect
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask.testing import FlaskClient

from idp.accounts import operations as accounts
from idp.accounts.rules import Proof
from idp.audit.models import AuditEvent
from idp.database import db
from idp.registration import applicant_access
from idp.registration import operations as registration
from idp.signin import activation, known_device
from tests.browsing import heading_of, submit, text_of
from tests.factories import appoint, appoint_first, open_person, read_outbox, sign_in
from tests.idp.thaid.conftest import Journey
from tests.people import CLERK, DLA_OFFICER, PASSWORD, PROVINCIAL, UNIT_ADMIN
from thai_web import clock
from thai_web.refusal import Conflict

TEMPLATES = sorted((Path(__file__).parents[3] / "idp").glob("*/templates/**/*.html"))
Outbox = Callable[[], list[tuple[str, str, str]]]


def _by_thaid(journey: Journey, wanted: str = "/home", person=CLERK):
    """The whole way from the page that one wanted, through the simulated app, back."""
    page = journey.client.get("/signin", query_string={"next": wanted, "again": 1})
    leaving = submit(journey.client, page, {}, action="/signin/thaid")
    callback = journey.client.get(journey.confirm(leaving.location, person.national_id))
    assert callback.status_code == 303, text_of(callback)
    return journey.client.get(callback.location)


@pytest.fixture
def clerk(stored_journey: Journey) -> Journey:
    """The clerk has an account that was registered by hand, and a password."""
    with stored_journey.app.app_context():
        open_person(CLERK)
    return stored_journey


@pytest.mark.attack(1)
def test_the_first_sign_in_by_thaid_proves_the_person_and_ends_what_was_never_proven(
    clerk: Journey, outbox: Outbox
) -> None:
    earlier = clerk.app.test_client()
    sign_in(earlier, CLERK)
    arrived = _by_thaid(clerk, "/home?from=here")
    assert (arrived.status_code, arrived.location) == (303, "/home?from=here")
    assert clerk.client.get("/home").status_code == 200
    assert earlier.get("/home").status_code == 303, "a session of before is over"
    assert sign_in(earlier, CLERK).status_code == 422, "the password of before is dead"
    with clerk.app.app_context():
        found = accounts.find_by_username(CLERK.username)
        assert found
        assert found.proof == Proof.THAID
        assert db.session.query(AuditEvent).filter_by(name="account.proven").count() == 1
        assert db.session.query(AuditEvent).filter_by(name="credential.password_ended").count() == 1
    assert any("ยืนยันด้วย ThaID แล้ว" in subject for _to, subject, _body in outbox())
    assert _by_thaid(clerk).location == "/home"
    with clerk.app.app_context():
        assert db.session.query(AuditEvent).filter_by(name="account.proven").count() == 1, "proven once"


def test_back_reload_and_a_bookmark_lead_on_whom_thaid_let_in_already(clerk: Journey) -> None:
    page = clerk.client.get("/signin", query_string={"next": "/home?from=here", "again": 1})
    leaving = submit(clerk.client, page, {}, action="/signin/thaid")
    callback = clerk.confirm(leaving.location, CLERK.national_id)
    landing = clerk.client.get(callback).location
    assert clerk.client.get(landing).location == "/home?from=here"
    assert clerk.client.get(landing).location == "/home?from=here", "reloaded"
    assert clerk.client.get(callback).location == "/home"
    stranger = clerk.app.test_client()
    assert [stranger.get(each).status_code for each in (callback, landing)] == [410, 410]


@pytest.mark.attack(1)
def test_links_mailed_before_the_first_proof_die_with_it(clerk: Journey) -> None:
    claimant = clerk.app.test_client()
    submit(claimant, claimant.get("/recovery"), {"email": CLERK.email})
    link = re.findall(r"/recovery/\S+", read_outbox(clerk.app)[-1][2])[0]
    assert claimant.get(link).status_code == 200
    _by_thaid(clerk)
    assert claimant.get(link).status_code == 410


@pytest.mark.attack(1)
def test_who_claimed_the_number_gets_back_in_neither_by_mailbox_nor_by_the_request(clerk: Journey) -> None:
    """The claimant opened the account with the victim's number: she knows the number, and owns mailbox and request."""
    with clerk.app.test_request_context(method="POST"):
        account = accounts.find_by_username(CLERK.username)
        assert account
        account_id = account.id
        request = registration.begin()
        request.state, request.account_id = "APPROVED", account_id
        secret, held = (
            applicant_access.issue(request.id, applicant_access.LINK),
            applicant_access.issue(request.id, applicant_access.BROWSER),
        )
        db.session.commit()
    _by_thaid(clerk)
    claimant, mails = clerk.app.test_client(), len(read_outbox(clerk.app))
    submit(claimant, claimant.get("/recovery"), {"email": CLERK.email}, action="")
    assert len(read_outbox(clerk.app)) == mails, "recovery reaches no mailbox that the person has not proven since"
    assert claimant.get(f"/registration-status/{secret}").status_code == 410
    claimant.set_cookie("idp_registration", held)
    assert claimant.get("/registration-status").location == "/registration-status/find", "the browser holds it no more"
    with clerk.app.test_request_context(method="POST"), pytest.raises(Conflict):
        activation.begin_activation(account_id)


def test_after_thaid_a_new_password_may_be_set_and_works(clerk: Journey) -> None:
    _by_thaid(clerk)
    assert "/home/password" in clerk.client.get("/account").get_data(as_text=True)
    page = clerk.client.get("/home/password")
    assert f'value="{CLERK.username}"' in page.get_data(as_text=True)
    given = {"password": "mango-sticky-rice-2569", "password_again": "mango-sticky-rice-2569"}
    assert submit(clerk.client, page, given).status_code == 303
    assert "ตั้งชื่อผู้ใช้และรหัสผ่านของท่านแล้ว" in read_outbox(clerk.app)[-1][1]
    assert sign_in(clerk.app.test_client(), CLERK, "mango-sticky-rice-2569").location == "/home"
    assert "มีการเข้าสู่ระบบจากเบราว์เซอร์ใหม่" in read_outbox(clerk.app)[-1][1]
    again = {"username": "Somjai.New", "password": "durian-and-mangosteen", "password_again": "durian-and-mangosteen"}
    assert submit(clerk.client, clerk.client.get("/home/password"), again).status_code == 303
    _to, subject, body = read_outbox(clerk.app)[-1]
    assert "รหัสผ่านของท่านถูกเปลี่ยนแล้ว" in subject
    assert "ต่อไปให้ใช้ชื่อ somjai.new" in body


def test_a_password_set_under_thaid_leaves_this_browser_alone_known(clerk: Journey) -> None:
    def choose(password: str) -> None:
        given = {"password": password, "password_again": password}
        assert submit(clerk.client, clerk.client.get("/home/password"), given).status_code == 303

    _by_thaid(clerk)
    choose("mango-sticky-rice-2569")
    other = clerk.app.test_client()
    sign_in(other, CLERK, "mango-sticky-rice-2569")
    assert (_is_known(clerk, clerk.client), _is_known(clerk, other)) == (True, True)
    choose("durian-and-mangosteen")
    assert (_is_known(clerk, clerk.client), _is_known(clerk, other)) == (True, False)


def _is_known(journey: Journey, browser: FlaskClient) -> bool:
    held = browser.get_cookie("idp_device")
    assert held
    with journey.app.app_context():
        account = accounts.find_by_username(CLERK.username)
        assert account
        return known_device.is_known(account.id, held.value)


def test_a_password_alone_or_an_old_proof_does_not_set_a_password(clerk: Journey) -> None:
    by_password = clerk.app.test_client()
    sign_in(by_password, CLERK)
    assert by_password.get("/home/password").location == "/home/password/change", "which asks for the present one"
    _by_thaid(clerk)
    with time_machine.travel(clock.now() + timedelta(minutes=16)):
        refused = clerk.client.get("/home/password")
        assert refused.status_code == 403, "and no password is left to be changed"
        assert heading_of(refused) == "โปรดยืนยันตัวตนอีกครั้ง"
        assert 'href="/signin?again=1&amp;next=/home/password"' in refused.get_data(as_text=True)


def test_a_name_that_changed_follows_thaid_once_the_person_is_proven(clerk: Journey, outbox: Outbox) -> None:
    _by_thaid(clerk)
    with clerk.app.app_context():
        account = accounts.find_by_username(CLERK.username)
        assert account
        subject, account.family_name = account.subject, "ชื่อเดิมก่อนสมรส"
        db.session.commit()
    _by_thaid(clerk)
    _by_thaid(clerk)
    with clerk.app.app_context():
        account = accounts.find_by_username(CLERK.username)
        assert account
        assert (account.family_name, account.subject) == (CLERK.family_name, subject), "one subject for a career"
        assert db.session.query(AuditEvent).filter_by(name="account.renamed").count() == 1
    told = [(to, body) for to, subject, body in outbox() if "ชื่อในบัญชี" in subject]
    assert len(told) == 1
    assert CLERK.family_name in told[0][1]


def test_somebody_without_account_is_led_to_registration(stored_journey: Journey) -> None:
    arrived = _by_thaid(stored_journey)
    assert arrived.status_code == 404
    assert 'href="/register"' in arrived.get_data(as_text=True)
    assert stored_journey.client.get_cookie("idp_sid") is None


@pytest.mark.attack(2)
def test_a_suspended_person_does_not_come_in_by_thaid(clerk: Journey) -> None:
    with clerk.app.app_context():
        found = accounts.find_by_username(CLERK.username)
        assert found
        accounts.suspend(found, "ลาออก")
        db.session.commit()
    assert _by_thaid(clerk).status_code == 403


@pytest.mark.attack(1)
def test_a_number_that_was_typed_under_another_name_opens_nothing(stored_journey: Journey) -> None:
    with stored_journey.app.app_context():
        open_person(replace(CLERK, given_name="คนอื่น"))
    arrived = _by_thaid(stored_journey)
    assert arrived.status_code == 409
    assert "ไม่ตรงกับชื่อ" in text_of(arrived)
    assert sign_in(stored_journey.app.test_client(), CLERK).location == "/home", "and takes nothing away"


@pytest.mark.attack(63)
def test_of_several_claims_the_proof_makes_the_one_under_its_name_true_and_stops_the_others(
    stored_journey: Journey,
) -> None:
    """The real owner came second: an approved claim of the number must not keep them out for ever."""
    with stored_journey.app.app_context():
        open_person(replace(CLERK, key="liar", given_name="คนอื่น", email="liar@example.go.th"))
        open_person(CLERK)
        open_person(replace(CLERK, key="second_claim", email="second@example.go.th"))
    liar = stored_journey.app.test_client()
    assert sign_in(liar, replace(CLERK, key="liar")).location == "/home"
    assert _by_thaid(stored_journey).location == "/home"
    assert liar.get("/home").status_code == 303
    with stored_journey.app.app_context():
        found = accounts.with_number(CLERK.national_id)
        standing = {each.username: (each.proof, each.status) for each in found}
    assert standing == {
        "liar": ("CLAIMED", "SUSPENDED"),
        "somjai.clerk": ("THAID", "ACTIVE"),
        "second.claim": ("CLAIMED", "SUSPENDED"),
    }
    told = [to for to, subject, _body in read_outbox(stored_journey.app) if "ระงับบัญชี" in subject]
    assert told == ["liar@example.go.th", "second@example.go.th"], "no office has an admin here"
    assert _by_thaid(stored_journey).location == "/home"


def test_the_offices_of_both_are_told_of_a_claim_that_was_stopped(stored_journey: Journey) -> None:
    with stored_journey.app.app_context():
        for person in (DLA_OFFICER, PROVINCIAL, UNIT_ADMIN, CLERK):
            open_person(person)
        appoint_first(DLA_OFFICER)
        appoint(PROVINCIAL, by=DLA_OFFICER)
        appoint(UNIT_ADMIN, by=PROVINCIAL)
        open_person(replace(CLERK, key="liar", email="liar@example.go.th", unit_code="670605"))
    assert _by_thaid(stored_journey).location == "/home"
    told = [to for to, subject, _body in read_outbox(stored_journey.app) if "ระงับบัญชี" in subject]
    assert sorted(told) == sorted([PROVINCIAL.email, UNIT_ADMIN.email, "liar@example.go.th"]), "who decides for each"


def test_claims_that_are_all_under_other_names_are_for_a_person_to_sort_out(stored_journey: Journey) -> None:
    with stored_journey.app.app_context():
        for key in ("first_claim", "second_claim"):
            open_person(replace(CLERK, key=key, given_name="คนอื่น"))
    arrived = _by_thaid(stored_journey)
    assert arrived.status_code == 409
    assert "ลงทะเบียนใหม่ด้วย ThaID" in text_of(arrived)


@pytest.mark.attack(3)
def test_the_database_keeps_one_proven_account_a_person(stored_journey: Journey) -> None:
    from idp.accounts.rules import Person

    known = Person("นาย", "หนึ่ง", "เดียว", UNIT_ADMIN.national_id, "one@example.go.th")
    with stored_journey.app.app_context():
        accounts.open_account(known, origin="test", proof=Proof.THAID)
        db.session.commit()
        with pytest.raises(Conflict):
            accounts.open_account(known, origin="test", proof=Proof.THAID)


@pytest.mark.attack(17)
def test_thaid_being_down_leaves_the_password_door_open(clerk: Journey, unused_port: int) -> None:
    clerk.configure(thaid_issuer=f"http://127.0.0.1:{unused_port}", thaid_client_id="x", thaid_client_secret="y")
    page = clerk.client.get("/signin")
    answer = submit(clerk.client, page, {}, action="/signin/thaid")
    assert answer.status_code == 503
    assert heading_of(answer) == "ยืนยันตัวตนด้วย ThaID ไม่สำเร็จ", "it is not this system that is down"
    assert "ชื่อผู้ใช้และรหัสผ่าน" in text_of(answer)
    assert 'href="/signin?next=%2Fhome"' in answer.get_data(as_text=True), "back to the page with the other way"
    assert sign_in(clerk.client, CLERK, PASSWORD).location == "/home"


def test_where_thaid_is_not_configured_nothing_offers_it(app) -> None:
    page = app.test_client().get("/signin")
    assert "ThaID" not in text_of(page)
    assert heading_of(page) == "เข้าสู่ระบบ"


@pytest.mark.parametrize(
    ("given_name", "family_name"),
    [("สมใจ", "ขยันงาน\u200b"), ("สม\u00a0ใจ", "ขยันงาน"), ("สมใจ", "ขย\u0e31\u0e31นงาน")],
)
def test_an_account_whose_name_only_looks_right_is_its_owners(
    stored_journey: Journey, given_name: str, family_name: str
) -> None:
    """Of before names were mended when they came in."""
    with stored_journey.app.app_context():
        open_person(replace(CLERK, given_name=given_name, family_name=family_name))
    assert _by_thaid(stored_journey).status_code == 303


@pytest.mark.parametrize("known", ["", "-"])
def test_a_person_with_one_name_comes_in_by_thaid(
    stored_journey: Journey, known: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    personas = stored_journey.world.personas
    monkeypatch.setitem(personas, CLERK.national_id, replace(personas[CLERK.national_id], family_name=""))
    with stored_journey.app.app_context():
        open_person(replace(CLERK, family_name=known))
    assert _by_thaid(stored_journey).status_code == 303
    assert f"{CLERK.title}{CLERK.given_name}" in text_of(stored_journey.client.get("/home"))


@pytest.mark.attack(62)
@pytest.mark.parametrize("path", ["/", "/signin", "/recovery", "/registration-status/find"])
def test_every_page_that_leads_to_thaid_warns_of_codes_that_somebody_passes_on(
    stored_journey: Journey, path: str
) -> None:
    assert "หากมีผู้ส่งรหัส QR มาให้ อย่าสแกน" in text_of(stored_journey.client.get(path))


@pytest.mark.attack(62)
def test_so_does_every_form_of_every_template(stored_journey: Journey) -> None:
    views = stored_journey.app.view_functions.items()
    leading = [name for name, view in views if ".depart(" in inspect.getsource(inspect.unwrap(view))]
    assert len(leading) == 4
    opening = re.compile(rf"<form [^>]*url_for\('({'|'.join(leading)})'\).*?</form>", re.S)
    forms = [found[0] for path in TEMPLATES for found in opening.finditer(path.read_text())]
    assert len(forms) == 6
    assert [form for form in forms if "{{ own_code_only() }}" not in form] == []


@pytest.mark.attack(62)
def test_a_sign_in_from_a_browser_that_was_never_used_is_told_by_mail(clerk: Journey, outbox: Outbox) -> None:
    def told() -> int:
        return sum("เบราว์เซอร์ใหม่" in subject for _to, subject, _body in outbox())

    own = clerk.app.test_client()
    for _ in range(2):
        assert sign_in(own, CLERK).location == "/home"
    assert told() == 0, "nobody is told of the first browser, nor again of a known one"
    assert sign_in(clerk.app.test_client(), CLERK).location == "/home"
    assert told() == 1
    to, _subject, body = [mail for mail in outbox() if "เบราว์เซอร์ใหม่" in mail[1]][-1]
    assert (to, "127.0.0.x" in body, "/home/sign-ins" in body) == (CLERK.email, True, True)
    assert _by_thaid(clerk).location == "/home"
    assert told() == 2, "the first proof forgets every browser, and has a mail of its own besides"
    assert _by_thaid(clerk.another()).location == "/home"
    assert told() == 3, "by whatever way, here by a code that somebody passed on"
