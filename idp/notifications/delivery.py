"""The worker's delivery: claim, send, mark. Any number of workers; each mail is claimed by one."""

import json
import logging
import smtplib
import ssl
from contextlib import suppress
from datetime import datetime
from functools import partial

from cryptography.exceptions import InvalidTag
from flask import current_app
from flask_mail import Connection, Message
from sqlalchemy import or_, select, update

from idp import clock
from idp.database import db, job
from idp.notifications.models import OutboxMessage
from idp.notifications.relay import Relay
from idp.notifications.rules import CLAIM_LIFETIME, wait_before
from idp.secrets_at_rest import decrypt
from idp.web.application import key_files, settings

log = logging.getLogger("idp.mail")
BATCH = 50


class _TimedConnection(Connection):
    """Flask-Mail's connection with limits of time: a relay that hangs must not hang the worker."""

    def configure_host(self) -> smtplib.SMTP:
        host = Relay(self.mail.server, self.mail.port, settings().smtp_timeout)
        try:
            if self.mail.use_tls:
                host.starttls(context=ssl.create_default_context())
            if self.mail.username and self.mail.password:
                host.login(self.mail.username, self.mail.password)
        except BaseException:
            host.close()
            raise
        return host

    def __exit__(self, *error: object) -> None:
        # The relay has the mail; a farewell that fails must not make us send it again.
        if self.host is not None:
            with suppress(OSError, smtplib.SMTPException):
                self.host.quit()
            self.host.close()


def deliver_due() -> int:
    """Send what is due. Returns how many were accepted by the relay."""
    sent = 0
    for message_id in _due(clock.now()):
        if _claim(message_id):
            sent += _deliver(message_id)
    return sent


def _due(now: datetime) -> list[int]:
    queued = (OutboxMessage.state == "QUEUED") & (OutboxMessage.next_attempt_at <= now)
    # A worker that died in the middle leaves its claim behind; after its lifetime the mail is due again, with the
    # same Message-ID, by which a mailbox recognises the rare second copy.
    abandoned = (OutboxMessage.state == "SENDING") & (OutboxMessage.claimed_at <= now - CLAIM_LIFETIME)
    statement = select(OutboxMessage.id).where(or_(queued, abandoned)).order_by(OutboxMessage.id).limit(BATCH)
    ids = list(db.session.scalars(statement))
    db.session.commit()
    return ids


def _claim(message_id: int) -> bool:
    now = clock.now()
    free = or_(OutboxMessage.state == "QUEUED", OutboxMessage.claimed_at <= now - CLAIM_LIFETIME)
    statement = (
        update(OutboxMessage)
        .where(OutboxMessage.id == message_id, OutboxMessage.state.in_(("QUEUED", "SENDING")), free)
        .values(state="SENDING", claimed_at=now, attempts=OutboxMessage.attempts + 1)
        .execution_options(synchronize_session=False)
    )
    claimed = db.session.execute(statement).rowcount == 1  # type: ignore[attr-defined]
    db.session.commit()
    return claimed


def _deliver(message_id: int) -> int:
    try:
        mail = _as_mail(db.session.get_one(OutboxMessage, message_id))
        db.session.commit()  # nothing stays open while the relay is spoken to
        with _TimedConnection(current_app.extensions["mail"]) as connection:
            connection.send(mail, envelope_from=settings().mail_bounces_to or None)
    except (OSError, smtplib.SMTPException, InvalidTag) as failure:  # InvalidTag: its key is gone
        job(partial(_failed, message_id, failure))
        return 0
    job(partial(_sent, message_id))
    return 1


def _as_mail(message: OutboxMessage) -> Message:
    assert message.sealed is not None
    subject, body = json.loads(decrypt(key_files().mail, message.sealed, message.message_id))
    mail = Message(subject=subject, recipients=[message.recipient], body=body)
    mail.msgId = message.message_id
    mail.extra_headers = {"Auto-Submitted": "auto-generated"}
    return mail


def _sent(message_id: int) -> None:
    # A relay may report a failure before this is written down; the mail stays bounced then.
    ours = update(OutboxMessage).where(OutboxMessage.id == message_id, OutboxMessage.state != "BOUNCED")
    db.session.execute(ours.values(state="SENT", sent_at=clock.now(), sealed=None, last_error=None))


def _failed(message_id: int, error: Exception) -> None:
    message = db.session.get_one(OutboxMessage, message_id)
    # The relay's own words may hold the address; the kind of failure is enough for the page that shows it.
    message.last_error = f"{type(error).__name__} {getattr(error, 'smtp_code', '')}".strip()
    wait = wait_before(message.attempts)
    refused = isinstance(error, smtplib.SMTPRecipientsRefused) and all(
        500 <= code < 600 for code, _words in error.recipients.values()
    )
    if wait is None or refused:
        message.state = "FAILED"
    else:
        message.state, message.next_attempt_at = "QUEUED", clock.now() + wait
    log.warning("mail %s not delivered: %s", message.id, message.last_error)
