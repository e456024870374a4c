"""Mails that came back: delivery status notifications (RFC 3464), as a mail server hands them to `idp mail bounced`.

Read generously: without the returned mail, in another kind of multipart, forwarded by somebody, or in the text that
Exim wrote before the standard. What tells of no permanent failure, or of no mail of ours, changes nothing: a delay, an
arrival, an automatic reply. A forged report needs the Message-ID of one of our mails, which is random and known to its
recipient and the relays.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from typing import Any

from sqlalchemy import func, update

from idp.database import db
from idp.notifications.models import OutboxMessage
from idp.outbox import DeliveryState

MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,118}>")  # as ours are: printable ASCII in angle brackets
STATUS = re.compile(r"[45]\.\d{1,3}\.\d{1,3}")
FAILED = re.compile(r"\s*failed\b", re.IGNORECASE)  # a comment may follow: "failed (bad destination mailbox)"
ORIGINAL = ("message/rfc822", "message/global", "text/rfc822-headers", "message/global-headers")
STATUS_PARTS = ("message/delivery-status", "message/global-delivery-status")
IN_EXIMS_COPY = re.compile(rf"^Message-ID:\s*({MESSAGE_ID.pattern})", re.IGNORECASE | re.MULTILINE)
MOST_IDS = 20


@dataclass(frozen=True)
class Failure:
    """Which mail will never arrive: the first of `message_ids` that is ours, sent to one of `recipients` where any are
    named. And the enhanced status code (RFC 3463), if a server gave one."""

    message_ids: tuple[str, ...]
    status: str = ""
    recipients: tuple[str, ...] = ()


def read_report(raw: bytes) -> Failure | None:
    """The failure that a report tells of; None for delays, successes, automatic replies and what is no report."""
    try:
        return _read(message_from_bytes(raw))
    except (ValueError, LookupError, RecursionError):  # the parser's own words for what nobody can read
        return None


def _read(message: Message) -> Failure | None:
    parts = list(_parts(message))
    statuses = [_failed_status(part) for part in parts if part.get_content_type() in STATUS_PARTS]
    if statuses:
        failed = [status for status in statuses if status is not None]
        originals = [found for part in parts if part.get_content_type() in ORIGINAL for found in _ids_of(part)]
        ids = _unique(originals, message.get("In-Reply-To"), message.get("References"))
        return Failure(ids, max(failed)) if failed and ids else None
    if recipients := _addresses(message.get("X-Failed-Recipients")):
        told = [found for part in parts if part.get_content_maintype() == "text" for found in _ids_in_copy(part)]
        ids = _unique(told, message.get("In-Reply-To"), message.get("References"))
        return Failure(ids, "", recipients) if ids else None
    attached = (part.get_payload(0) for part in parts if _is_attached_mail(part))
    return next((found for each in attached if isinstance(each, Message) and (found := _read(each))), None)


def _parts(message: Message) -> Iterator[Message]:
    """What a mail consists of, without looking into mails that are attached to it: their headers speak of others."""
    if message.get_content_maintype() != "multipart" or not message.is_multipart():
        yield message
        return
    for part in message.get_payload():
        if isinstance(part, Message):
            yield from _parts(part)


def _is_attached_mail(part: Message) -> bool:
    return part.get_content_type() in ("message/rfc822", "message/global") and part.is_multipart()


def _failed_status(part: Message) -> str | None:
    """The status code of a recipient whom the mail will never reach, perhaps empty; None where there is none."""
    failed = [fields for fields in _fields(part) if FAILED.match(str(fields.get("Action", "")))]
    codes = [found[0] for fields in failed if (found := STATUS.search(str(fields.get("Status", ""))))]
    return (codes[-1] if codes else "") if failed else None


def _fields(part: Message) -> Iterator[Message]:
    """The groups of fields of a status part, of the mail and of each recipient. The parser takes those of the
    international kind (RFC 6533) for the headers and the body of a mail."""
    for group in part.get_payload() if part.is_multipart() else []:
        if isinstance(group, Message):
            yield group
            if part.get_content_type() == "message/global-delivery-status" and not group.is_multipart():
                rest = bytes(group.get_payload(decode=True) or b"")
                yield from (message_from_bytes(each) for each in re.split(rb"\r?\n\r?\n", rest))


def _ids_of(part: Message) -> list[str]:
    """The Message-ID of the returned mail."""
    if part.is_multipart():
        original: Any = part.get_payload(0)
    else:  # decoded: some servers send the headers in base64
        original = message_from_bytes(bytes(part.get_payload(decode=True) or b""))
    return MESSAGE_ID.findall(str(original.get("Message-ID", "")))


def _ids_in_copy(part: Message) -> list[str]:
    text = bytes(part.get_payload(decode=True) or b"").decode("ascii", "replace")
    return IN_EXIMS_COPY.findall(text)


def _unique(ids: list[str], *headers: object) -> tuple[str, ...]:
    named = [found for header in headers for found in MESSAGE_ID.findall(str(header or ""))]
    return tuple(dict.fromkeys([*ids, *named]))[:MOST_IDS]


def _addresses(header: object) -> tuple[str, ...]:
    return tuple(each.strip().casefold() for each in str(header or "").split(",") if "@" in each)


def take(raw: bytes) -> bool:
    """Mark the mail that a report is about. False when it tells of no failure of ours."""
    failure = read_report(raw)
    return failure is not None and any(_mark(message_id, failure) for message_id in failure.message_ids)


def _mark(message_id: str, failure: Failure) -> bool:
    ours = update(OutboxMessage).where(
        OutboxMessage.message_id == message_id, OutboxMessage.state.in_((DeliveryState.SENT, DeliveryState.SENDING))
    )
    if failure.recipients:
        ours = ours.where(func.lower(OutboxMessage.recipient).in_(failure.recipients))
    why = f"bounced {failure.status}".strip()
    marked = db.session.execute(ours.values(state=DeliveryState.BOUNCED, sealed=None, last_error=why))
    return marked.rowcount == 1  # type: ignore[attr-defined]
