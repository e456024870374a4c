"""A mail that came back is marked; anything else that arrives at the address changes nothing."""

import base64
from email import message_from_bytes
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from idp.database import db
from idp.notifications import bounces, delivery, operations
from idp.notifications.commands import bounced
from idp.notifications.models import OutboxMessage

REPORT = """\
From: MAILER-DAEMON@relay.example.go.th
To: sso-bounces@example.go.th
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="edge"

--edge
Content-Type: text/plain; charset=utf-8

ไม่มีกล่องจดหมายนี้

--edge
Content-Type: message/delivery-status

Reporting-MTA: dns; relay.example.go.th

Final-Recipient: rfc822; wilai@example.go.th
Action: {action}
Status: 5.1.1

--edge
Content-Type: {original}

From: no-reply@sso.localhost
Message-ID: {message_id}
Subject: =?utf-8?b?4LiX4LiU4Liq4Lit4Lia?=

--edge--
"""


def report(message_id: str, action: str = "failed", original: str = "text/rfc822-headers") -> bytes:
    return REPORT.format(message_id=message_id, action=action, original=original).encode()


def _last() -> OutboxMessage:
    found = db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id.desc())).first()
    assert found
    return found


@pytest.fixture
def sent(app: Flask) -> OutboxMessage:
    with app.test_request_context(method="POST"):
        values = {"code": "123456", "reference": "R0123456789"}
        operations.queue("registration/mail/status_code", "wilai@example.go.th", values, ("registration", 7))
        message = _last()
        message.state, message.sealed = "SENT", None
        db.session.commit()
        yield message


@pytest.mark.parametrize("original", ["text/rfc822-headers", "message/rfc822"])
def test_a_report_of_failure_marks_the_mail_it_is_about(sent: OutboxMessage, original: str) -> None:
    assert operations.undelivered("registration", [7]) == {}
    assert bounces.take(report(sent.message_id, original=original))
    db.session.refresh(sent)
    assert (sent.state, sent.last_error) == ("BOUNCED", "bounced 5.1.1")
    assert operations.undelivered("registration", [7, 8]) == {7: [sent]}
    assert not bounces.take(report(sent.message_id)), "a second report changes nothing"


@pytest.mark.parametrize(
    "raw",
    [
        report("<unknown@sso.localhost>"),
        report("", action="failed"),
        b"",
        b"\x00\xff" * 5000,
        b"Content-Type: multipart/report; boundary=x\n\n--x\nContent-Type: message/delivery-status\n\nAction: failed\n",
        b"Subject: out of office\n\nback on Monday",
        report("<a\0b@sso.localhost>"),
        report("<unknown@sso.localhost>", original="text/rfc822-headers; charset=idna").replace(b"utf-8?b", b"\xff"),
        report("<unknown@sso.localhost>", original='text/rfc822-headers; charset="x\0y"').replace(b"utf-8?b", b"\xff"),
        b"Content-Type: multipart/report; boundary=x\n\n--x\n" + b"Content-Type: message/rfc822\n\n" * 5000,
    ],
    ids=["not ours", "no id", "nothing", "noise", "cut", "automatic reply", "NUL", "charset", "NUL in charset", "deep"],
)
def test_what_tells_of_no_failure_of_ours_changes_nothing(sent: OutboxMessage, raw: bytes) -> None:
    assert not bounces.take(raw)
    db.session.refresh(sent)
    assert sent.state == "SENT"


@pytest.mark.parametrize("around", ["{}", "\r\n {}", "{} (added by relay)"], ids=["plain", "folded", "comment"])
@pytest.mark.parametrize("encoding", ["8bit", "base64"])
def test_a_mail_is_recognised_however_its_headers_come_back(sent: OutboxMessage, around: str, encoding: str) -> None:
    headers = f"From: no-reply@sso.localhost\nMessage-ID: {around.format(sent.message_id)}\n".encode()
    body = base64.encodebytes(headers) if encoding == "base64" else headers
    kind = f"Content-Type: text/rfc822-headers\nContent-Transfer-Encoding: {encoding}\n\n".encode()
    before = report(sent.message_id).rpartition(b"Content-Type: text/rfc822-headers")[0]
    assert bounces.take(before + kind + body + b"\n--edge--\n")


