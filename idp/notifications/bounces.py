"""Mails that came back: delivery status notifications (RFC 3464), as a mail server hands them to `idp mail bounced`.

A forged report needs the Message-ID of one of our mails, which is random and known to its recipient and the relays.
"""

import re
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from typing import Any

from sqlalchemy import update

from idp.database import db
from idp.notifications.models import OutboxMessage

MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,118}>")  # as ours are: printable ASCII in angle brackets
STATUS = re.compile(r"[45]\.\d{1,3}\.\d{1,3}")
ORIGINAL = ("message/rfc822", "message/global", "text/rfc822-headers", "message/global-headers")


@dataclass(frozen=True)
class Failure:
    """Which mail will never arrive, and the enhanced status code (RFC 3463), if a server gave one."""

    message_id: str
    status: str


def read_report(raw: bytes) -> Failure | None:
    """The failure that a report tells of; None for delays, successes, automatic replies and what is no report."""
    try:
        return _read(raw)
    except (ValueError, LookupError, RecursionError):  # the parser's own words for what nobody can read
        return None


def _read(raw: bytes) -> Failure | None:
    report = message_from_bytes(raw)
    if report.get_content_type() != "multipart/report" or not report.is_multipart():
        return None
    failed, status, message_id = False, "", ""
    for part in report.walk():
        kind = part.get_content_type()
        if kind == "message/delivery-status":
            for fields in part.get_payload() if part.is_multipart() else []:
                if isinstance(fields, Message) and str(fields.get("Action", "")).strip().lower() == "failed":
                    found = STATUS.search(str(fields.get("Status", "")))
                    failed, status = True, found[0] if found else status
        elif kind in ORIGINAL and not message_id:
            message_id = _message_id(part)
    return Failure(message_id, status) if failed and message_id else None


def _message_id(part: Message) -> str:
    if part.is_multipart():
        original: Any = part.get_payload(0)
    else:  # decoded: some servers send the headers in base64
        original = message_from_bytes(bytes(part.get_payload(decode=True) or b""))
    found = MESSAGE_ID.search(str(original.get("Message-ID", "")))
    return found[0] if found else ""


def take(raw: bytes) -> bool:
    """Mark the mail that a report is about. False when it tells of no failure of ours."""
    failure = read_report(raw)
    if failure is None:
        return False
    ours = update(OutboxMessage).where(
        OutboxMessage.message_id == failure.message_id, OutboxMessage.state.in_(("SENT", "SENDING"))
    )
    why = f"bounced {failure.status}".strip()
    marked = db.session.execute(ours.values(state="BOUNCED", sealed=None, last_error=why))
    return marked.rowcount == 1  # type: ignore[attr-defined]
