"""INFO's two years: eight quarters reported and certified, and the running one half done."""

import gc
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import func, select

from demo.cast import CLERK
from demo.moved_clock import Act, Chronicle, office_hour, working_day
from demo.province.answers import Questionnaire
from demo.province.residents import SEED
from relying_party_example import create_app
from relying_party_example.database import db
from relying_party_example.periods import operations as periods
from relying_party_example.periods.rules import PeriodKey, default_window
from relying_party_example.reports import operations as reports
from relying_party_example.reports.dossier import Dossier, look_up
from relying_party_example.reports.models import Report
from relying_party_example.signin.rules import Office, Person, Role
from relying_party_example.units.models import Unit
from relying_party_example.units.rules import UnitKind
from relying_party_example.web.application import settings
from thai_web import clock

QUARTERS = 8
LONGEST_WAIT = 6  # days until the province certifies
PAUSE = timedelta(minutes=4)
EXPLAINED = dict.fromkeys(
    ("few_respondents", "all_alike", "leap", "outlier", "same_as_before"),
    "ตรวจสอบกับสมุดทะเบียนแล้ว ตัวเลขถูกต้อง เนื่องจากมีผู้มาใช้บริการตามฤดูกาล",
)
RETURNED_FOR = "จำนวนผู้รับบริการงานทะเบียนสูงกว่าที่เคยรายงาน โปรดตรวจสอบกับสมุดทะเบียนอีกครั้ง"
MENDED = "ตรวจสอบและแก้ไขจำนวนผู้รับบริการแล้ว"
FLAGGED = "volume"
DRAFTED, SUBMITTED = 0.42, 0.5  # of the luck of a unit in the running quarter


@dataclass
class Reporting:
    """The province as INFO sees it: its units with somebody who reports, and the province's certifier."""

    chance: Random
    chronicle: Chronicle
    questionnaire: Questionnaire
    reporters: dict[str, Person]
    certifier: Person

    def plan_earlier(self, key: PeriodKey) -> None:
        """A quarter that is over: nearly everybody reported, some late, some after a return, and all was certified."""
        window = default_window(key)
        self.chronicle.plan(office_hour(window.opens_on, 0), _open)
        for code in self.reporters:
            luck = self.chance.random()
            if luck < 0.03:
                continue  # never came
            days = self.chance.randint(1, 28) if luck < 0.9 else self.chance.randint(30, 36)
            self._plan_report(key, code, days, returned=0.45 < luck < 0.52)

    def plan_running(self, key: PeriodKey, opened: datetime, now: datetime) -> None:
        """The quarter that runs: half of the units reported, a few wrote a draft, the province is at work."""
        step = (now - opened) / (len(self.reporters) + 1)
        for place, code in enumerate(self.chance.sample(sorted(self.reporters), len(self.reporters))):
            at, luck = opened + step * (place + 1) / 2, self.chance.random()
            if code == CLERK.unit_code:
                luck = DRAFTED  # ready to be sent, by whoever plays the clerk
            elif luck < DRAFTED:
                continue
            acts = [self._write(key, code, sent=luck > SUBMITTED)]
            if luck > 0.92:
                acts.append(self._send_back(key, code))
            elif luck > 0.66:
                acts.append(self._certify(key, code))
            for number, act in enumerate(acts):
                self.chronicle.plan(at + step * number / 3, act)

    def _plan_report(self, key: PeriodKey, code: str, days: int, *, returned: bool) -> None:
        opens_on = default_window(key).opens_on
        day = opens_on + timedelta(days=days)
        sent = office_hour(max(working_day(day), opens_on), self.chance.randint(0, 300))
        acts = [self._write(key, code, sent=True)]
        if returned:
            acts += [self._send_back(key, code), self._mend(key, code)]
        for number, act in enumerate(acts):
            self.chronicle.plan(sent + PAUSE * number, act)
        self.chronicle.plan(sent + timedelta(days=self.chance.randint(1, LONGEST_WAIT)), self._certify(key, code))

    def _write(self, key: PeriodKey, code: str, *, sent: bool) -> Act:
        """A draft, block by block as the pages save it; `sent`, handed in at once."""

        def act() -> None:
            person, now = self.reporters[code], clock.now()
            reports.start(key, person, now)
            dossier = look_up(key, code, person, now, lock=True)
            for block, answers in self.questionnaire.filled_in(code, key, clock.today()):
                reports.save(dossier, block, answers, dossier.begun().token)
            if sent:
                reports.submit(dossier, EXPLAINED, {}, dossier.begun().token)

        return act

    def _mend(self, key: PeriodKey, code: str) -> Act:
        def act() -> None:
            dossier = self._locked(key, code, self.reporters[code])
            reports.submit(dossier, EXPLAINED, {FLAGGED: MENDED}, dossier.begun().token)

        return act

    def _send_back(self, key: PeriodKey, code: str) -> Act:
        def act() -> None:
            dossier = self._locked(key, code, self.certifier)
            reports.send_back(dossier, RETURNED_FOR, [FLAGGED], dossier.begun().current_version or 0)

        return act

    def _certify(self, key: PeriodKey, code: str) -> Act:
        def act() -> None:
            dossier = self._locked(key, code, self.certifier)
            reports.certify(dossier, dossier.begun().current_version or 0)

        return act

    def _locked(self, key: PeriodKey, code: str, person: Person) -> Dossier:
        return look_up(key, code, person, clock.now(), lock=True)


