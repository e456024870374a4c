"""Who may decide a case, when it climbs to the office above, and when it can be taken up."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from idp.appointments import rules as appointments
from idp.appointments.rules import Deciders, Term
from idp.registration.rules import REFUSED, State
from thai_web.refusal import N_, Conflict, Forbidden

MUTUAL = timedelta(days=365)  # so long nobody decides on the one who decided on them


@dataclass(frozen=True)
class Bars:
    """Who must not decide a case although they could: the applicant's own accounts, those who owe the applicant a
    decision of the last year, and everybody below an office where the applicant holds a power."""

    own: frozenset[int] = frozenset()
    mutual: frozenset[int] = frozenset()
    superior_at: frozenset[int] = frozenset()

    def below(self, chain: Sequence[int]) -> set[int]:
        """The offices of a chain that stand below one where the applicant holds a power."""
        reach = max((chain.index(unit_id) for unit_id in self.superior_at if unit_id in chain), default=0)
        return set(chain[:reach])

    def accounts(self, chain: Sequence[int], terms: Iterable[Term]) -> set[int]:
        """The accounts barred, of those appointed along the chain."""
        below = self.below(chain)
        return {*self.own, *self.mutual, *(term.account_id for term in terms if term.unit_id in below)}


NONE = Bars()


def offices(chain: Sequence[int], terms: Sequence[Term], day: date, bars: Bars = NONE) -> list[Deciders]:
    """Every office that can decide for the first unit of `chain`, the nearest first.

    Arguments as for `appointments.rules.deciders`, which says who it is each time; `bars`, who must not.
    """
    found, left, without = [], list(chain), bars.accounts(chain, terms)
    while left and (nearest := appointments.deciders(left, terms, day, without)):
        found.append(nearest)
        left = left[left.index(nearest.unit_id) + 1 :]
    return found


def reached(found: list[Deciders], waited: int, delay: int) -> list[Deciders]:
    """The offices that may decide by now: the nearest, and one further for each `delay` working days that the case has
    waited. The first one keeps it: whoever comes back may still decide."""
    return found[: 1 + waited // delay]


def authority(found: Iterable[Deciders], account_id: int) -> Term:
    """The appointment under which this account decides. Raises `Forbidden` when it is somebody else's case."""
    for term in (term for deciders in found for term in deciders.terms):
        if term.account_id == account_id:
            return term
    raise Forbidden(
        N_("คำขอนี้ไม่ได้อยู่ในอำนาจพิจารณาของท่านแล้ว"),
        next_step=N_("โปรดกลับไปที่รายการคำขอ ระบบแสดงเฉพาะคำขอที่ท่านพิจารณาได้"),
        code="not_yours",
    )


def check_not_own(own_national_id: bytes | None, case_national_id: bytes) -> None:
    """Nobody decides on themselves, whatever authority they hold."""
    if own_national_id is not None and own_national_id == case_national_id:
        raise _conflict(N_("ท่านพิจารณาคำขอของตนเองไม่ได้"), "own_case")


def check_conflicts(bars: Bars, account_id: int, chain: Sequence[int], held: Collection[int]) -> None:
    """Raises `Forbidden` for one who owes the applicant a decision, or stands below an office of the applicant's.

    Arguments: `held`, the units where this account holds a power.
    """
    if account_id in bars.own:
        raise _conflict(N_("ท่านพิจารณาคำขอของตนเองไม่ได้"), "own_case")
    if account_id in bars.mutual:
        raise _conflict(N_("ผู้ขอเคยพิจารณาคำขอหรือการมอบหมายของท่านภายใน 1 ปี ท่านจึงพิจารณาคำขอของผู้ขอไม่ได้"), "mutual")
    if bars.below(chain) & set(held):
        raise _conflict(N_("ผู้ขอเป็นผู้ดูแลของหน่วยงานที่กำกับท่าน ท่านจึงพิจารณาคำขอของผู้ขอไม่ได้"), "superior")


def _conflict(message: str, code: str) -> Forbidden:
    return Forbidden(message, next_step=N_("คำขอนี้ต้องพิจารณาโดยผู้ดูแลคนอื่นหรือหน่วยงานที่กำกับ"), code=code)


def check_waiting(state: State) -> None:
    """Raises `Conflict`, telling the present state, for a case that waits for no decision (any more)."""
    if state != State.SUBMITTED:
        raise Conflict(REFUSED[state], code=f"registration_{state.lower()}")
