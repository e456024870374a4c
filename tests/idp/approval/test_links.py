"""Every mailed link, in every state of what it is about, opened by everybody who may come by it.

The promise of docs/explanation/links.md: whoever reads the mailbox and knows nothing else sees where a request stands,
and gets, opens or mends nothing.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update
from werkzeug.test import TestResponse

from idp.accounts import operations as accounts
from idp.accounts.models import Account
from idp.accounts.rules import Proof
from idp.approval import operations as approval
from idp.approval.operations import Verdict
from idp.approval.reasons import Outcome
from idp.database import db
from idp.notifications import operations as notifications
from idp.registration import answers, applicant_access, reminders
from idp.registration import operations as registration
from idp.registration.models import Registration
from idp.signin import activation, credentials, recovery, thaid
from idp.staff import mailboxes
from idp.staff.models import MailboxChange
from idp.thaid.rules import ThaIDIdentity
from tests.browsing import submit, text_of
from tests.factories import read_outbox, viewer_of
from tests.idp.approval.conftest import APPLICANT, code_for
from tests.people import CHOSEN_PASSWORD, PASSWORD, UNIT_ADMIN
from thai_web import clock

REASON = "ภาพคำสั่งไม่ชัด โปรดถ่ายใหม่"
NEW = "pranee.new@sakruat.example.go.th"
# What nobody is shown for merely reading the mailbox.
PRIVATE = (APPLICANT.given_name, APPLICANT.family_name, "0812345678", "คำสั่ง.png", REASON, "ถอนคำขอ", "แก้ไขคำขอ")

IDENTITY = ThaIDIdentity(
    APPLICANT.national_id, APPLICANT.title, APPLICANT.given_name, "", APPLICANT.family_name, "", "", None, "", None
)


@dataclass
class Story:
    """One request and what becomes of it, by the product's own verbs."""

    app: Flask
    reference: str

    @property
    def case(self) -> Registration:
        found = registration.find_by_reference(self.reference)
        assert found
        return found

    @property
    def account(self) -> Account:
        [found] = accounts.with_number(APPLICANT.national_id)
        return found

    def _decided(self, outcome: Outcome, *named: str) -> None:
        case = self.case
        approval.decide(viewer_of(UNIT_ADMIN), case, Verdict(outcome, REASON, case.version, named, code_for(outcome)))

    def returned(self) -> None:
        self._decided(Outcome.RETURNED, "phone", "email")

    def sent_again(self) -> None:
        self.returned()
        db.session.flush()
        registration.submit(self.case.id, self.case.version)

    def other_mailbox_typed(self) -> None:
        answers.answer_email(self.case.id, NEW)

    def rejected(self) -> None:
        self._decided(Outcome.REJECTED)

    def withdrawn(self) -> None:
        registration.withdraw(self.case.id)

    def approved(self) -> None:
        self._decided(Outcome.APPROVED)

    def approved_from_thaid(self) -> None:
        self.case.proof = Proof.THAID
        self.approved()

    def activated(self) -> None:
        self.approved()
        db.session.commit()
        secret = link_in(self.app, "activate").rpartition("/")[2]
        activation.activate(secret, APPLICANT.national_id, APPLICANT.username, PASSWORD)

    def activated_later(self) -> None:
        secret = link_in(self.app, "activate").rpartition("/")[2]
        activation.activate(secret, APPLICANT.national_id, APPLICANT.username, PASSWORD)

    def forgotten(self) -> None:
        self.activated()
        recovery.ask(APPLICANT.email)

    def proven_since(self) -> None:
        assert thaid.account_of(IDENTITY) == self.account.id

    def suspended(self) -> None:
        accounts.suspend(self.account, "สอบสวน")

    def mailbox_changed(self) -> None:
        posting = accounts.postings(self.account.id, clock.today())[0]
        mailboxes.announce(viewer_of(UNIT_ADMIN), posting.id, NEW, "เปิดอีเมลเดิมไม่ได้")
        db.session.execute(update(MailboxChange).values(due_at=clock.now() - timedelta(minutes=1)))
        mailboxes.finish_due()

    def password_changed(self) -> None:
        credentials.keep(self.account, credentials.hashed(CHOSEN_PASSWORD), how="change")

    def imported(self) -> None:
        self.approved()
        db.session.flush()
        self.account.email_proven_at = None  # as one that came from the former system
        recovery.lead_back(self.account)


