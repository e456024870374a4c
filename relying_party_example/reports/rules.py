"""The states of a report and who may do what in which phase: the one table, and every reason for a no."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from relying_party_example.periods.rules import Phase, Window
from relying_party_example.signin.rules import Person, Role
from relying_party_example.units.rules import DISTRICT_ROUTED, UnitKind
from thai_web.refusal import N_, Conflict, Forbidden, Refusal


class State(StrEnum):
    """Where a report stands. Nil, late and the number of its version are attributes, not states."""

    NOT_STARTED = "NOT_STARTED"
    DRAFT = "DRAFT"
    SUBMITTED = "SUBMITTED"
    RETURNED = "RETURNED"
    CERTIFIED = "CERTIFIED"


STATE_NAMES = {
    State.NOT_STARTED: N_("ยังไม่บันทึก"),
    State.DRAFT: N_("ร่าง"),
    State.SUBMITTED: N_("ส่งจังหวัดแล้ว"),
    State.RETURNED: N_("ส่งกลับแก้ไข"),
    State.CERTIFIED: N_("จังหวัดรับรองแล้ว"),
}
REPORTED = (State.SUBMITTED, State.RETURNED, State.CERTIFIED)


class Timeliness(StrEnum):
    """When the report came, by the first valid submission since it was last a draft."""

    ON_TIME = "ON_TIME"
    LATE = "LATE"
    EXTENDED = "EXTENDED"


TIMELINESS_NAMES = {
    Timeliness.ON_TIME: N_("ทันกำหนด"),
    Timeliness.LATE: N_("ล่าช้า"),
    Timeliness.EXTENDED: N_("ส่งในเวลาที่ขยายให้"),
}
_TIMELINESS = {
    Phase.ON_TIME: Timeliness.ON_TIME,
    Phase.LATE: Timeliness.LATE,
    Phase.EXTENDED: Timeliness.EXTENDED,
}


class Action(StrEnum):
    """What can be done to a report."""

    START = "START"
    SAVE = "SAVE"
    DISCARD = "DISCARD"
    SUBMIT = "SUBMIT"
    RESUBMIT = "RESUBMIT"
    RECALL = "RECALL"
    RETURN = "RETURN"
    CERTIFY = "CERTIFY"
    REVOKE = "REVOKE"
    REVOKE_AND_RETURN = "REVOKE_AND_RETURN"


ACTION_NAMES = {
    Action.START: N_("เริ่มบันทึก"),
    Action.SAVE: N_("บันทึกร่าง"),
    Action.DISCARD: N_("ลบร่างรายงาน"),
    Action.SUBMIT: N_("ส่งรายงาน"),
    Action.RESUBMIT: N_("ส่งรายงานที่แก้ไขแล้ว"),
    Action.RECALL: N_("ดึงรายงานกลับมาแก้ไข"),
    Action.RETURN: N_("ส่งกลับให้แก้ไข"),
    Action.CERTIFY: N_("รับรองรายงาน"),
    Action.REVOKE: N_("เพิกถอนการรับรอง"),
    Action.REVOKE_AND_RETURN: N_("เพิกถอนการรับรองและส่งกลับให้แก้ไข"),
}


@dataclass(frozen=True)
class Row:
    """A row of the table: from which states, by which role, to which state (none: stays)."""

    role: Role
    before: tuple[State, ...]
    after: State | None


TABLE = {
    Action.START: Row(Role.REPORTER, (State.NOT_STARTED,), State.DRAFT),
    Action.SAVE: Row(Role.REPORTER, (State.DRAFT, State.RETURNED), None),
    Action.DISCARD: Row(Role.REPORTER, (State.DRAFT,), State.NOT_STARTED),
    Action.SUBMIT: Row(Role.REPORTER, (State.DRAFT,), State.SUBMITTED),
    Action.RESUBMIT: Row(Role.REPORTER, (State.RETURNED,), State.SUBMITTED),
    Action.RECALL: Row(Role.REPORTER, (State.SUBMITTED,), State.DRAFT),
    Action.RETURN: Row(Role.CERTIFIER, (State.SUBMITTED,), State.RETURNED),
    Action.CERTIFY: Row(Role.CERTIFIER, (State.SUBMITTED,), State.CERTIFIED),
    Action.REVOKE: Row(Role.CERTIFIER, (State.CERTIFIED,), State.SUBMITTED),
    Action.REVOKE_AND_RETURN: Row(Role.CERTIFIER, (State.CERTIFIED,), State.RETURNED),
}


@dataclass(frozen=True, kw_only=True)
class Situation:
    """All that the table looks at, gathered once."""

    state: State
    window: Window
    now: datetime
    unit_code: str
    province_code: str | None
    ever_submitted: bool = False
    submitter: str | None = None  # sub
    editor: str | None = None  # sub

    @property
    def phase(self) -> Phase:
        return self.window.phase(self.now)


def objection(action: Action, person: Person, situation: Situation) -> Refusal | None:
    """Why the person may not do it now, or nothing. The first reason that no waiting would cure comes first."""
    row = TABLE[action]
    if not person.has(row.role) or not _is_in_charge(row.role, person, situation):
        return Forbidden(
            N_("บทบาทของท่านใน INFO ทำรายการนี้ไม่ได้"),
            next_step=N_("หากต้องทำหน้าที่นี้ โปรดขอสิทธิ์จากผู้ดูแล SSO ของหน่วยงาน แล้วออกจากระบบและเข้าสู่ระบบใหม่"),
        )
    return _too_early_or_late(situation) or _wrong_state(action, situation) or _same_person(action, person, situation)


def allowed(person: Person, situation: Situation) -> frozenset[Action]:
    """Everything the person may do now; pages only render it."""
    return frozenset(action for action in Action if objection(action, person, situation) is None)


def state_after(action: Action, state: State) -> State:
    """The table's right-hand side."""
    return TABLE[action].after or state