def multipart(kind: str, *parts: str, headers: str = "") -> str:
    """A mail of several parts."""
    edge = f"edge-{len(parts)}-{sum(map(len, parts))}"
    body = "".join(f"--{edge}\n{part}\n" for part in parts)
    return f'{headers}MIME-Version: 1.0\nContent-Type: multipart/{kind}; boundary="{edge}"\n\n{body}--{edge}--\n'


def status(action: str = "failed", code: str = "5.1.1", kind: str = "message/delivery-status") -> str:
    fields = f"Final-Recipient: rfc822; wilai@example.go.th\nAction: {action}\nStatus: {code}\n"
    return f"Content-Type: {kind}\n\nReporting-MTA: dns; relay.example.go.th\n\n{fields}"


WORDS = "Content-Type: text/plain; charset=utf-8\n\nไม่มีกล่องจดหมายนี้\n"
FORWARDED = "Content-Type: message/rfc822\nContent-Disposition: attachment\n\n{}"
EXIM = """\
X-Failed-Recipients: {recipient}
Auto-Submitted: auto-replied
From: Mail Delivery System <Mailer-Daemon@relay.example.go.th>
Subject: Mail delivery failed: returning message to sender

This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  {recipient}
    Unrouteable address

------ This is a copy of the message, including all the headers. ------

Return-path: <sso-bounces@example.go.th>
From: no-reply@sso.localhost
Message-ID: {message_id}
Subject: x
"""
OURS = "{message_id}"  # filled in by the test
ORIGINAL = f"Content-Type: text/rfc822-headers\n\nMessage-ID: {OURS}\n"
OTHERS_REPLY = f"Content-Type: message/rfc822\n\nMessage-ID: <a@b>\nIn-Reply-To: {OURS}\nSubject: x\n\nx\n"
TELLING = {
    "in-reply-to": multipart("report", WORDS, status(), headers=f"In-Reply-To: {OURS}\n"),
    "references": multipart("report", WORDS, status(), headers=f"References: <a@b> {OURS}\n"),
    "id rewritten": multipart(
        "report", WORDS, status(), ORIGINAL.replace(OURS, "<x@y>"), headers=f"References: {OURS}\n"
    ),
    "mixed": multipart("mixed", WORDS, status(), ORIGINAL),
    "report in mixed": multipart("mixed", WORDS, multipart("report", WORDS, status(), ORIGINAL)),
    "comment": multipart("report", WORDS, status("failed (bad destination mailbox)"), ORIGINAL),
    "capitals": multipart("report", WORDS, status("FAILED"), ORIGINAL),
    "folded": multipart("report", WORDS, status("\n failed\n  (no such user)"), ORIGINAL),
    "without a code": multipart("report", WORDS, status(code=""), ORIGINAL),
    "forwarded": multipart("mixed", WORDS, FORWARDED.format(multipart("report", WORDS, status(), ORIGINAL))),
    "forwarded twice": multipart(
        "mixed", FORWARDED.format(multipart("mixed", FORWARDED.format(multipart("report", status(), ORIGINAL))))
    ),
    "forwarded, in-reply-to": multipart(
        "mixed", WORDS, FORWARDED.format(multipart("report", status(), headers=f"In-Reply-To: {OURS}\n"))
    ),
    "forwarded alone": "Content-Type: message/rfc822\n\n" + multipart("report", status(), ORIGINAL),
    "international": multipart("report", WORDS, status(kind="message/global-delivery-status"), ORIGINAL),
    "exim": EXIM.format(recipient="wilai@example.go.th", message_id=OURS),
    "exim, capitals": EXIM.format(recipient="Wilai@Example.go.th", message_id=OURS),
    "exim, several": EXIM.format(recipient="a@example.go.th, wilai@example.go.th", message_id=OURS),
    "exim forwarded": multipart(
        "mixed", WORDS, FORWARDED.format(EXIM.format(recipient="wilai@example.go.th", message_id=OURS))
    ),
}
SILENT = {
    "delayed": multipart("report", WORDS, status("delayed"), ORIGINAL),
    "delayed with a comment": multipart("report", WORDS, status("delayed (would have failed)"), ORIGINAL),
    "delivered, mixed": multipart("mixed", WORDS, status("delivered", "2.0.0"), ORIGINAL),
    "failed in the text alone": multipart("report", WORDS, "Content-Type: text/plain\n\nAction: failed\n", ORIGINAL),
    "another word": multipart("report", WORDS, status("failedover"), ORIGINAL),
    "vacation": f"In-Reply-To: {OURS}\nAuto-Submitted: auto-replied\nSubject: out of office\n\nStatus: 5.1.1 failed\n",
    "vacation that returns our mail": multipart(
        "mixed", WORDS, f"Content-Type: message/rfc822\n\nMessage-ID: {OURS}\n\nx\n", headers=f"References: {OURS}\n"
    ),
    "a person's reply with a report of another": multipart(
        "mixed",
        WORDS,
        FORWARDED.format(multipart("report", status(), ORIGINAL.replace(OURS, "<a@b>"))),
        headers=f"In-Reply-To: {OURS}\n",
    ),
    "what failed is an answer to ours": multipart("report", WORDS, status(), OTHERS_REPLY),
    "exim of another recipient": EXIM.format(recipient="other@example.go.th", message_id=OURS),
    "exim warns": EXIM.replace("X-Failed-Recipients: {recipient}\n", "").format(
        recipient="wilai@example.go.th", message_id=OURS
    ),
    "read receipt": multipart(
        "report", WORDS, "Content-Type: message/disposition-notification\n\nDisposition: manual; displayed\n", ORIGINAL
    ),
}


