"""Correcting what an account or a posting says of a person, shown to them with what stood there before."""

from collections.abc import Callable, Mapping

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select

from idp.access.rules import Viewer
from idp.accounts.rules import Proof, check_name, normalise_phone
from idp.audit.operations import record
from idp.database import db
from idp.notifications.operations import queue
from idp.staff import rules
from idp.staff.authority import Member, begin
from idp.staff.models import Correction
from idp.staff.operations import office_of
from idp.staff.rules import FIELD_NAMES, Act, Datum
from idp.units.models import Unit
from idp.web.links import absolute
from thai_web import clock
from thai_web.refusal import N_, Forbidden, Refusal

LATEST = 20
OF_THE_PERSON = (Datum.TITLE, Datum.GIVEN_NAME, Datum.FAMILY_NAME, Datum.PHONE)


def correctable(found: Member, act: Act) -> tuple[Datum, ...]:
    """What an act may correct about this person: a name that ThaID told is not a helper's to change."""
    if act == Act.CORRECT_POSITION:
        return (Datum.POSITION,)
    return (Datum.PHONE,) if found.account.proof == Proof.THAID else OF_THE_PERSON


def present(found: Member) -> dict[Datum, str]:
    """What stands there now."""
    return {datum: getattr(_holder(found, datum), datum) or "" for datum in Datum}


def _holder(found: Member, datum: Datum) -> object:
    return found.posting if datum == Datum.POSITION else found.account


def correct(viewer: Viewer, posting_id: int, act: Act, typed: Mapping[Datum, str], *, seen: str, reason: str) -> None:
    """Change what differs. Raises `Refusal` beside the datum that cannot be so, `Forbidden` for one that ThaID told,
    `Conflict` when somebody changed the person since the page was opened."""
    found, actor = begin(viewer, posting_id, act)
    rules.check_reason(reason)
    rules.check_seen(seen, found.account.updated_at)
    if not set(typed) <= set(correctable(found, act)):
        raise Forbidden(
            N_("ข้อมูลนี้มาจาก ThaID จึงแก้ไขที่นี่ไม่ได้"), next_step=N_("โปรดให้เจ้าของบัญชีเข้าสู่ระบบด้วย ThaID ระบบจะใช้ข้อมูลล่าสุด")
        )
    before = present(found)
    after = {datum: _read(datum, text) for datum, text in typed.items()}
    changed = {datum: value for datum, value in after.items() if value != before[datum]}
    if not changed:
        raise Refusal(N_("ยังไม่มีข้อมูลที่ต่างจากเดิม"), code=next(iter(typed)), status=422)
    for datum, value in changed.items():
        setattr(_holder(found, datum), datum, value or None if datum == Datum.PHONE else value)
        db.session.add(
            Correction(account_id=found.account.id, field=datum, before=before[datum], after=value, at=clock.now())
        )
    found.account.updated_at = clock.now()
    record(
        "account.corrected",
        subject=("account", found.account.id),
        unit_id=found.unit.id,
        actor=actor,
        subject_name=found.account.name,
        fields=" ".join(changed),
        reason=reason,
    )
    _tell(found, office_of(actor), reason, [(datum, before[datum], value) for datum, value in changed.items()])


def _tell(found: Member, office: Unit, reason: str, changes: list[tuple[Datum, str, str]]) -> None:
    if found.account.email_proven_at is None:
        return
    values: dict[str, object] = {
        "account": found.account,
        "office": office,
        "reason": reason,
        "at": clock.now(),
        "link": absolute("staff_own.index"),
    }
    for language in ("th", "en"):
        with force_locale(language):
            values[f"changes_{language}"] = [
                (_(FIELD_NAMES[datum]), before or "–", after or "–") for datum, before, after in changes
            ]
    queue("staff/mail/corrected", found.account.email, values, ("account", found.account.id))


def _read(datum: Datum, text: str) -> str:
    """The datum as stored. Raises `Refusal` beside it."""
    readers: dict[Datum, Callable[[str], str]] = {Datum.PHONE: _phone, Datum.POSITION: str}
    try:
        return readers.get(datum, _name)(text)
    except Refusal as refusal:
        refusal.code, refusal.status = datum, 422
        raise


def _phone(text: str) -> str:
    return normalise_phone(text) if text else ""


def _name(text: str) -> str:
    check_name(text)
    return text


def of(account_id: int) -> list[Correction]:
    """What was corrected about a person lately, the newest first."""
    statement = select(Correction).where(Correction.account_id == account_id).order_by(Correction.id.desc())
    return list(db.session.scalars(statement.limit(LATEST)))
