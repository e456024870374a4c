"""One outcome over several cases: each by itself, with its own result."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass

from idp.access.rules import Viewer
from idp.approval import operations
from idp.approval.operations import Verdict
from idp.audit.operations import record_refusal
from idp.database import per_row
from idp.registration import operations as registration
from thai_web.refusal import N_, NotFound, Refusal

MOST = 50
log = logging.getLogger("idp")


@dataclass(frozen=True)
class Picked:
    """A case as it was picked in a list: its reference, and the version that was on screen."""

    reference: str
    version: int


@dataclass(frozen=True)
class Result:
    """What became of one: nothing is wrong, or the refusal. `name`: whose request it is."""

    picked: Picked
    name: str
    refusal: Refusal | None


def decide_each(viewer: Viewer, picked: Iterable[Picked], verdict: Verdict) -> list[Result]:
    """Decide each as `operations.decide` does, with the authority asked for each; one that is refused stops no other.

    In the order of references: two who decide the same cases at once wait for each other, never both for ever.
    """

    def decide(one: Picked) -> None:
        case = registration.find_by_reference(one.reference)
        if case is None or case.submitted_at is None:
            raise NotFound(N_("ไม่พบคำขอนี้"))
        said = Verdict(verdict.outcome, verdict.reason, one.version, (), verdict.reason_code, verdict.mail_text)
        operations.decide(viewer, case, said)
        names[one.reference] = case.name

    names: dict[str, str] = {}
    rows = sorted(set(picked), key=lambda one: one.reference)[:MOST]
    return [Result(one, names.get(one.reference, ""), _refusal(error)) for one, error in per_row(rows, decide)]


def _refusal(error: Exception | None) -> Refusal | None:
    if error is None:
        return None
    if not isinstance(error, Refusal):
        log.error("a case of a bulk decision failed", exc_info=error)
        return Refusal(N_("บันทึกรายการนี้ไม่สำเร็จ โปรดเปิดคำขอแล้วลองใหม่"))
    record_refusal(error)  # its savepoint is gone, and with it nothing of the others
    return error
