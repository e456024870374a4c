"""When an appointment is in force, who decides for a unit, and what a letter must carry."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from idp.access.rules import Power
from idp.refusal import N_, Refusal

LONGEST_TERM_YEARS = 4


@dataclass(frozen=True)
class Term:
    """An appointment as the rules see it."""

    appointment_id: int
    account_id: int
    unit_id: int
    power: Power
    starts_on: date
    ends_on: date
    ended_on: date | None = None

    def in_force(self, day: date) -> bool:
        """Both ends inclusive, by the calendar of Bangkok; an early end takes effect at once."""
        return self.starts_on <= day <= self.ends_on and self.ended_on is None


@dataclass(frozen=True)
class Deciders:
    """The unit that decides, and those who may, each with the appointment in force."""

    unit_id: int
    terms: tuple[Term, ...]


def deciders(chain: Sequence[int], terms: Iterable[Term], day: date, without: Collection[int] = ()) -> Deciders | None:
    """Who decides for the first unit of `chain`: its own admins, else those of the next office above that has one.

    Arguments: `chain`, unit ids from the unit up to DLA; `terms`, appointments at any of them; `day`, in Bangkok;
    `without`, accounts that must not decide (nobody decides on himself). None when nobody at all holds a power.
    """
    valid = [term for term in terms if term.in_force(day) and term.account_id not in without]
    for unit_id in chain:
        here = tuple(term for term in valid if term.unit_id == unit_id)
        if here:
            return Deciders(unit_id, here)
    return None


def check_letter(number: str, letter_date: date, starts_on: date, ends_on: date, today: date) -> None:
    """Raises `Refusal` naming the field whose date cannot be."""
    if not number.strip():
        raise Refusal(N_("กรอกเลขที่หนังสือ"), code="letter_number")
    if letter_date > today:
        raise Refusal(N_("วันที่ของหนังสือต้องไม่อยู่ในอนาคต"), code="letter_date")
    if ends_on < starts_on:
        raise Refusal(N_("วันสิ้นสุดต้องไม่อยู่ก่อนวันเริ่มต้น"), code="ends_on")
    if ends_on < today:
        raise Refusal(N_("วันสิ้นสุดผ่านไปแล้ว โปรดตรวจสอบวันที่ในหนังสือ"), code="ends_on")
    if (ends_on.year - LONGEST_TERM_YEARS, ends_on.month, ends_on.day) >= (
        starts_on.year,
        starts_on.month,
        starts_on.day,
    ):
        raise Refusal(N_("ระยะเวลามอบหมายต้องไม่เกิน 4 ปี หากนานกว่านั้นให้ออกหนังสือใหม่"), code="ends_on")
    if starts_on < letter_date:
        raise Refusal(N_("วันเริ่มต้นต้องไม่อยู่ก่อนวันที่ของหนังสือ"), code="starts_on")


def power_for(unit_kind: str) -> Power:
    """The power that an appointment at a unit of this kind brings."""
    return Power.DLA_OFFICER if unit_kind == "DLA" else Power.SSO_ADMIN
