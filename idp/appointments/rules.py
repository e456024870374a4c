"""When an appointment is in force, who decides for a unit, what a letter must carry, and when its end is announced."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from idp.access.rules import Power
from idp.accounts.rules import holds_national_id
from thai_web.refusal import N_, Conflict, Forbidden, Refusal

LONGEST_TERM_YEARS = 4
LONGEST_PROVISIONAL = timedelta(days=180)
LONGEST_ABSENCE = timedelta(days=120)
WARNINGS = (60, 30, 7)  # days before the end
ADMINS = frozenset({Power.SSO_ADMIN, Power.DLA_OFFICER})  # who decide; a deputy stands in, an auditor only reads


@dataclass(frozen=True)
class Term:
    """An appointment as the rules see it. `is_away`: its holder marked the day asked about as one of absence."""

    appointment_id: int
    account_id: int
    unit_id: int
    power: Power
    starts_on: date
    ends_on: date
    ended_on: date | None = None
    is_away: bool = False
    made_by: int | None = None  # the account that decided it

    def in_force(self, day: date) -> bool:
        """Both ends inclusive, by the calendar of Bangkok; an early end takes effect at once."""
        return self.starts_on <= day <= self.ends_on and self.ended_on is None


class Standing(StrEnum):
    """How the deciders of a unit came to decide for it."""

    OWN = "OWN"  # the unit's own admins
    DEPUTY = "DEPUTY"  # the admins are away, their deputies stand in
    AWAY = "AWAY"  # the admins are away and have no deputy: an office above
    VACANT = "VACANT"  # no admin in force, or none who may decide this case: an office above


@dataclass(frozen=True)
class Deciders:
    """The unit that decides, and those who may, each with the appointment in force.

    `away` are the admins of the first unit who are absent that day: they still see what was routed past them.
    """

    unit_id: int
    terms: tuple[Term, ...]
    standing: Standing = Standing.OWN
    away: tuple[Term, ...] = ()

    @property
    def accounts(self) -> frozenset[int]:
        """Who decides."""
        return frozenset(term.account_id for term in self.terms)


def deciders(chain: Sequence[int], terms: Iterable[Term], day: date, without: Collection[int] = ()) -> Deciders | None:
    """Who decides for the first unit of `chain`: its own admins, else those of the next office above that has one.

    Where all admins of an office are away, its deputies stand in; where it has none, the next office above decides for
    these days. A deputy's power hangs on an admin in force: a vacancy goes up, it does not go down.

    Arguments: `chain`, unit ids from the unit up to DLA; `terms`, appointments at any of them, as of `day`; `day`, in
    Bangkok; `without`, accounts that must not decide (nobody decides on themselves). None when nobody at all may.
    """
    valid = [term for term in terms if term.in_force(day)]
    first = chain[0] if chain else None
    away = tuple(term for term in valid if term.unit_id == first and term.power in ADMINS and term.is_away)
    for unit_id in chain:
        admins = [term for term in valid if term.unit_id == unit_id and term.power in ADMINS]
        here = tuple(term for term in admins if not term.is_away and term.account_id not in without)
        standing = Standing.OWN
        if not here and stands_in(admins):
            here, standing = _deputies(valid, unit_id, without), Standing.DEPUTY
        if here:
            if unit_id != first:
                standing = Standing.AWAY if away else Standing.VACANT
            return Deciders(unit_id, here, standing, away)
    return None


def stands_in(admins: Collection[Term]) -> bool:
    """Whether the deputies of an office stand in, by its admins in force: there are some, and all are away."""
    return bool(admins) and all(term.is_away for term in admins)


def _deputies(terms: Iterable[Term], unit_id: int, without: Collection[int]) -> tuple[Term, ...]:
    return tuple(
        term
        for term in terms
        if term.unit_id == unit_id
        and term.power == Power.DEPUTY
        and not term.is_away
        and term.account_id not in without
    )


def check_letter(number: str, letter_date: date, starts_on: date, ends_on: date, today: date) -> None:
    """Raises `Refusal` naming the field whose date cannot be."""
    if not number.strip():
        raise Refusal(N_("โปรดกรอกเลขที่หนังสือ"), code="letter_number")
    for field, message in letter_faults(letter_date, starts_on, ends_on, today).items():
        raise Refusal(message, code=field)


def letter_faults(
    letter_date: date | None, starts_on: date | None, ends_on: date | None, today: date
) -> dict[str, str]:
    """What is wrong with the dates of a letter, beside their fields. A date that is not known yet is not compared."""
    faults = {}
    if letter_date and letter_date > today:
        faults["letter_date"] = N_("วันที่ของหนังสือต้องไม่อยู่ในอนาคต")
    if starts_on and letter_date and starts_on < letter_date:
        faults["starts_on"] = N_("วันเริ่มต้นต้องไม่อยู่ก่อนวันที่ของหนังสือ")
    if ends_on and starts_on and ends_on < starts_on:
        faults["ends_on"] = N_("วันสิ้นสุดต้องไม่อยู่ก่อนวันเริ่มต้น")
    elif ends_on and ends_on < today:
        faults["ends_on"] = N_("วันสิ้นสุดผ่านไปแล้ว โปรดตรวจสอบวันที่ในหนังสือ")
    elif ends_on and starts_on and _is_too_long(starts_on, ends_on):
        faults["ends_on"] = N_("ระยะเวลามอบหมายต้องไม่เกิน 4 ปี หากนานกว่านั้นให้ออกหนังสือใหม่")
    return faults


def _is_too_long(starts_on: date, ends_on: date) -> bool:
    return (ends_on.year - LONGEST_TERM_YEARS, ends_on.month, ends_on.day) >= (
        starts_on.year,
        starts_on.month,
        starts_on.day,
    )


def check_provisional(ends_on: date, today: date) -> None:
    """Raises `Refusal`: what has no letter is short."""
    if not today <= ends_on <= today + LONGEST_PROVISIONAL:
        raise Refusal(N_("การมอบหมายชั่วคราวต้องสิ้นสุดตั้งแต่วันนี้ถึงไม่เกิน 180 วัน"), code="provisional_until")


def power_for(unit_kind: str) -> Power:
    """The power to decide that an appointment at a unit of this kind brings."""
    return Power.DLA_OFFICER if unit_kind == "DLA" else Power.SSO_ADMIN


def powers_for(unit_kind: str) -> tuple[Power, ...]:
    """What somebody can be appointed to at a unit of this kind."""
    return power_for(unit_kind), Power.DEPUTY, Power.AUDITOR


def conflicts(terms: Iterable[Term], holder_id: int, asker_id: int | None) -> set[int]:
    """The accounts among `terms` that must not decide about a holder: they themselves, who asked for it, and whoever
    owes them the very authority. That nobody decides up the chain follows from `deciders`: they stand above it."""
    owing = {term.account_id for term in terms if term.made_by == holder_id}
    return owing | {holder_id} | ({asker_id} if asker_id is not None else set())


def conflict(account_id: int, holder_id: int, asker_id: int | None) -> Forbidden:
    """Why somebody who could decide at the unit must not decide about this holder."""
    if account_id == holder_id:
        return _refused(N_("ท่านพิจารณาการมอบหมายของตนเองไม่ได้"), "own appointment")
    if account_id == asker_id:
        return _refused(N_("ท่านพิจารณาคำขอที่ท่านเป็นผู้ยื่นไม่ได้"), "own request")
    return _refused(N_("อำนาจของท่านมาจากการพิจารณาของผู้นี้ จึงพิจารณาการมอบหมายของผู้นี้ไม่ได้"), "mutual")


def _refused(message: str, why: str) -> Forbidden:
    return Forbidden(
        message,
        next_step=N_("โปรดให้ผู้ดูแลคนอื่นของหน่วยงานที่กำกับ หรือหน่วยงานชั้นถัดไป เป็นผู้พิจารณา"),
        audit="refused.appointment",
        facts={"why": why},
    )


SHORTEST_REASON = 10


def check_reason(reason: str, *, is_needed: bool) -> None:
    """A no without a reason is no decision; a reason goes out by mail and must not carry a national ID."""
    if is_needed and len(reason.strip()) < SHORTEST_REASON:
        raise Refusal(N_("โปรดระบุเหตุผลให้หน่วยงานเข้าใจ อย่างน้อย 10 ตัวอักษร"), code="reason", status=422)
    if holds_national_id(reason):
        raise Refusal(N_("โปรดอย่าใส่เลขประจำตัวประชาชนในเหตุผล"), code="reason", status=422)


def warning_due(ends_on: date, warned: int | None, today: date) -> int | None:
    """Which warning is due: the nearest of 60, 30 and 7 days that is reached and not yet given. None otherwise."""
    left = (ends_on - today).days
    reached = [days for days in WARNINGS if 0 <= left <= days]
    return min(reached) if reached and (warned is None or warned > min(reached)) else None


def check_absence(starts_on: date, ends_on: date, today: date, term_ends_on: date) -> None:
    """Raises `Refusal` naming the field whose date cannot be."""
    for field, message in absence_faults(starts_on, ends_on, today, term_ends_on).items():
        raise Refusal(message, code=field)


def absence_faults(starts_on: date | None, ends_on: date | None, today: date, term_ends_on: date) -> dict[str, str]:
    """What is wrong with days of absence, beside their fields. A date that is not known yet is not compared."""
    faults = {}
    if starts_on and starts_on < today:
        faults["starts_on"] = N_("วันแรกที่ไม่อยู่ต้องเป็นวันนี้หรือหลังจากนี้")
    if ends_on and starts_on and ends_on < starts_on:
        faults["ends_on"] = N_("วันสิ้นสุดต้องไม่อยู่ก่อนวันเริ่มต้น")
    elif ends_on and ends_on > term_ends_on:
        faults["ends_on"] = N_("วันสุดท้ายที่ไม่อยู่ต้องไม่เกินวันสิ้นสุดของการมอบหมาย")
    elif ends_on and starts_on and ends_on - starts_on >= LONGEST_ABSENCE:
        faults["ends_on"] = N_("บันทึกได้ครั้งละไม่เกิน 120 วัน หากนานกว่านั้นควรมอบหมายผู้อื่น")
    return faults


class State(StrEnum):
    """Where a request for an appointment stands."""

    WAITING = "WAITING"
    RETURNED = "RETURNED"
    APPROVED = "APPROVED"
    REFUSED = "REFUSED"
    WITHDRAWN = "WITHDRAWN"


STATE_NAMES = {
    State.WAITING: N_("รอพิจารณา"),
    State.RETURNED: N_("ส่งกลับให้แก้ไข"),
    State.APPROVED: N_("อนุมัติแล้ว"),
    State.REFUSED: N_("ไม่อนุมัติ"),
    State.WITHDRAWN: N_("ถอนคำขอแล้ว"),
}


class Action(StrEnum):
    """What can be done to a request."""

    CORRECT = "CORRECT"
    WITHDRAW = "WITHDRAW"
    APPROVE = "APPROVE"
    RETURN = "RETURN"
    REFUSE = "REFUSE"


class Party(StrEnum):
    """What somebody is to a request, the first that fits."""

    UNIT = "UNIT"  # who asked, or who is to be appointed, while posted in the unit
    DECIDER = "DECIDER"  # may appoint at the unit today, and stands in no conflict
    CONFLICTED = "CONFLICTED"  # may appoint at the unit, but not this person
    READER = "READER"  # holds a power at the unit or above it, and does not decide
    OTHER = "OTHER"


# The whole matrix: what is not here is refused. `docs/reference/appointments.md` is written from it.
FOLLOWS: dict[tuple[State, Action, Party], State] = {
    (State.WAITING, Action.APPROVE, Party.DECIDER): State.APPROVED,
    (State.WAITING, Action.RETURN, Party.DECIDER): State.RETURNED,
    (State.WAITING, Action.REFUSE, Party.DECIDER): State.REFUSED,
    (State.WAITING, Action.WITHDRAW, Party.UNIT): State.WITHDRAWN,
    (State.RETURNED, Action.CORRECT, Party.UNIT): State.WAITING,
    (State.RETURNED, Action.WITHDRAW, Party.UNIT): State.WITHDRAWN,
}
OPEN = frozenset({State.WAITING, State.RETURNED})


def after(state: State, action: Action, party: Party) -> State:
    """The state that follows. Raises `Conflict` where somebody was faster, `Forbidden` for whoever may never."""
    if (state, action, party) in FOLLOWS:
        return FOLLOWS[state, action, party]
    if party in {each for (_state, may, each) in FOLLOWS if may == action}:
        raise Conflict(OVERTAKEN[state], next_step=N_("โปรดเปิดหน้าคำขออีกครั้งเพื่อดูผลล่าสุด"), code=f"request_{state.lower()}")
    raise Forbidden(
        N_("ท่านไม่มีอำนาจทำรายการนี้กับคำขอมอบหมาย"),
        next_step=N_("ผู้ยื่นแก้ไขหรือถอนคำขอได้ หน่วยงานที่กำกับเป็นผู้พิจารณา"),
        audit="refused.appointment",
        facts={"why": f"{action} as {party}"},
    )


OVERTAKEN = {
    State.WAITING: N_("คำขอนี้กำลังรอพิจารณา จึงแก้ไขไม่ได้"),
    State.RETURNED: N_("คำขอนี้ถูกส่งกลับให้แก้ไขแล้ว"),
    State.APPROVED: N_("คำขอนี้ได้รับอนุมัติแล้ว"),
    State.REFUSED: N_("คำขอนี้ได้รับผลไม่อนุมัติแล้ว"),
    State.WITHDRAWN: N_("ผู้ยื่นถอนคำขอนี้แล้ว"),
}
