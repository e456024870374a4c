"""How each office comes to its people, its SSO admin, and where that stands today."""

from collections.abc import Callable
from datetime import date, timedelta

from demo.cast import CAST, PROVINCIAL
from demo.moved_clock import office_hour, working_day
from demo.province import papers
from demo.province.residents import WITH_DEPUTY, Office, Population, Resident, Standing
from demo.province.stage import Paper, Stage
from idp.access.rules import POWER_NAMES, Power
from idp.appointments import absences, provisional, requests
from idp.appointments import operations as appointments
from idp.appointments.operations import Letter
from idp.appointments.requests import Verdict, Wanted
from idp.appointments.rules import Action
from idp.database import db
from idp.units import operations as units

SIGNED_BY = "นายกองค์กรปกครองส่วนท้องถิ่น"
OVER_AT_LAST = "ผู้ได้รับมอบหมายย้ายไปปฏิบัติหน้าที่อื่น หน่วยงานจะส่งหนังสือมอบหมายผู้ใหม่"
RETURNED_FOR = "ลายมือชื่อในหนังสืออ่านไม่ชัด โปรดสแกนหนังสือใหม่ทั้งหน้า"
REFUSED_FOR = "หนังสือลงนามโดยผู้ไม่มีอำนาจมอบหมาย โปรดให้ผู้บริหารท้องถิ่นลงนาม"


