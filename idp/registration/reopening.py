"""A rejected request is taken up again; the rejection stays written beside its version."""

from idp import clock
from idp.refusal import N_, Conflict
from idp.registration import rules, versions
from idp.registration.models import Registration
from idp.registration.operations import answers_of, check_version, flush_waiting, lock, move
from idp.registration.rules import Action, State


def reopen(registration_id: int, reason: str, seen_version: int) -> Registration:
    """Take a rejected request up again as a new version. Raises `Conflict` when it changed, another one waits, or its
    documents are destroyed."""
    registration = lock(registration_id)
    rules.after(State(registration.state), Action.REOPEN)
    if registration.evidence_destroyed_at is not None:
        raise Conflict(
            N_("เอกสารของคำขอนี้ถูกทำลายแล้วเมื่อครบกำหนดเก็บรักษา จึงเปิดพิจารณาใหม่ไม่ได้"),
            next_step=N_("แจ้งผู้ขอให้ส่งคำขอใหม่พร้อมเอกสาร"),
            code="evidence_destroyed",
        )
    check_version(registration, seen_version)
    move(registration, Action.REOPEN)
    registration.submitted_at = clock.now()  # its wait begins anew
    registration.decided_at, registration.outcome_reason, registration.to_correct = None, "", []
    flush_waiting(N_("ผู้ขอส่งคำขอใหม่ถึงหน่วยงานนี้แล้วและกำลังรอพิจารณา จึงเปิดคำขอเดิมไม่ได้"), N_("พิจารณาคำขอใหม่ของผู้ขอแทน"))
    versions.keep(registration, answers_of(registration), registration.submitted_at, reason)
    return registration