def _open() -> None:
    """What INFO's worker does on the day on which a window opens."""
    periods.create_wanted(clock.now())
    periods.freeze_opened(clock.now())


def _earlier(key: PeriodKey) -> Iterator[PeriodKey]:
    """The eight quarters before a quarter, the oldest first."""
    start = PeriodKey(key.fiscal_year - QUARTERS // 4, key.quarter)
    while start != key:
        yield start
        start = start.next


def _people(told: list[dict[str, Any]]) -> tuple[dict[str, Person], Person]:
    """The first reporter of each unit, and the province's certifier."""
    offices = {unit.code: _office(unit) for unit in db.session.scalars(select(Unit))}
    people = [
        Person(
            sub=each["sub"],
            name=each["name"],
            position=each["position"],
            office=offices[each["unit_code"]],
            roles=frozenset(Role(role) for role in each["roles"]),
        )
        for each in told
    ]
    reporters: dict[str, Person] = {}
    for person in people:
        if person.office and person.has(Role.REPORTER):
            reporters.setdefault(person.office.code, person)
    return reporters, next(person for person in people if person.has(Role.CERTIFIER))


def _office(unit: Unit) -> Office:
    named = ("code", "name_th", "name_en", "province_code", "province_th", "district_code", "district_th")
    return Office(kind=UnitKind(unit.kind), **{name: getattr(unit, name) for name in named})


def play(told: list[dict[str, Any]]) -> int:
    """Everything that was reported up to now. Returns how many reports there are."""
    reporters, certifier = _people(told)
    chance, now = Random(SEED), clock.now()  # noqa: S311 - the same reports every time
    reporting = Reporting(chance, Chronicle(), Questionnaire(chance), reporters, certifier)
    running = next(each for each in periods.opened(now) if each.window().phase(now).is_open)
    for key in _earlier(running.key):
        reporting.plan_earlier(key)
    opened = clock.start_of_day(running.opens_on)
    reporting.plan_running(running.key, opened, now)
    reporting.chronicle.play(db.session.flush)
    db.session.commit()
    return db.session.scalar(select(func.count()).select_from(Report)) or 0


def main() -> None:
    """Play it, unless there are reports already."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    with create_app().app_context():
        path = Path(settings().var) / "province.json"
        if path.exists() and not db.session.scalar(select(func.count()).select_from(Report)):
            play(json.loads(path.read_text()))
