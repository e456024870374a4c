"""Queueing a mail in the transaction of what it tells about."""

import json
from typing import Any

from sqlalchemy import select

from idp import clock
from idp.database import db
from idp.notifications.models import OutboxMessage
from idp.notifications.rendering import render
from idp.secrets_at_rest import encrypt, new_secret
from idp.web.application import key_files, settings


def queue(template: str, to: str, values: dict[str, Any], about: tuple[str, int | str]) -> OutboxMessage:
    """Put a mail into the outbox: `<template>.th.txt` and `<template>.en.txt` of the calling room, Thai first."""
    subject, body = render(template, values)
    now = clock.now()
    message = OutboxMessage(
        message_id=f"<{new_secret(18)}@{settings().mail_sender.rpartition('@')[2]}>",
        recipient=to,
        template=template,
        about_kind=about[0],
        about_id=str(about[1]),
        created_at=now,
        next_attempt_at=now,
    )
    message.sealed = encrypt(key_files().mail, json.dumps([subject, body]).encode(), message.message_id)
    db.session.add(message)
    db.session.flush()
    return message


def about(kind: str, subject_id: int | str) -> list[OutboxMessage]:
    """The mails about one case, oldest first, so that a page can tell which were sent."""
    mails = select(OutboxMessage).where(OutboxMessage.about_kind == kind, OutboxMessage.about_id == str(subject_id))
    return list(db.session.scalars(mails.order_by(OutboxMessage.id)))