STATUS, ACTIVATE, RECOVER, CLAIM = "registration-status", "activate", "recovery", "claim"
# Link, what happened before it was mailed, what happened since, and what it is then: `alive`, `over`, `door` (to the
# sign-in page, where one has all that it would give), `none` (it is not mailed at all).
TABLE = [
    (STATUS, (), (), "alive"),
    (STATUS, (), ("returned",), "over"),
    (STATUS, ("returned",), (), "alive"),
    (STATUS, ("returned",), ("other_mailbox_typed",), "over"),
    (STATUS, ("sent_again",), (), "alive"),
    (STATUS, (), ("approved",), "over"),
    (STATUS, (), ("approved_from_thaid",), "over"),
    (STATUS, (), ("activated",), "over"),
    (STATUS, (), ("rejected",), "over"),
    (STATUS, (), ("withdrawn",), "over"),
    (ACTIVATE, ("approved",), (), "alive"),
    (ACTIVATE, ("approved_from_thaid",), (), "none"),
    (ACTIVATE, ("approved",), ("activated_later",), "door"),
    (ACTIVATE, ("approved",), ("proven_since",), "over"),
    (ACTIVATE, ("approved",), ("suspended",), "over"),
    (ACTIVATE, ("approved",), ("mailbox_changed",), "over"),
    (RECOVER, ("forgotten",), (), "alive"),
    (RECOVER, ("forgotten",), ("password_changed",), "over"),
    (RECOVER, ("forgotten",), ("proven_since",), "over"),
    (RECOVER, ("forgotten",), ("suspended",), "over"),
    (RECOVER, ("forgotten",), ("mailbox_changed",), "over"),
    (RECOVER, ("activated", "proven_since"), (), "none"),
    (CLAIM, ("imported",), (), "alive"),
    (CLAIM, ("imported",), ("proven_since",), "over"),
    (CLAIM, ("imported",), ("suspended",), "over"),
    (CLAIM, ("imported",), ("mailbox_changed",), "over"),
]


@pytest.fixture
def story(scene: Flask, send: Callable[..., str]) -> Story:
    return Story(scene, send())


def happen(story: Story, events: tuple[str, ...]) -> None:
    for name in events:
        with story.app.test_request_context(method="POST"):
            getattr(story, name)()
            db.session.commit()


def link_in(app: Flask, path: str) -> str:
    """The newest link of this kind that was mailed to the applicant's first mailbox; empty where there is none."""
    bodies = [body for to, _subject, body in read_outbox(app) if to == APPLICANT.email]
    return ([""] + [found for body in bodies for found in re.findall(rf"/{path}/[\w-]{{20,}}", body)])[-1]


def opened(browser: FlaskClient, link: str, number: str) -> TestResponse:
    """The page behind the link, filled in with this number and everything else right."""
    chosen = {"username": APPLICANT.username, "password": CHOSEN_PASSWORD, "password_again": CHOSEN_PASSWORD}
    return submit(browser, browser.get(link), {"national_id": number, **chosen})


@pytest.mark.attack(61)
@pytest.mark.parametrize(("path", "before", "since", "then"), TABLE)
def test_a_mailed_link_gives_the_readers_of_the_mailbox_nothing(
    story: Story, path: str, before: tuple[str, ...], since: tuple[str, ...], then: str
) -> None:
    happen(story, before)
    link, browser = link_in(story.app, path), story.app.test_client()
    assert bool(link) == (then != "none")
    happen(story, since)
    if then == "none":
        return
    page = browser.get(link)
    assert (page.status_code, page.location) == {"alive": (200, None), "over": (410, None), "door": (303, "/signin")}[
        then
    ]
    if path == STATUS:
        assert not [each for each in PRIVATE if each in text_of(page)], "the state, and nothing else"
    if then != "alive":
        return
    for number in ("", UNIT_ADMIN.national_id):  # another reader of the mailbox: without the number, with a wrong one
        assert opened(browser, link, number).status_code == 422
        assert browser.get("/registration-status").location == "/registration-status/find"
    assert opened(browser, link, APPLICANT.national_id).status_code == 303