class Offices:
    """Plans the year of every office."""

    def __init__(self, stage: Stage, population: Population) -> None:
        self.stage = stage
        self.at = {office.code: office for office in population.offices}
        self.made: dict[tuple[str, Power], int] = {}  # the appointment of a person, by the key and the power
        self.number = 100

    def plan(self) -> None:
        """Everybody's arrival and every letter."""
        for office in self.at.values():
            is_district = office.kind == "DISTRICT_OFFICE"
            opened = working_day(self.stage.ago(355, 364) if is_district else self._opened(office.standing))
            for place, person in enumerate(office.people):
                if person.number not in {each.number for each in CAST}:
                    self._do(opened, 10 * place, lambda person=person: self.stage.open_account(person, person.roles))
            if office.admin.number not in {each.number for each in CAST}:
                self._plan_admin(office, opened)

    def _opened(self, standing: Standing) -> date:
        """When the people of an office came: early where a term has nearly run out since."""
        early = standing in (Standing.ENDS_SOON, Standing.EXTENDING, Standing.ENDED)
        return self.stage.ago(300, 350) if early else self.stage.ago(130, 345)

    def _plan_admin(self, office: Office, opened: date) -> None:
        begun = working_day(opened + timedelta(days=self.stage.chance.randint(3, 9)))
        ways: dict[Standing, Callable[[Office, date], None]] = {
            Standing.PROVISIONAL: self._provisional,
            Standing.ASKED: self._asked,
            Standing.RETURNED: self._returned,
            Standing.REFUSED: self._refused,
            Standing.WITHDRAWN: self._withdrawn,
            Standing.NOBODY: lambda _office, _begun: None,
        }
        ways.get(office.standing, self._appointed)(office, begun)

    def _appointed(self, office: Office, begun: date) -> None:
        self._appoint(office, office.admin, None, begun, self._last_day(office.standing))
        if office.standing in WITH_DEPUTY:
            self._appoint(
                office, office.deputy, Power.DEPUTY, begun + timedelta(days=7), self._last_day(Standing.VALID)
            )
        if office.standing == Standing.AWAY:
            self._do(self.stage.ago(2, 3), 60, lambda: self._is_away(office))
        if office.standing == Standing.REVOKED:
            self._do(self.stage.ago(12, 100), 90, lambda: self._revoke(office))
        if office.standing == Standing.EXTENDING:
            self._ask(office, self.stage.ago(1, 6), continues=True)

    def _last_day(self, standing: Standing) -> date:
        chance = self.stage.chance
        if standing in (Standing.ENDS_SOON, Standing.EXTENDING):
            return self.stage.today + timedelta(days=chance.randint(6, 56))
        if standing == Standing.ENDED:
            return self.stage.today - timedelta(days=chance.randint(6, 70))
        return self.stage.today + timedelta(days=chance.randint(120, 700))

    def _appoint(self, office: Office, person: Resident, power: Power | None, begun: date, until: date) -> None:
        letter, scan = self._letter(office, person, power or Power.SSO_ADMIN, begun, until)

        def act() -> None:
            with self.stage.acting(self._above(office)) as viewer:
                unit = units.find(office.code)
                assert unit is not None
                made = appointments.appoint(
                    viewer, self.stage.accounts[person.key], unit.id, letter, scan.result(), power
                )
                self.made[person.key, Power(made.power)] = made.id

        self._do(begun, 120, act)

    def _letter(self, office: Office, person: Resident, power: Power, dated: date, until: date) -> tuple[Letter, Paper]:
        """A letter of the office, and its scan on the way into the vault."""
        self.number += 1
        number = f"{office.code}/ว {self.number}"
        name, duty = f"{person.title}{person.given_name} {person.family_name}", str(POWER_NAMES[power])
        told = number, office.name, papers.day_of(dated), name, duty, papers.day_of(until), SIGNED_BY
        scan = self.stage.paint(lambda: papers.letter(*told), "หนังสือมอบหมาย.png")
        return Letter(number, dated, SIGNED_BY, dated, until), scan

    def _above(self, office: Office) -> Resident:
        """Who decides for an office: the admin of the district that supervises it, else of the province."""
        above = self.at.get(office.supervisor)
        return above.admin if above else Resident(**vars(PROVINCIAL))

    def _do(self, day: date, minutes: int, act: Callable[[], object]) -> None:
        self.stage.chronicle.plan(office_hour(working_day(day), minutes), act)

    def _is_away(self, office: Office) -> None:
        with self.stage.acting(office.admin) as viewer:
            today = self.stage.today
            absences.mark(viewer, self.made[office.admin.key, Power.SSO_ADMIN], today, today + timedelta(days=6))

    def _revoke(self, office: Office) -> None:
        with self.stage.acting(self._above(office)) as viewer:
            appointments.end(viewer, self.made[office.admin.key, Power.SSO_ADMIN], OVER_AT_LAST)

    def _provisional(self, office: Office, _begun: date) -> None:
        day = self.stage.ago(20, 100)

        def act() -> None:
            unit = units.find(office.code)
            assert unit is not None
            provisional.make(self.stage.accounts[office.admin.key], unit.id, day + timedelta(days=170))
            db.session.commit()

        self._do(day, 30, act)

    def _asked(self, office: Office, _begun: date) -> None:
        self._ask(office, self.stage.ago(0, 9))

    def _returned(self, office: Office, _begun: date) -> None:
        self._decided(office, self.stage.ago(9, 12), Action.RETURN, RETURNED_FOR)

    def _refused(self, office: Office, _begun: date) -> None:
        self._decided(office, self.stage.ago(30, 60), Action.REFUSE, REFUSED_FOR)

    def _decided(self, office: Office, asked: date, outcome: Action, reason: str) -> None:
        self._ask(office, asked)

        def act() -> None:
            with self.stage.acting(self._above(office)) as viewer:
                found = self._request(office)
                requests.decide(viewer, found.id, Verdict(outcome, reason, found.version))

        self._do(asked + timedelta(days=4), 200, act)

    def _withdrawn(self, office: Office, _begun: date) -> None:
        asked = self.stage.ago(18, 25)
        self._ask(office, asked)

        def act() -> None:
            with self.stage.acting(office.people[-1]) as viewer:
                found = self._request(office)
                requests.withdraw(viewer, found.id, found.version)

        self._do(asked + timedelta(days=3), 100, act)

    def _request(self, office: Office) -> requests.AppointmentRequest:
        unit = units.find(office.code)
        assert unit is not None
        return requests.of_unit(unit.id)[0]

    def _ask(self, office: Office, day: date, *, continues: bool = False) -> None:
        day = working_day(day)
        letter, scan = self._letter(office, office.admin, Power.SSO_ADMIN, day, day + timedelta(days=1000))

        def act() -> None:
            with self.stage.acting(office.people[-1]) as viewer:
                unit = units.find(office.code)
                assert unit is not None
                continued = self.made[office.admin.key, Power.SSO_ADMIN] if continues else None
                wanted = Wanted(self.stage.accounts[office.admin.key], Power.SSO_ADMIN, continued)
                requests.ask(viewer, unit.id, wanted, letter, scan.result())

        self._do(day, 45, act)
