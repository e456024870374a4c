"""A copy of everything that is kept about one person, for that person (Personal Data Protection Act, section 30)."""

import json
from dataclasses import asdict
from datetime import datetime
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

from flask_babel import gettext as _
from sqlalchemy import select

from idp.access.rules import Viewer
from idp.accounts import details
from idp.accounts.models import Account, Posting
from idp.audit.operations import record
from idp.clients import operations as clients
from idp.database import db
from idp.oidc.consent import operations as consent
from idp.registration.models import Registration
from idp.signin import own_sessions, rules
from idp.signin.models import SignInSession
from idp.staff import history
from idp.units.models import Unit
from thai_web import clock
from thai_web.refusal import N_

MOST = 5000  # events of the history
Row = dict[str, object]


def take(viewer: Viewer) -> dict[str, list[Row]]:
    """The copy, by heading. Raises `SignInAgain`: an open screen must not be enough to carry a person's data away."""
    session = db.session.get_one(SignInSession, viewer.session_id)
    if clock.now() - session.auth_time > rules.FRESH:
        raise rules.SignInAgain(N_("เพื่อความปลอดภัย ก่อนดาวน์โหลดข้อมูลต้องเข้าสู่ระบบมาไม่เกิน 15 นาที"))
    account_id = viewer.account_id
    told: dict[str, list[Row]] = {
        _("บัญชี"): [_account(account_id)],
        _("สังกัดและสิทธิ์"): _postings(account_id),
        _("คำขอ"): _requests(account_id),
        _("ระบบที่อนุญาตให้ใช้ข้อมูล"): [
            {_("ระบบ"): client.name_th, _("ขอบเขต"): given.scope, _("เมื่อ"): _at(given.given_at)}
            for given, client in consent.consents_of(account_id)
        ],
        _("การเข้าสู่ระบบล่าสุด"): [
            {_("เมื่อ"): _at(each.at), _("สำเร็จ"): each.succeeded, _("เครือข่าย"): each.address}
            for each in own_sessions.attempts(viewer)
        ],
        _("ประวัติบัญชี"): _history(account_id),
    }
    record("account.copy_taken", subject=("account", account_id))
    return told


def _at(instant: datetime | None) -> str:
    return instant.isoformat() if instant else ""


def _account(account_id: int) -> Row:
    account = db.session.get_one(Account, account_id)
    kept = {
        _("รหัสอ้างอิงของบัญชี"): account.subject,
        _("ชื่อ-นามสกุล"): account.name,
        _("ชื่อผู้ใช้"): account.username or "",
        _("อีเมล"): account.email,
        _("ยืนยันอีเมลเมื่อ"): _at(account.email_proven_at),
        _("โทรศัพท์"): account.phone or "",
        _("เลขประจำตัวประชาชน"): _("เก็บไว้โดยเข้ารหัส ไม่อยู่ในสำเนานี้") if account.national_id_sealed else "",
        _("ยืนยันด้วย ThaID เมื่อ"): _at(account.proven_at),
        _("เปิดบัญชีเมื่อ"): _at(account.created_at),
    }
    return kept | {name: str(value) for name, value in asdict(details.read(account_id)).items() if value}


def _postings(account_id: int) -> list[Row]:
    statement = (
        select(Posting, Unit)
        .join(Unit, Unit.id == Posting.unit_id)
        .where(Posting.account_id == account_id)
        .order_by(Posting.id)
    )
    found = [(posting, unit) for posting, unit in db.session.execute(statement)]
    held = clients.assignments_of([posting.id for posting, _unit in found])
    return [
        {
            _("หน่วยงาน"): unit.name_th,
            _("ตำแหน่ง"): posting.position,
            _("ตั้งแต่"): posting.starts_on.isoformat(),
            _("ถึง"): posting.ends_on.isoformat() if posting.ends_on else "",
            _("สิทธิ์"): ", ".join(offered.label for _held, offered in held.get(posting.id, [])),
        }
        for posting, unit in found
    ]


def _requests(account_id: int) -> list[Row]:
    own = (Registration.applicant_id == account_id) | (Registration.account_id == account_id)
    return [
        {
            _("เลขที่คำขอ"): each.reference,
            _("สถานะ"): each.state,
            _("ชื่อ-นามสกุล"): each.name,
            _("อีเมล"): each.email,
            _("โทรศัพท์"): each.phone,
            _("ตำแหน่ง"): each.position,
            _("ส่งเมื่อ"): _at(each.submitted_at),
            _("พิจารณาเมื่อ"): _at(each.decided_at),
            _("เหตุผล"): each.outcome_reason,
        }
        for each in db.session.scalars(select(Registration).where(own).order_by(Registration.id))
    ]


def _history(account_id: int) -> list[Row]:
    """No more of others than the history page shows."""
    return [
        {
            _("เมื่อ"): _at(each.at),
            _("รายการ"): each.told,
            _("โดย"): _("เจ้าของบัญชี") if each.is_own else each.who,
            _("หน่วยงาน"): each.unit.name_th if each.unit else "",
            _("หนังสือ"): each.letter,
            _("เหตุผล"): each.reason,
        }
        for each in history.of(account_id, per_page=MOST).happenings
    ]


def pack(told: dict[str, list[Row]], page: str) -> bytes:
    """For programs and for people, in one file."""
    file = BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as packed:
        packed.writestr("data.json", json.dumps(told, ensure_ascii=False, indent=2))
        packed.writestr("data.html", page)
    return file.getvalue()