@pytest.mark.parametrize("name", TELLING)
def test_a_report_of_another_form_marks_the_mail(sent: OutboxMessage, name: str) -> None:
    assert bounces.take(TELLING[name].replace(OURS, sent.message_id).encode())
    db.session.refresh(sent)
    assert sent.state == "BOUNCED"


@pytest.mark.parametrize("name", SILENT)
def test_what_only_looks_like_a_failure_of_ours_marks_nothing(sent: OutboxMessage, name: str) -> None:
    assert not bounces.take(SILENT[name].replace(OURS, sent.message_id).encode())
    db.session.refresh(sent)
    assert sent.state == "SENT"


@given(st.lists(st.sampled_from([*TELLING.values(), *SILENT.values()]), min_size=1, max_size=3), st.data())
def test_a_report_in_pieces_or_in_another_order_is_read_or_left(texts: list[str], data: st.DataObject) -> None:
    lines = "\n".join(texts).splitlines()
    kept = data.draw(st.lists(st.sampled_from(lines), max_size=60))
    bounces.read_report("\n".join(kept).encode())


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed", "expanded"])
def test_a_mail_that_is_late_or_arrived_is_not_lost(sent: OutboxMessage, action: str) -> None:
    assert not bounces.take(report(sent.message_id, action=action))


def test_a_later_mail_that_arrived_makes_an_earlier_loss_unimportant(sent: OutboxMessage) -> None:
    bounces.take(report(sent.message_id))
    values = {"code": "123456", "reference": "R0123456789"}
    operations.queue("registration/mail/status_code", "w@example.go.th", values, ("registration", 7))
    later = _last()
    assert list(operations.undelivered("registration", [7])) == [7]
    later.state = "SENT"
    assert operations.undelivered("registration", [7]) == {}


@pytest.mark.parametrize(("answer", "accepted"), [("250 taken", 1), ("451 try later", 0)])
def test_a_failure_that_is_reported_at_once_is_not_overwritten(
    app: Flask, unused_port: int, answer: str, accepted: int
) -> None:
    class Relay:
        """Takes a mail and reports in the same moment that it cannot be delivered."""

        async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
            with app.app_context():
                bounces.take(report(str(message_from_bytes(envelope.content)["Message-ID"])))
                db.session.commit()
            return answer

    controller = Controller(Relay(), hostname="127.0.0.1", port=unused_port)
    app.extensions["mail"].port = unused_port
    controller.start()
    with app.app_context():
        values = {"code": "123456", "reference": "R0123456789"}
        operations.queue("registration/mail/status_code", "wilai@example.go.th", values, ("registration", 7))
        db.session.commit()
        assert delivery.deliver_due() == accepted
        mail = db.session.query(OutboxMessage).one()
        assert (mail.state, mail.sealed) == ("BOUNCED", None)
        assert delivery.deliver_due() == 0
    controller.stop()


def test_the_command_reads_a_report_from_its_standard_input(app: Flask, sent: OutboxMessage) -> None:
    raw = report(sent.message_id)
    db.session.rollback()
    result = app.test_cli_runner(catch_exceptions=False).invoke(bounced, input=raw)
    assert "one mail" in result.output
    assert db.session.query(OutboxMessage.state).scalar() == "BOUNCED"
    assert "no mail of ours" in app.test_cli_runner().invoke(bounced, input=raw).output
