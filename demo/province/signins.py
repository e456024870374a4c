"""Who signed in during the last three months, from where, and what an admin's ordinary work leaves in the record."""

from collections.abc import Callable, Sequence
from datetime import timedelta

from demo.moved_clock import Act, office_hour, working_day
from demo.province.residents import Office, Resident, Standing
from demo.province.stage import Stage
from idp.access.rules import Viewer
from idp.accounts import operations as accounts
from idp.audit.operations import traffic_at_once
from idp.clients import operations as clients
from idp.signin import operations as signin
from idp.staff import invitations
from idp.staff import operations as staff
from idp.staff.invitations import Draft
from idp.units import operations as units
from thai_web import clock

KEPT = 85  # days; the product keeps ninety
BROWSERS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Linux; Android 14; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 "
    "Mobile/15E148 Safari/604.1",
)
SUSPENDED_FOR = "อยู่ระหว่างตรวจสอบการใช้งานที่ผิดปกติ"
REINSTATED_FOR = "ตรวจสอบแล้วไม่พบสิ่งผิดปกติ"
LEFT = "โอนย้ายไปหน่วยงานอื่น"


class Signins:
    """Plans them."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.devices: dict[str, str] = {}  # what the browser of a person holds, by their key

    def plan(self, people: Sequence[Resident]) -> None:
        """Two of three came, some of them often; now and then with a wrong password first."""
        for person in people:
            if self.stage.chance.random() < 0.65:
                for _ in range(self.stage.chance.choice((1, 1, 2, 3, 5))):
                    self._plan(person)

    def _plan(self, person: Resident) -> None:
        chance = self.stage.chance
        browser, address = chance.choice(BROWSERS), f"198.51.100.{person.number % 250 + 1}"
        slips = chance.random() < 0.06

        def act() -> None:
            account_id = self.stage.accounts.get(person.key)
            if account_id is None:
                return  # comes to the office later
            if slips:
                traffic_at_once("signin.refused", account_id, address)
            device = self.devices.get(person.key, "")
            begun = signin.begin_session(account_id, address, ["pwd"], signin.rules.PASSWORD_ACR, browser, device)
            self.devices[person.key] = begun.device

        self.stage.chronicle.plan(office_hour(working_day(self.stage.ago(1, KEPT)), chance.randint(0, 459)), act)


class HelpGiven:
    """Plans what admins do for their people: invitations, a stopped account, somebody who left."""

    def __init__(self, stage: Stage, offices: Sequence[Office]) -> None:
        self.stage = stage
        self.offices = [each for each in offices if each.standing == Standing.VALID and len(each.people) > 2]

    def plan(self) -> None:
        for place, office in enumerate(self.offices[:12]):
            acts = (self._invite, self._suspend, self._end_posting)
            acts[place % 3](office, still=place >= 6)

    def _invite(self, office: Office, *, still: bool) -> None:
        def act() -> None:
            unit = units.find(office.code)
            assert unit is not None
            roles = [each.id for each in clients.roles_for(unit.kind) if each.code == "reporter"]
            address = f"new.{office.code}@mail.example.com"
            with self.stage.acting(office.admin) as viewer:
                invitations.invite(viewer, unit, Draft("สมหญิง เพียรงาน", address, "เจ้าพนักงานธุรการ", roles))

        self._do(office, self.stage.chance.randint(1, 5) if still else self.stage.chance.randint(9, 30), act)

    def _suspend(self, office: Office, *, still: bool) -> None:
        self._do(office, 20, lambda: self._for_the_last(office, staff.suspend, SUSPENDED_FOR))
        if not still:
            self._do(office, 15, lambda: self._for_the_last(office, staff.reinstate, REINSTATED_FOR))

    def _end_posting(self, office: Office, *, still: bool) -> None:
        def act() -> None:
            with self.stage.acting(office.admin) as viewer:
                staff.end_posting(viewer, self._posting(office.people[-1]), clock.today(), LEFT)

        self._do(office, 10 if still else 40, act)

    def _for_the_last(self, office: Office, act: Callable[[Viewer, int, str], object], reason: str) -> None:
        with self.stage.acting(office.admin) as viewer:
            act(viewer, self._posting(office.people[-1]), reason)

    def _posting(self, person: Resident) -> int:
        return accounts.postings(self.stage.accounts[person.key], clock.today())[0].id

    def _do(self, office: Office, days: int, act: Act) -> None:
        day = working_day(self.stage.today - timedelta(days=days))
        self.stage.chronicle.plan(office_hour(day, office.admin.number), act)