@pytest.mark.parametrize(
    ("events", "sees"),
    [
        ((), "0812345678"),
        (("returned",), REASON),
        (("rejected",), REASON),
        (("approved",), "ตั้งชื่อผู้ใช้และรหัสผ่าน"),
        (("approved_from_thaid",), "เข้าสู่ระบบด้วย ThaID"),
    ],
)
def test_the_browser_in_which_the_request_was_made_is_asked_for_nothing(
    story: Story, events: tuple[str, ...], sees: str
) -> None:
    browser = story.app.test_client()
    with story.app.test_request_context(method="POST"):
        browser.set_cookie("idp_registration", applicant_access.issue(story.case.id, applicant_access.BROWSER))
        db.session.commit()
    happen(story, events)
    assert sees in text_of(browser.get("/registration-status"))


@pytest.mark.attack(61)
@pytest.mark.parametrize("since", ["proven_since", "suspended"])
def test_the_browser_in_which_the_request_was_made_holds_nothing_of_a_person_proven_or_stopped_since(
    story: Story, since: str
) -> None:
    browser = story.app.test_client()
    with story.app.test_request_context(method="POST"):
        browser.set_cookie("idp_registration", applicant_access.issue(story.case.id, applicant_access.BROWSER))
        db.session.commit()
    happen(story, ("approved", since))
    assert browser.get("/registration-status").location == "/registration-status/find"


@pytest.mark.attack(61)
def test_a_mail_about_a_request_that_thaid_proved_leads_to_thaid(story: Story) -> None:
    with story.app.test_request_context(method="POST"):
        story.case.proof = Proof.THAID
        db.session.commit()
    browser = story.app.test_client()
    link = link_in(story.app, STATUS)
    page = browser.get(link)
    assert "เปิดได้ด้วย ThaID" in text_of(page)
    assert b'name="national_id"' not in page.data
    [token] = set(re.findall(r'name="csrf_token" value="([^"]+)"', page.get_data(as_text=True)))
    browser.post(link, data={"csrf_token": token, "national_id": APPLICANT.national_id})  # the number opens nothing
    assert browser.get("/registration-status").location == "/registration-status/find"
    happen(story, ("approved_from_thaid",))
    _to, _subject, body = read_outbox(story.app)[-1]
    assert "เข้าสู่ระบบด้วย ThaID" in body
    assert not re.findall(r"/[\w-]{30,}", body), "no secret in it"


@pytest.mark.attack(61)
def test_numbers_behind_all_links_of_an_account_are_counted_together(story: Story) -> None:
    happen(story, ("forgotten",))
    browser = story.app.test_client()
    link = link_in(story.app, RECOVER)
    for _ in range(3):
        assert opened(browser, link, UNIT_ADMIN.national_id).status_code == 422
    with story.app.test_request_context(method="POST"):
        status = f"/{STATUS}/{applicant_access.issue(story.case.id, applicant_access.LINK)}"
        db.session.commit()
    for _ in range(2):
        assert opened(browser, status, UNIT_ADMIN.national_id).status_code == 422
    assert "รอประมาณ" in text_of(opened(browser, status, APPLICANT.national_id))
    assert opened(browser, link, APPLICANT.national_id).status_code == 429


def test_a_draft_is_opened_by_its_reminder_and_the_number(story: Story) -> None:
    with story.app.test_request_context(method="POST"):
        case = story.case
        case.state, case.expires_at = "DRAFT", clock.now() + timedelta(days=2)
        notifications.forget("registration", case.id)
        reminders.remind()
        db.session.commit()
    browser, link = story.app.test_client(), link_in(story.app, STATUS)
    assert opened(browser, link, UNIT_ADMIN.national_id).status_code == 422
    assert opened(browser, link, APPLICANT.national_id).location == "/register/tasks"


def test_the_proof_of_an_account_is_as_old_as_thaids_answer_and_not_as_the_decision(story: Story) -> None:
    with story.app.test_request_context(method="POST"):
        story.case.state, told = "DRAFT", clock.now()
        answers.prove_person(story.case.id, IDENTITY)
        story.case.state, story.case.submitted_at = "SUBMITTED", told
        db.session.commit()
    with time_machine.travel(clock.now() + timedelta(hours=5)):
        happen(story, ("approved",))
    with story.app.app_context():
        assert timedelta() <= story.account.proven_at - told < timedelta(minutes=1)
