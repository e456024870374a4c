"""The ready answers of an office, and those that every office has."""

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from idp.approval import reasons
from idp.approval.models import CannedReply
from idp.approval.reasons import STANDARD_ANSWERS, Outcome, ReplyText
from idp.audit.operations import record
from idp.database import db
from thai_web import clock
from thai_web.refusal import N_, NotFound, Refusal

MOST = 50


@dataclass(frozen=True)
class Offered:
    """An answer as the decision page offers it; `key` names it in the form."""

    key: str
    name: str
    outcome: str
    reason_code: str
    reason: str
    mail_text: str


def of(unit_id: int) -> list[CannedReply]:
    """An office's own, by outcome and name."""
    statement = (
        select(CannedReply)
        .where(CannedReply.unit_id == unit_id)
        .order_by(CannedReply.outcome, CannedReply.name, CannedReply.id)
    )
    return list(db.session.scalars(statement))


def offered(unit_id: int) -> list[Offered]:
    """What somebody deciding for an office may take up: the office's own first, then the standard ones."""
    own = [
        Offered(str(each.id), each.name, each.outcome, each.reason_code, each.reason, each.mail_text)
        for each in of(unit_id)
    ]
    standard = [
        Offered(f"standard-{number}", _(each.name), each.outcome, each.reason_code, each.reason, each.mail_text)
        for number, each in enumerate(STANDARD_ANSWERS)
    ]
    return own + standard


def find(unit_id: int, key: str) -> Offered | None:
    """One of those offered; another office's is not."""
    return next((each for each in offered(unit_id) if each.key == key), None)


def own(unit_id: int, answer_id: int) -> CannedReply:
    """One of an office's own. Raises `NotFound`, also for one that is another office's."""
    answer = db.session.get(CannedReply, answer_id)
    if answer is None or answer.unit_id != unit_id:
        raise NotFound(N_("ไม่พบคำตอบสำเร็จรูปนี้"))
    return answer


def faults(unit_id: int, answer: ReplyText, answer_id: int | None = None) -> list[Refusal]:
    """Everything for which `save` would refuse an answer, each naming its field."""
    found = reasons.faults(Outcome(answer.outcome), answer.reason, answer.reason_code, answer.mail_text)
    if answer_id is None and len(of(unit_id)) >= MOST:
        message = N_("เก็บคำตอบสำเร็จรูปได้ไม่เกิน %(most)s รายการ โปรดลบรายการที่ไม่ใช้ก่อน")
        found.append(Refusal(message, most=MOST, code="name", status=422))
    return found


def save(unit_id: int, answer: ReplyText, answer_id: int | None = None) -> CannedReply:
    """Add one, or change the one of this id. Its text is checked now, so that nobody finds its faults when sending.

    Raises the first `Refusal` of `faults`.
    """
    for refusal in faults(unit_id, answer, answer_id):
        raise refusal
    saved = own(unit_id, answer_id) if answer_id is not None else CannedReply(unit_id=unit_id)
    columns: dict[str, Any] = vars(answer) | {"updated_at": clock.now()}
    for name, value in columns.items():
        setattr(saved, name, value)
    db.session.add(saved)
    db.session.flush()
    record("answer.saved", subject=("ready_answer", saved.id), unit_id=unit_id, answer_id=saved.id)
    return saved


def remove(unit_id: int, answer_id: int) -> None:
    """Delete one; what was sent with it stays with its decision."""
    db.session.delete(own(unit_id, answer_id))
    record("answer.removed", subject=("ready_answer", answer_id), unit_id=unit_id, answer_id=answer_id)
