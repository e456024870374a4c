"""Whatever people do with registrations, in whatever order: the product stays with the model."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from itertools import count
from types import NoneType

import pytest
import time_machine
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select

from idp.accounts import operations as accounts
from idp.approval import operations as approval
from idp.approval import reviewing
from idp.approval.operations import Verdict
from idp.approval.reasons import Outcome
from idp.database import db
from idp.evidence import operations as evidence
from idp.evidence.models import EvidencePage
from idp.evidence.operations import Prepared
from idp.notifications.models import OutboxMessage
from idp.notifications.rendering import read
from idp.registration import answers, expiry, operations
from idp.registration.answers import PersonAnswers
from idp.registration.models import Registration
from idp.registration.rules import owner
from idp.secrets_at_rest import decrypt
from idp.workdays import operations as workdays
from tests.factories import appoint, appoint_first, letter_image, open_person, viewer_of
from tests.idp.approval.conftest import code_for
from tests.idp.registration.model import DECIDED, ROOM, Case, Code
from tests.people import DLA_OFFICER, PROVINCIAL, UNIT_ADMIN, Invented, fictional_national_id
from thai_web import clock
from thai_web.refusal import Conflict, Forbidden, NotFound, Refusal

# The unit with an admin of its own, and one that its provincial office serves.
DECIDER = {"670603": UNIT_ADMIN, "670604": PROVINCIAL}
OFFICES = {"670603": (UNIT_ADMIN, PROVINCIAL, DLA_OFFICER), "670604": (PROVINCIAL, DLA_OFFICER)}
MAILBOXES = ("office", "home")
PERSON = "name national_id phone"
NAMED = ["name", "national_id", "phone", "email", "unit", "position", "roles", "documents"]
# Being sent back is the richest outcome: the other two end a case.
OUTCOMES = st.sampled_from([Outcome.RETURNED, Outcome.RETURNED, Outcome.APPROVED, Outcome.REJECTED])
NAMES = st.frozensets(st.sampled_from([*NAMED, "document"]), min_size=1)
_stories = count(1)


class Story(RuleBasedStateMachine):
    """Two people with two mailboxes, as many drafts as they like, and two reviewers."""

    cases = Bundle("cases")

    def __init__(self, app: Flask, opened: Prepared) -> None:
        super().__init__()
        self.opened = opened
        self.app, self.minute, self.told = app, 0, next(_stories)
        self.all: list[Case] = []
        self.travel = time_machine.travel(clock.now(), tick=False)
        self.clock = self.travel.start()

    def teardown(self) -> None:
        """The next story begins at the same hour without this one's drafts."""
        self._pass_minutes(60 * 24 * 1000)
        self._do(lambda: (expiry.sweep_drafts(batch=10_000), expiry.close_uncorrected(batch=10_000)))
        self.travel.stop()

    def _do(self, act: Callable[[], object], refused: type[Refusal] | None = None) -> object:
        """One request: committed, or refused and rolled back, just as the model foretells."""
        with self.app.test_request_context(method="POST"):
            result, told = None, None
            try:
                result = act()
                db.session.commit()
            except Refusal as refusal:
                db.session.rollback()
                told = refusal
            assert isinstance(told, refused or NoneType), f"told {told!r}, and not {refused}"
            return result

    def _pass_minutes(self, minutes: int) -> None:
        self.minute += minutes
        self.clock.shift(timedelta(minutes=minutes))

    def _day_of(self, minute: int) -> int:
        """The day in Bangkok, counted."""
        return clock.day_in_bangkok(clock.now() - timedelta(minutes=self.minute - minute)).toordinal()

    def _may_decide(self, case: Case, by: Invented) -> bool:
        """The nearest office with an admin, and one above for every five working days that the case has waited."""
        until = case.decided_at if case.decided_at is not None and case.state in DECIDED else self.minute
        days = (date.fromordinal(day) for day in range(self._day_of(case.came_at) + 1, self._day_of(until) + 1))
        with self.app.app_context():
            free = workdays.holidays()
        waited = sum(day.weekday() not in (5, 6) and day not in free for day in days)
        return by in OFFICES[case.unit][: 1 + waited // 5]

    def _edit(self, case: Case, wanted: str, act: Callable[[], object], refused: type[Refusal] | None = None) -> bool:
        """Change the answers `wanted`; returns whether that was to succeed."""
        expected = refused if case.is_editable else Conflict
        if case.is_editable and not case.is_open(*wanted.split()):
            expected = Forbidden
        self._do(act, expected)
        if expected is None:
            case.edited(self.minute)
        return expected is None

    def _address(self, mailbox: str) -> str:
        return f"{mailbox}.{self.told}@example.go.th"

    def _person(self, number: int) -> str:
        return fictional_national_id(1000 + self.told * 2 + number)

    def _is_there(self, case: Case) -> bool:
        return not case.is_swept

    # What an applicant does.

    @initialize(target=cases)
    def two_drafts(self) -> object:
        """A story worth telling has two complete drafts of one person."""
        begun = multiple(*(self._begin() for _ in range(2)))
        for case in self.all:
            self.answer_person(case, 0, "0812345678")
            self.answer_email(case, "office")
            self.prove_email(case, is_right=True)
            self.choose_unit(case, "670603")
            self.answer_position(case)
            for kind in sorted(ROOM):
                self.attach(case, kind)
        self.submit(self.all[0], False)
        return begun

    @rule(target=cases)
    def begin(self) -> Case:
        """Another draft."""
        return self._begin()

    def _begin(self) -> Case:
        case = self._do(self._new_case)
        assert isinstance(case, Case)
        self.all.append(case)
        return case

    def _new_case(self) -> Case:
        begun = operations.begin()
        return Case(begun.id, begun.reference, self.minute)

    @rule(case=cases, number=st.integers(0, 1), phone=st.sampled_from(["0812345678", "๐๘๑๒๓๔๕๖๗๘", "12"]))
    def answer_person(self, case: Case, number: int, phone: str) -> None:
        """Name, number, telephone: a wrong telephone saves nothing."""
        if not self._is_there(case):
            return
        typed = PersonAnswers("นาง", "ปรานี", "มาใหม่", self._person(number), phone)
        if self._edit(case, PERSON, lambda: answers.answer_person(case.id, typed), Refusal if phone == "12" else None):
            case.number = number

    @rule(case=cases)
    def answer_an_impossible_number(self, case: Case) -> None:
        """A slip of one digit."""
        if self._is_there(case):
            typed = PersonAnswers("นาง", "ปรานี", "มาใหม่", "9990000001003", "0812345678")
            self._edit(case, PERSON, lambda: answers.answer_person(case.id, typed), Refusal)

    @rule(case=cases, mailbox=st.sampled_from(MAILBOXES))
    def answer_email(self, case: Case, mailbox: str) -> None:
        """The same proven address again stays proven; any other wants a code."""
        if not self._is_there(case):
            return
        address = self._address(mailbox)
        if self._edit(case, "email", lambda: answers.answer_email(case.id, address.upper())):
            if case.mailbox == mailbox and case.is_proven:
                return
            case.mailbox, case.is_proven = mailbox, False
            case.code = Code(self._newest_code(address), self.minute)

    @rule(case=cases, is_right=st.booleans())
    def prove_email(self, case: Case, is_right: bool) -> None:
        """The code, or a guess at it: five guesses and half an hour."""
        if not self._is_there(case) or case.code is None:
            return
        code = case.code
        typed = code.digits if is_right else f"{(int(code.digits) + 1) % 1_000_000:06d}"
        works = case.is_proven or (is_right and code.works(self.minute))
        if self._edit(case, "", lambda: answers.prove_email(case.id, typed), None if works else Refusal):
            case.is_proven = True
        elif case.is_editable and not is_right and code.works(self.minute):
            code.tries_left -= 1

    @rule(case=cases, unit=st.sampled_from([*DECIDER, "nowhere"]))
    def choose_unit(self, case: Case, unit: str) -> None:
        """A unit of the register."""
        if not self._is_there(case):
            return
        refused = None if unit in DECIDER else Refusal
        if self._edit(case, "unit", lambda: answers.choose_unit(case.id, unit), refused):
            case.unit = unit

    @rule(case=cases, has_an_invented_role=st.booleans())
    def answer_position(self, case: Case, has_an_invented_role: bool = False) -> None:
        """A position; a role that no system offers saves nothing."""
        if not self._is_there(case) or not case.unit:
            return
        roles = {4711} if has_an_invented_role else set()
        refused = Refusal if has_an_invented_role else None
        if self._edit(case, "position roles", lambda: answers.answer_position(case.id, "ธุรการ", roles), refused):
            case.has_position = True

    @rule(case=cases, kind=st.sampled_from(sorted(ROOM)))
    def attach(self, case: Case, kind: str = "appointment_order") -> None:
        """One more document, up to the limit of its kind."""
        if not self._is_there(case):
            return
        document = self._document()
        refused = Refusal if case.is_full(kind) else None
        if self._edit(case, "documents", lambda: answers.attach(case.id, document, kind), refused):
            with self.app.app_context():
                case.documents = self._ids(case)
                case.kinds[case.documents[-1]] = kind

    @rule(case=cases)
    def remove(self, case: Case) -> None:
        """Take the first document back."""
        if self._is_there(case) and case.documents:
            first = case.documents[0]
            refused = None if case.may_remove(first) else Forbidden
            if self._edit(case, "documents", lambda: answers.remove(case.id, first), refused):
                case.documents.remove(first)

    @rule(case=cases, other=cases)
    def remove_a_document_of_another(self, case: Case, other: Case) -> None:
        """It is not there."""
        if self._is_there(case) and other is not case and other.documents:
            self._edit(case, "documents", lambda: answers.remove(case.id, other.documents[0]), NotFound)

    @rule(case=cases, is_stale=st.sampled_from([False, False, False, True]))
    def submit(self, case: Case, is_stale: bool) -> None:
        """Once: a second click is no second case, and an unseen change is not sent."""
        if not self._is_there(case):
            return
        seen = case.version - is_stale
        if case.state == "SUBMITTED":
            self._do(lambda: operations.submit(case.id, seen))
            return
        waits = any(each.state == "SUBMITTED" and case.is_same_request(each) for each in self.all)
        refused: type[Refusal] | None = None
        if not case.allows("submit") or is_stale:
            refused = Conflict
        elif not case.is_complete():
            refused = Refusal
        elif waits:
            refused = Conflict
        self._do(lambda: operations.submit(case.id, seen), refused)
        if refused is None:
            case.moved("submit", self.minute)
            case.times_sent += 1
            case.came_at, case.decided_at = self.minute, None
            case.sent_documents |= set(case.documents)

    @rule(case=cases)
    def withdraw(self, case: Case) -> None:
        """Before a decision, never after."""
        if self._is_there(case):
            self._do(lambda: operations.withdraw(case.id), None if case.allows("withdraw") else Conflict)
            if case.allows("withdraw"):
                case.moved("withdraw", self.minute)

    # What a reviewer does.

    @rule(
        case=cases,
        by=st.sampled_from([UNIT_ADMIN, UNIT_ADMIN, PROVINCIAL, DLA_OFFICER]),
        outcome=OUTCOMES,
        is_stale=st.sampled_from([False, False, False, True]),
        named=NAMES,
    )
    def decide(self, case: Case, by: Invented, outcome: Outcome, is_stale: bool, named: frozenset[str]) -> None:
        """By the one who may, on the version that was seen, once."""
        if not case.was_sent:
            return
        act = {Outcome.APPROVED: "approve", Outcome.RETURNED: "return", Outcome.REJECTED: "reject"}[outcome]
        first = case.documents[0] if case.documents else 0
        marked = tuple(f"document:{first}" if name == "document" else name for name in named)
        refused: type[Refusal] | None = None
        if not self._may_decide(case, by):
            refused = Forbidden
        elif is_stale or not case.allows(act):
            refused = Conflict
        verdict = Verdict(outcome, "เอกสารไม่ตรงกับชื่อ", case.version - is_stale, marked, code_for(outcome))
        self._do(lambda: self._decide(case, by, verdict), refused)
        if refused is None:
            case.moved(act, self.minute)
            case.times_decided += 1
            case.decided_at = self.minute
        if refused is None and act == "return":
            case.named, case.named_document = named, first if "document" in named else None

    @rule(
        case=cases,
        by=st.sampled_from([UNIT_ADMIN, PROVINCIAL, DLA_OFFICER]),
        is_stale=st.sampled_from([False, False, True]),
    )
    def reopen(self, case: Case, by: Invented, is_stale: bool) -> None:
        """A rejected one, by the one who may, unless the same person waits there with another."""
        if not case.was_sent:
            return
        waits = any(each.state == "SUBMITTED" and case.is_same_request(each) for each in self.all)
        refused: type[Refusal] | None = None
        if not self._may_decide(case, by):
            refused = Forbidden
        elif is_stale or not case.allows("reopen") or waits:
            refused = Conflict
        seen = case.version - is_stale
        why = "ผู้ขอนำหลักฐานมาเพิ่ม"
        self._do(lambda: approval.reopen(viewer_of(by), db.session.get_one(Registration, case.id), why, seen), refused)
        if refused is None:
            case.moved("reopen", self.minute)
            case.times_reopened += 1
            case.came_at, case.decided_at = self.minute, None

    @rule(case=cases, by=st.sampled_from([UNIT_ADMIN, PROVINCIAL]), gives_back=st.booleans())
    def claim(self, case: Case, by: Invented, gives_back: bool) -> None:
        """Whoever looks at it changes nothing about it."""
        if not case.was_sent:
            return
        refused = None if case.state == "SUBMITTED" or gives_back else Conflict
        act = reviewing.release if gives_back else reviewing.take
        self._do(lambda: act(viewer_of(by), db.session.get_one(Registration, case.id)), refused)

    # Chance alone rarely meets the right reviewer or a returned case, so these two go there.

    @precondition(lambda self: self._in("SUBMITTED"))
    @rule(which=st.integers(0, 9), outcome=OUTCOMES, named=NAMES)
    def decide_what_waits(self, which: int, outcome: Outcome, named: frozenset[str]) -> None:
        """The right reviewer looks at the newest version."""
        waiting = self._in("SUBMITTED")
        case = waiting[which % len(waiting)]
        self.decide(case, DECIDER[case.unit], outcome, False, named)

    @precondition(lambda self: self._in("RETURNED"))
    @rule(which=st.integers(0, 9), number=st.integers(0, 1), mailbox=st.sampled_from(MAILBOXES))
    def try_every_answer_of_what_was_sent_back(self, which: int, number: int, mailbox: str) -> None:
        """What was named changes, the rest does not, and it is sent again."""
        returned = self._in("RETURNED")
        case = returned[which % len(returned)]
        self.answer_person(case, number, "0812345678")
        self.answer_email(case, mailbox)
        self.prove_email(case, True)
        self.choose_unit(case, "670603")
        self.answer_position(case)
        self.remove(case)
        self.attach(case)
        self.submit(case, False)

    def _in(self, state: str) -> list[Case]:
        return [case for case in self.all if case.state == state]

    def _decide(self, case: Case, by: Invented, verdict: Verdict) -> None:
        approval.decide(viewer_of(by), db.session.get_one(Registration, case.id), verdict)

    # What time does.

    @rule(minutes=st.sampled_from([5, 31, 60 * 24 * 15, 60 * 24 * 61]))
    def time_passes_and_the_worker_sweeps(self, minutes: int) -> None:
        """Drafts that nobody touched for two weeks go with their documents; what nobody corrects is closed."""
        self._pass_minutes(minutes)
        forgotten = [case for case in self.all if case.is_forgotten(self.minute, self._day_of)]
        given_up = [case for case in self.all if case.is_given_up(self.minute, self._day_of)]
        assert self._do(lambda: expiry.sweep_drafts(batch=10_000)) == len(forgotten)
        assert self._do(lambda: expiry.close_uncorrected(batch=10_000)) == len(given_up)
        for case in forgotten:
            case.is_swept = True
        for case in given_up:
            case.moved("lapse", self.minute)

    # What is always so.

    @invariant()
    def every_case_is_where_the_model_has_it(self) -> None:
        """State, version, documents; what was swept is gone."""
        with self.app.app_context():
            for case in self.all:
                # by reference: SQLite gives the number of a deleted row to the next one
                found = operations.find_by_reference(case.reference)
                if case.is_swept:
                    assert found is None
                    assert all(evidence.get(each).wrapped_key is None for each in case.documents)
                    assert not any(evidence.pages(each) for each in case.documents)
                    continue
                assert found is not None
                assert (found.state, found.version) == (case.state, case.version)
                assert (found.submitted_at is not None) == case.was_sent
                assert (found.decided_at is not None) == (case.state in DECIDED)
                assert self._ids(case) == case.documents

    @invariant()
    def one_person_waits_once_for_one_unit_from_one_mailbox(self) -> None:
        """However often it was tried."""
        with self.app.app_context():
            columns = Registration.national_id_index, Registration.unit_id, Registration.email
            waiting = select(func.count()).where(Registration.state == "SUBMITTED").group_by(*columns)
            assert all(number == 1 for number in db.session.scalars(waiting))

    @invariant()
    def a_decision_is_mailed_once_and_only_an_approval_opens_an_account(self) -> None:
        """One receipt for what was sent, one result for what was decided."""
        with self.app.app_context():
            for case in self.all:
                assert self._mails(case, "registration/mail/receipt") == case.times_sent
                assert self._mails(case, "approval/mail/%") == case.times_decided + case.times_reopened
                assert self._mails(case, "registration/mail/lapsed") == (case.state == "LAPSED")
            for number in (0, 1):
                index = accounts.national_id_index(self._person(number))
                approved = [case for case in self.all if (case.number, case.state) == (number, "APPROVED")]
                assert len(accounts.with_national_id(index)) == len(approved)

    def _mails(self, case: Case, template: str) -> int:
        about = OutboxMessage.about_kind == "registration", OutboxMessage.about_id == str(case.id)
        return db.session.scalar(select(func.count()).where(*about, OutboxMessage.template.like(template))) or 0

    def _ids(self, case: Case) -> list[int]:
        return [each.id for each in evidence.owned_by(owner(case.id))]

    def _document(self) -> Prepared:
        """A document that no case holds yet. Painting one takes a process, so all are the same one under new names."""
        one, name = self.opened, f"{next(_stories):032x}"
        page = EvidencePage(number=1, vault_name=name, width=1, height=1, size=1)
        return replace(one, reference=name, filename=f"{name}.png", pages=(page,))

    def _newest_code(self, address: str) -> str:
        with self.app.app_context():
            newest = select(OutboxMessage).where(OutboxMessage.recipient == address).order_by(OutboxMessage.id.desc())
            mail = db.session.scalars(newest.limit(1)).one()
            assert mail.sealed
            body = read(decrypt(self.app.config["KEY_FILES"].mail, mail.sealed, mail.message_id)).text
            return re.findall(r"(?m)^\d{6}$", body)[0]


@pytest.fixture
def offices(sqlite_app: Flask) -> Flask:
    """An officer at DLA, one at the province, an admin in one unit."""
    with sqlite_app.app_context():
        for person in (DLA_OFFICER, PROVINCIAL, UNIT_ADMIN):
            open_person(person)
        appoint_first(DLA_OFFICER)
        appoint(PROVINCIAL, by=DLA_OFFICER)
        appoint(UNIT_ADMIN, by=PROVINCIAL)
    return sqlite_app


def _tell(app: Flask, stories: int, steps: int) -> None:
    profile = settings(
        max_examples=stories,
        stateful_step_count=steps,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        derandomize=True,
        database=None,
    )
    with app.app_context():
        opened = evidence.prepare(letter_image(), "คำสั่ง.png")
    run_state_machine_as_test(lambda: Story(app, opened), settings=profile)


def test_a_registration_does_what_the_model_says(offices: Flask) -> None:
    _tell(offices, stories=90, steps=25)


@pytest.mark.slow
def test_a_registration_does_what_the_model_says_for_long(offices: Flask) -> None:
    _tell(offices, stories=400, steps=50)
