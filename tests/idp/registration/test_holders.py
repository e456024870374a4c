"""Who holds a request: what was entered, by whom, and which browsers hold it from then on.

The rules stand in docs/explanation/links.md, under "Who holds a request".
"""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from idp.accounts.models import Account
from idp.database import db
from idp.registration import answers, applicant_access, operations
from idp.registration.answers import PersonAnswers
from idp.registration.models import Registration
from idp.thaid.rules import ThaIDIdentity
from tests.browsing import submit, text_of
from tests.factories import letter_image, open_person
from tests.idp.registration.test_views import PERSON, answer, begin, upload
from tests.people import CLERK, UNIT_ADMIN

FIRST, SECOND = "first", "second"
NUMBER, OTHER = CLERK.national_id, UNIT_ADMIN.national_id
IDENTITY = ThaIDIdentity(NUMBER, "นางสาว", "สมใจ", "", "ใจดี", "", "", None, "", None)
# What stands in the draft that both browsers hold, what is entered, and who holds it then beside whoever entered it.
ENTERED = [
    ("", NUMBER, False),
    ("", "phone", True),
    ("", "thaid", False),
    (NUMBER, NUMBER, True),
    (NUMBER, OTHER, False),
    (NUMBER, "phone", True),
    (NUMBER, "thaid", False),
    (OTHER, "thaid", False),
]


def enter(draft_id: int, what: str, holder: str = "") -> None:
    if what == "thaid":
        answers.prove_person(draft_id, IDENTITY, holder)
    elif what == "phone":
        answers.answer_person(draft_id, PersonAnswers(None, None, None, None, "0812345678"), holder)
    elif what:
        answers.answer_person(draft_id, PersonAnswers("นาย", "ก", "ข", what, "0812345678"), holder)


@pytest.mark.attack(139)
@pytest.mark.parametrize("by", [FIRST, SECOND, ""])
@pytest.mark.parametrize(("stands", "entered", "other_stays"), ENTERED)
def test_a_number_that_enters_ends_every_hold_but_that_of_who_entered_it(
    app: Flask, stands: str, entered: str, other_stays: bool, by: str
) -> None:
    with app.test_request_context(method="POST"):
        draft_id = operations.begin().id
        enter(draft_id, stands)
        secrets = {who: applicant_access.issue(draft_id, applicant_access.BROWSER) for who in (FIRST, SECOND)}
        enter(draft_id, entered, secrets.get(by, ""))
        db.session.flush()
        hold = {who for who, secret in secrets.items() if applicant_access.held_by(secret, applicant_access.BROWSER)}
        assert hold == ({FIRST, SECOND} if other_stays else {by} - {""})


def drafts(app: Flask) -> list[Registration]:
    with app.app_context():
        return list(db.session.scalars(select(Registration).order_by(Registration.id)))


def by_mailbox(app: Flask, reference: str, code: Callable[[], str]) -> tuple[FlaskClient, str]:
    """Another browser, and the link at which reference and mailbox bring it."""
    browser = app.test_client()
    answer(browser, "/registration-status/find", {"reference": reference, "email": CLERK.email})
    return browser, str(answer(browser, "/registration-status/code", {"code": code()}).location)


def begin_with_email(client: FlaskClient, code: Callable[[], str]) -> None:
    begin(client)
    answer(client, "/register/email", {"email": CLERK.email})
    answer(client, "/register/email/code", {"code": code()})
    answer(client, "/register/unit?q=สระกรวด", {"unit": CLERK.unit_code})
    answer(client, "/register/position", {"position": CLERK.position, "roles": "none"})


@pytest.mark.attack(139)
def test_the_mailbox_alone_goes_on_with_a_draft_of_its_own_and_sees_nothing_of_the_first(
    app: Flask, client: FlaskClient, code: Callable[[], str]
) -> None:
    begin_with_email(client, code)
    [first] = drafts(app)
    thief, link = by_mailbox(app, first.reference, code)
    assert "ประกาศความเป็นส่วนตัว" in text_of(thief.get(link)), "the privacy notice is read by whoever begins"
    assert submit(thief, thief.get(link), {"privacy": "y"}).location == "/register/tasks"
    assert first.reference not in text_of(thief.get("/register/tasks"))
    answer(client, "/register/person", PERSON)
    upload(client, letter_image(), "บัตร.png")
    assert CLERK.given_name not in thief.get("/register/person").get_data(as_text=True)
    assert thief.get("/register/evidence").location == "/register/person"
    answer(thief, "/register/person", PERSON | {"national_id": OTHER, "given_name": "มาลี"})
    assert client.get("/register/tasks").status_code == 200, "the first browser still holds its own"
    kept, beside = drafts(app)
    with app.test_request_context():
        assert (operations.national_id(kept), operations.national_id(beside)) == (NUMBER, OTHER)
    assert (kept.given_name, beside.given_name) == (CLERK.given_name, "มาลี")


@pytest.mark.attack(139)
def test_a_link_to_a_draft_asks_for_the_number_from_the_moment_it_stands_there(
    app: Flask, client: FlaskClient, code: Callable[[], str]
) -> None:
    begin_with_email(client, code)
    thief, link = by_mailbox(app, drafts(app)[0].reference, code)
    page = thief.get(link)
    answer(client, "/register/person", PERSON)
    assert submit(thief, page, {"privacy": "y"}).status_code == 422
    assert submit(thief, thief.get(link), {"national_id": OTHER}).status_code == 422
    assert thief.get("/register/tasks").location == "/register/lost"
    assert submit(thief, thief.get(link), {"national_id": NUMBER}).location == "/register/tasks"
    assert len(drafts(app)) == 1


def test_who_lost_their_browser_before_the_number_goes_on_where_they_were(
    app: Flask, client: FlaskClient, code: Callable[[], str]
) -> None:
    begin_with_email(client, code)
    with app.app_context():
        open_person(UNIT_ADMIN)
        [first] = db.session.scalars(select(Registration))
        first.invited_by_account_id = db.session.scalars(select(Account.id)).one()
        first.invited_name = "นายเชิญ มาใหม่"
        db.session.commit()
        reference = first.reference
    other, link = by_mailbox(app, reference, code)
    submit(other, other.get(link), {"privacy": "y"})
    assert answer(other, "/register/person", PERSON).location == "/register/evidence", "nothing else is asked again"
    first, beside = drafts(app)
    for name in ("email", "email_proven_at", "unit_id", "position", "roles_chosen", "invited_by_account_id"):
        assert getattr(first, name) == getattr(beside, name), name
    assert beside.is_by_another, "who reads the mailbox under another name is nobody's guest in this draft either"
