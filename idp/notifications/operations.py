"""Queueing a mail in the transaction of what it tells about."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, String, cast, delete, exists, literal, select

from idp import database, secrets_at_rest
from idp.database import db, every
from idp.fast_sql import Write, insertion, table_of, write_in
from idp.notifications.catalogue import BY_TEMPLATE
from idp.notifications.models import OutboxMessage
from idp.notifications.rendering import compose
from idp.notifications.rules import LATE
from idp.outbox import DeliveryState
from idp.secrets_at_rest import encrypt, new_secret
from idp.web.application import key_files, settings
from thai_web import clock

_QUEUE = insertion(
    table_of(OutboxMessage),
    "message_id",
    "recipient",
    "template",
    "sealed",
    "about_kind",
    "about_id",
    "state",
    "attempts",
    "created_at",
    "next_attempt_at",
)


def queue(template: str, to: str, values: dict[str, Any], about: tuple[str, int | str]) -> None:
    """Put a mail into the outbox: `<template>.th.txt` and `<template>.en.txt` of the calling room, Thai first."""
    write_in(database.request_connection(), mail(template, to, values, about))


def mail(template: str, to: str, values: dict[str, Any], about: tuple[str, int | str]) -> Write:
    """The same mail as a row, for what is written apart from the request."""
    if template not in BY_TEMPLATE:
        raise ValueError(f"mail {template} is not in the catalogue")
    text, now = compose(template, values).stored(), clock.now()
    message_id = f"<{new_secret(18)}@{settings().mail_sender.rpartition('@')[2]}>"
    row = {
        "message_id": message_id,
        "recipient": to,
        "template": template,
        "sealed": encrypt(key_files().mail, text, message_id),
        "about_kind": about[0],
        "about_id": str(about[1]),
        "state": "QUEUED",
        "attempts": 0,
        "created_at": now,
        "next_attempt_at": now,
    }
    return Write(_QUEUE, row)


def was_queued(
    template: str, kind: str, subject_id: SQLColumnExpression[int], since: datetime | SQLColumnExpression[Any]
) -> ColumnElement[bool]:
    """In a statement about rows: whether this mail was queued about the row since a moment."""
    return exists().where(
        OutboxMessage.template == template,
        OutboxMessage.about_kind == kind,
        OutboxMessage.about_id == cast(subject_id, String),
        OutboxMessage.created_at >= since,
    )


def has_been_queued(template: str, kind: str, subject_id: int, since: datetime) -> bool:
    """The same of one row, asked anew by whoever holds its lock: a statement that waited or chose its rows a moment ago
    may not have seen what another worker committed since."""
    return bool(db.session.scalar(select(was_queued(template, kind, literal(subject_id), since))))


def forget(kind: str, subject_id: int | str) -> None:
    """Delete the mails about something that is deleted itself: they hold an address."""
    gone = delete(OutboxMessage).where(OutboxMessage.about_kind == kind, OutboxMessage.about_id == str(subject_id))
    db.session.execute(gone)


def undelivered(kind: str, subject_ids: Collection[int]) -> dict[int, list[OutboxMessage]]:
    """Of each subject, the mails that failed, came back or wait for too long, since the last one that arrived."""
    mails = select(OutboxMessage).where(
        OutboxMessage.about_kind == kind, OutboxMessage.about_id.in_([str(each) for each in subject_ids])
    )
    late = clock.now() - LATE
    found: dict[int, list[OutboxMessage]] = {}
    for mail in db.session.scalars(mails.order_by(OutboxMessage.id)):
        if mail.state == DeliveryState.SENT:
            found.pop(int(mail.about_id), None)
        elif mail.state in (DeliveryState.FAILED, DeliveryState.BOUNCED) or (
            mail.state == DeliveryState.QUEUED and mail.attempts and mail.created_at < late
        ):
            found.setdefault(int(mail.about_id), []).append(mail)
    return found


def about(kind: str, subject_id: int | str) -> list[OutboxMessage]:
    """The mails about one case, oldest first, so that a page can tell which were sent."""
    mails = select(OutboxMessage).where(OutboxMessage.about_kind == kind, OutboxMessage.about_id == str(subject_id))
    return list(db.session.scalars(mails.order_by(OutboxMessage.id)))


def encrypt_anew(keys: tuple[bytes, ...]) -> int:
    """Put every mail that waits under the newest key. Returns how many."""
    number = 0
    for row in every(OutboxMessage):
        if row.sealed is not None:
            row.sealed = secrets_at_rest.encrypt_anew(keys, row.sealed, row.message_id)
            number += 1
    return number
