"""Whatever a unit and the office above do with appointments, in whatever order: the product stays with the model."""

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
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule, run_state_machine_as_test

from idp.access.rules import Permission, Power, Viewer
from idp.accounts import operations as accounts
from idp.accounts.rules import Person
from idp.appointments import absences, operations, requests
from idp.appointments.operations import Letter
from idp.appointments.requests import Verdict, Wanted
from idp.appointments.rules import Action
from idp.database import db
from idp.evidence import operations as evidence
from idp.evidence.models import EvidencePage
from idp.evidence.operations import Prepared
from idp.units import operations as units
from idp.units.models import Unit
from tests.factories import a_letter, appoint, appoint_first, letter_image, open_person, viewer_of
from tests.idp.appointments.conftest import REASON
from tests.idp.appointments.model import AUDITOR, FOLLOWS, OPEN, PROVINCE, Asked, Away, Held, Office
from tests.people import DLA_OFFICER, PROVINCIAL, fictional_national_id
from thai_web import clock
from thai_web.refusal import Conflict, Forbidden, Refusal

PEOPLE = st.integers(0, 2)
POWERS = st.sampled_from([Power.SSO_ADMIN, Power.SSO_ADMIN, Power.DEPUTY, Power.AUDITOR])
_stories = count(0)


