"""A mail that came back is marked; anything else that arrives at the address changes nothing."""

import base64
from email import message_from_bytes
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from flask import Flask

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


@pytest.fixture
def sent(app: Flask) -> OutboxMessage:
    with app.test_request_context(method="POST"):
        values = {"code": "123456", "reference": "R0123456789"}
        message = operations.queue("registration/mail/status_code", "wilai@example.go.th", values, ("registration", 7))
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


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed", "expanded"])
def test_a_mail_that_is_late_or_arrived_is_not_lost(sent: OutboxMessage, action: str) -> None:
    assert not bounces.take(report(sent.message_id, action=action))


def test_a_later_mail_that_arrived_makes_an_earlier_loss_unimportant(sent: OutboxMessage) -> None:
    bounces.take(report(sent.message_id))
    values = {"code": "123456", "reference": "R0123456789"}
    later = operations.queue("registration/mail/status_code", "w@example.go.th", values, ("registration", 7))
    assert list(operations.undelivered("registration", [7])) == [7]
    later.state = "SENT"
    assert operations.undelivered("registration", [7]) == {}


def test_a_failure_that_is_reported_at_once_is_not_overwritten(app: Flask, unused_port: int) -> None:
    class Relay:
        """Takes a mail and reports in the same moment that it cannot be delivered."""

        async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
            with app.app_context():
                bounces.take(report(str(message_from_bytes(envelope.content)["Message-ID"])))
                db.session.commit()
            return "250 taken"

    controller = Controller(Relay(), hostname="127.0.0.1", port=unused_port)
    app.extensions["mail"].port = unused_port
    controller.start()
    with app.app_context():
        values = {"code": "123456", "reference": "R0123456789"}
        operations.queue("registration/mail/status_code", "wilai@example.go.th", values, ("registration", 7))
        db.session.commit()
        assert delivery.deliver_due() == 1
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