def timeliness(phase: Phase) -> Timeliness:
    """What a submission from a draft counts as. A return does not cost the credit, a recall does unless sent again."""
    return _TIMELINESS[phase]


def _is_in_charge(role: Role, person: Person, situation: Situation) -> bool:
    if person.office is None:
        return False
    if role is Role.REPORTER:
        return person.office.code == situation.unit_code
    return person.office.province_code == situation.province_code


def _too_early_or_late(situation: Situation) -> Refusal | None:
    if situation.phase is Phase.NOT_OPEN:
        return Conflict(N_("งวดนี้ยังไม่เปิด"), next_step=N_("เริ่มบันทึกได้ตั้งแต่ %(day)s"), day=situation.window.opens_on)
    if not situation.phase.is_open:
        return Conflict(
            N_("งวดนี้ปิดแล้วเมื่อสิ้นวันที่ %(day)s"),
            next_step=N_("หากต้องแก้ไข ให้หน่วยงานแจ้ง สถจ. เพื่อขอให้ สถ. ขยายเวลา"),
            day=situation.window.last_day,
        )
    return None


def _wrong_state(action: Action, situation: Situation) -> Refusal | None:
    if situation.state not in TABLE[action].before:
        return Conflict(
            N_("ขณะนี้รายงานอยู่ในสถานะ “%(state)s” จึงทำรายการ “%(action)s” ไม่ได้"),
            state=STATE_NAMES[situation.state],
            action=ACTION_NAMES[action],
        )
    if action is Action.DISCARD and situation.ever_submitted:
        return Conflict(N_("รายงานนี้เคยส่งจังหวัดแล้ว จึงลบร่างไม่ได้"))
    return None


def _same_person(action: Action, person: Person, situation: Situation) -> Refusal | None:
    if action is Action.CERTIFY and person.sub in (situation.submitter, situation.editor):
        return Forbidden(
            N_("ผู้ที่บันทึกหรือส่งรายงานจะรับรองรายงานเดียวกันไม่ได้"),
            next_step=N_("โปรดให้ผู้รับรองคนอื่นของสำนักงานเป็นผู้รับรอง"),
        )
    return None


def may_read(person: Person, *, unit_code: str, kind: str, province: str | None, district: str | None) -> bool:
    """Own unit: all of it; province: its own; district: its own tambon municipalities and TAOs; DLA: every unit."""
    office = person.office
    if office is None or not person.roles:
        return False
    if office.kind is UnitKind.DLA:
        return True
    if office.kind is UnitKind.PROVINCIAL_OFFICE:
        return office.province_code == province
    if office.kind is UnitKind.DISTRICT_OFFICE:
        return office.district_code == district and kind in DISTRICT_ROUTED
    return office.code == unit_code


def days_left(day: date, today: date) -> int:
    """Days until and including `day`; none once it is over."""
    return max((day - today).days + 1, 0)