class Story(RuleBasedStateMachine):
    """Three people of a unit that is new in each story, and an officer of its province."""

    asked = Bundle("asked")
    held = Bundle("held")
    away = Bundle("away")

    def __init__(self, app: Flask, opened: Prepared) -> None:
        super().__init__()
        self.app, self.opened, self.office, self.told = app, opened, Office(), next(_stories)
        self.travel = time_machine.travel(clock.now(), tick=False)
        self.clock = self.travel.start()
        self.began = clock.today()
        with app.app_context():
            waiting = db.select(Unit.id).where(Unit.kind == "TAO").order_by(Unit.id).offset(self.told).limit(1)
            self.unit = db.session.scalars(waiting).one()
            self.people = [self._open(number) for number in range(3)]
            db.session.commit()

    def _open(self, number: int) -> int:
        identity = fictional_national_id(5000 + self.told * 3 + number)
        person = Person("", f"คนที่{number}", "ทดลอง", identity, f"p{self.told}.{number}@example.go.th")
        account = accounts.open_account(person, origin="test", email_proven_at=clock.now())
        accounts.begin_posting(account, self.unit, "เจ้าพนักงาน", self.began)
        return account.id

    def teardown(self) -> None:
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
            assert type(told) is (refused or NoneType), f"told {told!r}, and not {refused}"
            return result.id if hasattr(result, "id") else result

    def _viewer(self, person: int) -> Viewer:
        account = self.people[person]
        return Viewer(account, 0, "", None, self.unit, "", operations.holdings(account))

    def _date(self, day: int) -> date:
        return self.began + timedelta(days=day)

    def _letter(self, first: int, last: int) -> Letter:
        return Letter(f"ทด {self.told}", self._date(self.office.day), "นายก", self._date(first), self._date(last))

    def _scan(self) -> Prepared:
        name = f"{self.told}-{next(_scans)}"
        page = EvidencePage(number=1, vault_name=name, width=1, height=1, size=1)
        return replace(self.opened, reference=name, sha256=name, pages=(page,))

    @rule(target=asked, asker=PEOPLE, holder=PEOPLE, power=POWERS, later=st.integers(0, 3), days=st.integers(0, 30))
    def ask(self, asker: int, holder: int, power: Power, later: int, days: int) -> object:
        first, wanted = self.office.day + later, Wanted(self.people[holder], power)
        letter, scan = self._letter(first, first + days), self._scan()
        blocked = holder in self.office.suspended or self.office.is_open(holder, power)
        key = self._do(
            lambda: requests.ask(self._viewer(asker), self.unit, wanted, letter, scan), Conflict if blocked else None
        )
        request = Asked(int(str(key or 0)), asker, holder, power, first, first + days)
        if not blocked:
            self.office.asked.append(request)
        else:
            request.state = "NEVER"
        return request

    @rule(request=asked, outcome=st.sampled_from([Action.APPROVE, Action.APPROVE, Action.RETURN, Action.REFUSE]))
    def decide(self, request: Asked, outcome: Action) -> None:
        if request.state == "NEVER":
            return
        follows = FOLLOWS.get((request.state, outcome))
        refused: type[Refusal] | None = None if follows else Conflict
        if follows == "APPROVED":
            refused = Conflict if request.holder in self.office.suspended else None
            refused = refused or (Refusal if request.last < self.office.day else None)
        verdict = Verdict(outcome, REASON, request.version)
        self._do(lambda: requests.decide(viewer_of(PROVINCIAL), request.id, verdict), refused)
        if refused is None:
            assert follows
            request.state, request.version = follows, request.version + 1
            if follows == "APPROVED":
                self._approved(request)

    def _approved(self, request: Asked) -> None:
        with self.app.app_context():
            made = requests.get(request.id).appointment_id
        assert made
        self.office.held.append(Held(made, request.holder, request.power, request.first, request.last))

    @rule(request=asked, by=PEOPLE, stale=st.booleans())
    def withdraw(self, request: Asked, by: int, stale: bool) -> None:
        self._by_the_unit(
            request, by, "WITHDRAW", stale, lambda version: requests.withdraw(self._viewer(by), request.id, version)
        )

    @rule(request=asked, by=PEOPLE, days=st.integers(0, 30))
    def correct(self, request: Asked, by: int, days: int) -> None:
        letter, day = self._letter(self.office.day, self.office.day + days), self.office.day
        if request.holder in self.office.suspended:
            return
        if self._by_the_unit(
            request,
            by,
            "CORRECT",
            False,
            lambda version: requests.correct(self._viewer(by), request.id, letter, None, version),
        ):
            request.first, request.last = day, day + days

    def _by_the_unit(self, request: Asked, by: int, action: str, stale: bool, act: Callable[[int], object]) -> bool:
        if request.state == "NEVER":
            return False
        follows = FOLLOWS.get((request.state, action))
        refused: type[Refusal] | None = None if follows and not stale else Conflict
        if by not in (request.asker, request.holder):
            refused = Forbidden
        self._do(lambda: act(request.version - stale), refused)
        if refused is None and follows:
            request.state, request.version = follows, request.version + 1
        return refused is None

    @rule(target=held)
    def look_at_what_is_held(self) -> object:
        return self.office.held[-1] if self.office.held else None

    @rule(one=held)
    def end(self, one: Held | None) -> None:
        if one is not None:
            refused = Conflict if one.is_ended else None
            self._do(lambda: operations.end(viewer_of(PROVINCIAL), one.id, "ลาออก"), refused)
            one.is_ended = True

    @rule(target=away, one=held, later=st.integers(0, 2), days=st.integers(0, 3))
    def be_away(self, one: Held | None, later: int, days: int) -> object:
        if one is None:
            return None
        first = self.office.day + later
        taken = [e for e in one.away if not e.is_cancelled and e.first <= first + days and first <= e.last]
        refused: type[Refusal] | None = Refusal if first + days > one.last or taken else None
        if one.power == AUDITOR or not one.in_force(self.office.day):
            refused = Forbidden
        viewer, dates = viewer_of, (self._date(first), self._date(first + days))
        with self.app.app_context():
            province = viewer(PROVINCIAL)
        key = self._do(lambda: absences.mark(province, one.id, *dates), refused)
        if refused:
            return None
        one.away.append(Away(int(str(key)), first, first + days))
        return one, one.away[-1]

    @rule(marked=consumes(away))
    def come_back(self, marked: tuple[Held, Away] | None) -> None:
        if marked is not None:
            one, absence = marked
            refused = None if one.in_force(self.office.day) else Forbidden
            self._do(lambda: absences.cancel(viewer_of(PROVINCIAL), one.id, absence.id), refused)
            absence.is_cancelled = refused is None

    @rule(person=PEOPLE)
    def suspend_or_reinstate(self, person: int) -> None:
        change = accounts.reinstate if person in self.office.suspended else accounts.suspend
        self._do(lambda: change(accounts.get(self.people[person]), "ทดสอบ"))
        self.office.suspended ^= {person}

    @rule(days=st.integers(1, 12))
    def days_go_by(self, days: int) -> None:
        self.office.day += days
        self.clock.shift(timedelta(days=days))

    @invariant()
    def the_right_people_decide(self) -> None:
        with self.app.app_context():
            found = operations.deciders_for(self.unit)
            assert found
            expected = self.office.deciders()
            if expected == PROVINCE:
                assert units.get(found.unit_id).code == "P67"
            else:
                assert found.unit_id == self.unit
                assert {term.account_id for term in found.terms} == {self.people[int(one)] for one in expected}
            for person in range(3):
                assert self._viewer(person).may(Permission.APPOINT) == self.office.acts(person)

    @invariant()
    def requests_stand_where_they_should(self) -> None:
        with self.app.app_context():
            found = {each.id: each.state for each in requests.of_unit(self.unit, limit=1000)}
            assert found == {each.id: each.state for each in self.office.asked}
            province = viewer_of(PROVINCIAL)
            waiting = {each.id for each in requests.waiting_for(province) if each.unit_id == self.unit}
            assert waiting == {each.id for each in self.office.asked if each.state == "WAITING"}
            pairs = [(each.holder, each.power) for each in self.office.asked if each.state in OPEN]
            assert len(pairs) == len(set(pairs))


_scans = count(0)


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
        for person in (DLA_OFFICER, PROVINCIAL):
            open_person(person)
        appoint_first(DLA_OFFICER)
        appoint(PROVINCIAL, by=DLA_OFFICER, letter=a_letter(1400))
        opened = evidence.prepare(letter_image(), "คำสั่ง.png")
    run_state_machine_as_test(lambda: Story(app, opened), settings=profile)


def test_appointments_do_what_the_model_says(sqlite_app: Flask) -> None:
    _tell(sqlite_app, stories=30, steps=25)


@pytest.mark.slow
def test_appointments_do_what_the_model_says_for_long(sqlite_app: Flask) -> None:
    _tell(sqlite_app, stories=60, steps=50)
