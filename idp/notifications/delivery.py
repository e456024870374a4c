"""The worker's delivery of mails. A mail that goes out twice has the same Message-ID, by which a mailbox knows it."""

import logging
import smtplib
import ssl
from contextlib import suppress
from functools import partial

from cryptography.exceptions import InvalidTag
from flask import current_app
from flask_mail import Connection, Message
from sqlalchemy import update

from idp.database import db, job
from idp.notifications import rendering
from idp.notifications.models import OutboxMessage
from idp.notifications.rules import CLAIM_LIFETIME, RETRY_AFTER
from idp.outbox import DeliveryState, Outbox
from idp.secrets_at_rest import decrypt
from idp.web.application import key_files, settings
from thai_web import clock
from thai_web.deadline import Deadline

log = logging.getLogger("idp.mail")
OUTBOX = Outbox(OutboxMessage, RETRY_AFTER, CLAIM_LIFETIME, batch=50)
SENDER = "ระบบ SSO สถ."  # short: as one encoded word, no program can break it
REPLIES = 3  # as many silences as one conversation may last in all


class Relay(smtplib.SMTP):
    """SMTP with two limits of time: `seconds` for each silence, and thrice that for the whole conversation, however a
    relay answers. One that was cut off fails as one whose relay hung up."""

    def __init__(self, host: str, port: int, seconds: float) -> None:
        self._deadline = Deadline(REPLIES * seconds, lambda: self.sock)
        self._deadline.__enter__()
        try:
            super().__init__(host, port, timeout=seconds)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Hang up."""
        self._deadline.__exit__()
        super().close()


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
    return sum(_deliver(message_id) for message_id in OUTBOX.claimed())


def _deliver(message_id: int) -> int:
    try:
        mail = job(partial(_as_mail, message_id))  # nothing stays open while the relay is spoken to
        with _TimedConnection(current_app.extensions["mail"]) as connection:
            connection.send(mail, envelope_from=settings().mail_bounces_to or None)
    except (OSError, smtplib.SMTPException, InvalidTag) as failure:  # InvalidTag: its key is gone
        job(partial(_failed, message_id, failure))
        return 0
    job(partial(_sent, message_id))
    return 1


def _as_mail(message_id: int) -> Message:
    message = db.session.get_one(OutboxMessage, message_id)
    assert message.sealed is not None
    letter = rendering.read(decrypt(key_files().mail, message.sealed, message.message_id))
    page = rendering.as_page(message.template, letter)
    sender = (SENDER, settings().mail_sender)
    mail = Message(letter.subject, [message.recipient], body=letter.text, html=page, sender=sender)
    mail.msgId = message.message_id
    mail.extra_headers = {"Auto-Submitted": "auto-generated"}
    return mail


def _sent(message_id: int) -> None:
    # A relay may report a failure before this is written down; the mail stays bounced then.
    ours = update(OutboxMessage).where(OutboxMessage.id == message_id, OutboxMessage.state != DeliveryState.BOUNCED)
    db.session.execute(ours.values(state=DeliveryState.SENT, sent_at=clock.now(), sealed=None, last_error=None))


def _failed(message_id: int, error: Exception) -> None:
    message = db.session.get_one(OutboxMessage, message_id)
    if message.state == DeliveryState.BOUNCED:
        return  # its text is gone: there is nothing to send again
    # The relay's own words may hold the address; the kind of failure is enough for the page that shows it.
    message.last_error = f"{type(error).__name__} {getattr(error, 'smtp_code', '')}".strip()
    refused = isinstance(error, smtplib.SMTPRecipientsRefused) and all(
        500 <= code < 600 for code, _words in error.recipients.values()
    )
    if refused:
        message.state = DeliveryState.FAILED
    else:
        OUTBOX.retry(message, clock.now())
    log.warning("mail %s not delivered: %s", message.id, message.last_error)
