"""Codes and links: bound to a purpose and a subject, single-use, dated, stored as digests."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update

from idp import database
from idp.database import db
from idp.notifications.models import SingleUseSecret
from idp.notifications.rules import CODE_ATTEMPTS, CODE_LIFETIME
from idp.secrets_at_rest import digest, keyed_digest, new_secret, same
from idp.web.application import key_files
from thai_web import clock
from thai_web.refusal import N_, Refusal


@dataclass(frozen=True)
class Link:
    """A link that is alive: whom it is about, and since when."""

    subject: str
    issued_at: datetime


def issue_code(purpose: str, subject: str) -> str:
    """A fresh six-digit code; earlier ones for the same purpose and subject stop working."""
    code, now = f"{secrets.randbelow(1_000_000):06d}", clock.now()
    end(purpose, subject)
    _store(_code_digest(purpose, subject, now, code), purpose, subject, now, CODE_LIFETIME, CODE_ATTEMPTS)
    return code


def spend_code(purpose: str, subject: str, code: str) -> None:
    """Raises `Refusal` unless `code` is the live one; a wrong one counts, and the fifth wrong one ends the code."""
    row = db.session.scalar(
        select(SingleUseSecret)
        .where(SingleUseSecret.purpose == purpose, SingleUseSecret.subject == subject)
        .where(SingleUseSecret.spent_at.is_(None))
        .order_by(SingleUseSecret.id.desc())
        .limit(1)
        .with_for_update()
    )
    if row is None or row.expires_at <= clock.now() or row.attempts_left <= 0:
        raise Refusal(N_("รหัสนี้หมดอายุหรือใช้ไปแล้ว โปรดขอรหัสใหม่"), code="code_expired")
    if same(row.digest, _code_digest(purpose, subject, row.created_at, code)):
        row.spent_at = clock.now()
        return
    row.attempts_left -= 1
    left = row.attempts_left
    database.at_once(db.session.flush)  # the row stays locked until the count is kept: the next guess reads it
    if left <= 0:
        raise Refusal(N_("กรอกรหัสผิดครบจำนวนครั้งแล้ว โปรดขอรหัสใหม่"), code="code_expired")
    raise Refusal(N_("รหัสไม่ถูกต้อง เหลืออีก %(left)s ครั้ง"), code="code_wrong", left=left)


def issue_link(purpose: str, subject: str, lifetime: timedelta) -> str:
    """A fresh secret for a link; earlier ones for the same purpose and subject stop working."""
    secret = new_secret()
    end(purpose, subject)
    _store(digest(secret), purpose, subject, clock.now(), lifetime, 1)
    return secret


def look_at_link(purpose: str, secret: str) -> Link:
    """A live link, without spending it: mail scanners open links. Raises `Refusal` when it is over."""
    row = _live_link(purpose, secret)
    return Link(row.subject, row.created_at)


def subject_of_spent(purpose: str, secret: str) -> str | None:
    """Whom a link was about that worked once and is over: its holder can be told how to go on."""
    row = db.session.scalar(select(SingleUseSecret).where(SingleUseSecret.digest == digest(secret)))
    return row.subject if row and row.purpose == purpose and row.spent_at is not None else None


def spend_link(purpose: str, secret: str) -> str:
    """Use a link up and return its subject. Raises `Refusal` when it is spent, expired or of another purpose."""
    row = _live_link(purpose, secret)
    row.spent_at = clock.now()
    return row.subject


def _live_link(purpose: str, secret: str) -> SingleUseSecret:
    row = db.session.scalar(select(SingleUseSecret).where(SingleUseSecret.digest == digest(secret)).with_for_update())
    if row is None or row.purpose != purpose or row.spent_at is not None or row.expires_at <= clock.now():
        raise link_is_over()
    return row


def link_is_over() -> Refusal:
    """The refusal of a link that is spent, expired, of another purpose, or not meant any more."""
    return Refusal(
        N_("ลิงก์นี้ใช้ไม่ได้แล้ว อาจหมดอายุหรือเคยใช้ไปแล้ว"),
        next_step=N_("โปรดเปิดลิงก์ล่าสุดในอีเมล หรือขอลิงก์ใหม่จากหน้าสถานะคำขอ"),
        status=410,
        code="link_expired",
    )


def end(purpose: str, subject: str) -> None:
    """End what was issued for a purpose and subject and is not spent."""
    earlier = update(SingleUseSecret).where(
        SingleUseSecret.purpose == purpose, SingleUseSecret.subject == subject, SingleUseSecret.spent_at.is_(None)
    )
    db.session.execute(earlier.values(spent_at=clock.now()))


def _store(value: bytes, purpose: str, subject: str, now: datetime, lifetime: timedelta, attempts: int) -> None:
    db.session.add(
        SingleUseSecret(
            digest=value,
            purpose=purpose,
            subject=subject,
            attempts_left=attempts,
            created_at=now,
            expires_at=now + lifetime,
        )
    )
    db.session.flush()


def _code_digest(purpose: str, subject: str, issued_at: datetime, code: str) -> bytes:
    # Six digits could be guessed from a plain digest; the moment of issue keeps equal codes apart.
    return keyed_digest(key_files().blind_index, "code", purpose, subject, issued_at.isoformat(), code)


def sweep(batch: int = 1000) -> int:
    """Delete secrets long over. Returns how many."""
    over = SingleUseSecret.expires_at < clock.now() - timedelta(days=7)
    ids = list(db.session.scalars(select(SingleUseSecret.id).where(over).limit(batch)))
    if ids:
        db.session.execute(delete(SingleUseSecret).where(SingleUseSecret.id.in_(ids)))
    return len(ids)
