"""Codes, links and the outbox."""

import email
import json
import logging
import smtplib
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
import time_machine
from aiosmtpd.controller import Controller
from flask import Flask
from sqlalchemy import select

from idp.database import db
from idp.doctor import faults
from idp.notifications import delivery, operations, secrets
from idp.notifications.models import OutboxMessage, SingleUseSecret
from idp.secrets_at_rest import encrypt
from idp.units import operations as units
from idp.web.application import key_files
from thai_web import clock
from thai_web.refusal import Refusal

CASE = {
    "reference": "RTEST",
    "name": "นางวิไล\r\nBcc: x@example.com ดี",
    "outcome_reason": "เอกสารไม่ชัด",
}


class Mailbox:
    """A relay that takes what it is sent."""

    def __init__(self) -> None:
        self.taken: list[Any] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        self.taken.append(envelope)
        return "250 taken"


@pytest.fixture
def relay(app: Flask, unused_port: int) -> Iterator[Mailbox]:
    mailbox = Mailbox()
    controller = Controller(mailbox, hostname="127.0.0.1", port=unused_port)
    controller.start()
    app.extensions["mail"].port = unused_port
    yield mailbox
    controller.stop()


def _queue() -> OutboxMessage:
    operations.queue(
        "approval/mail/rejected",
        "wilai@example.go.th",
        {"case": CASE, "unit": units.find("670603"), "decided_by": units.find("P67"), "mail_text": "ถ่ายใหม่ทั้งสี่มุม"},
        ("test", 1),
    )
    db.session.commit()
    found = db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id.desc())).first()
    assert found
    return found


def test_a_code_works_once_and_for_its_purpose_only(app: Flask) -> None:
    with app.app_context():
        code = secrets.issue_code("register", "7")
        db.session.commit()
        for purpose, subject in (("recover", "7"), ("register", "8")):
            with pytest.raises(Refusal):
                secrets.spend_code(purpose, subject, code)
        secrets.spend_code("register", "7", code)
        db.session.commit()
        with pytest.raises(Refusal):
            secrets.spend_code("register", "7", code)


def test_the_fifth_wrong_code_ends_the_code_even_though_each_request_is_rolled_back(app: Flask) -> None:
    with app.app_context():
        code = secrets.issue_code("register", "7")
        db.session.commit()
        wrong = "000000" if code != "000000" else "111111"
        for _ in range(5):
            with pytest.raises(Refusal):
                secrets.spend_code("register", "7", wrong)
            db.session.rollback()
        with pytest.raises(Refusal):
            secrets.spend_code("register", "7", code)


def test_a_code_expires_and_a_new_one_ends_the_old(app: Flask) -> None:
    with app.app_context():
        old = secrets.issue_code("register", "7")
        new = secrets.issue_code("register", "7")
        db.session.commit()
        if old != new:
            with pytest.raises(Refusal):
                secrets.spend_code("register", "7", old)
        with time_machine.travel(clock.now() + timedelta(minutes=31)), pytest.raises(Refusal):
            secrets.spend_code("register", "7", new)


@pytest.mark.attack(8)
def test_looking_at_a_link_spends_nothing_and_spending_works_once(app: Flask) -> None:
    with app.app_context():
        link = secrets.issue_link("activation", "5", timedelta(days=1))
        db.session.commit()
        assert secrets.look_at_link("activation", link) == secrets.look_at_link("activation", link)
        assert secrets.look_at_link("activation", link).subject == "5"
        assert secrets.spend_link("activation", link) == "5"
        with pytest.raises(Refusal):
            secrets.spend_link("activation", link)


def test_neither_code_nor_link_nor_mail_stands_readable_in_the_database(app: Flask) -> None:
    with app.app_context():
        link = secrets.issue_link("activation", "5", timedelta(days=1))
        message = _queue()
        stored = db.session.query(SingleUseSecret).one().digest
        assert link.encode() not in stored
        assert message.sealed
        assert "เอกสารไม่ชัด".encode() not in message.sealed


def test_a_queued_mail_is_sent_once_and_its_body_is_dropped(app: Flask, relay: Mailbox) -> None:
    with app.app_context():
        _queue()
        assert delivery.deliver_due() == 1
        assert delivery.deliver_due() == 0
        sent = db.session.query(OutboxMessage).one()
        assert (sent.state, sent.sealed) == ("SENT", None)
    assert len(relay.taken) == 1
    assert relay.taken[0].rcpt_tos == ["wilai@example.go.th"]


def _taken(relay: Mailbox) -> EmailMessage:
    found = email.message_from_bytes(relay.taken[0].content, policy=default)
    assert isinstance(found, EmailMessage)
    return found


def _part(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def test_a_mail_travels_as_text_and_as_a_page_that_say_the_same(app: Flask, relay: Mailbox) -> None:
    with app.app_context():
        _queue()
        delivery.deliver_due()
    message = _taken(relay)
    text, page = _part(message, "plain"), _part(message, "html")
    for said in ("ไม่อนุมัติคำขอลงทะเบียนเลขที่ RTEST", "เอกสารไม่ชัด", "ถ่ายใหม่ทั้งสี่มุม", "ขอแสดงความนับถือ", "Yours sincerely"):
        assert said in text
        assert said in page
    assert str(message["From"]).startswith('"ระบบ SSO สถ." <')
    assert relay.taken[0].mail_from == app.config["SETTINGS"].mail_sender


def test_a_code_stands_in_the_subject_and_neither_in_the_database_nor_in_a_log(
    app: Flask, relay: Mailbox, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with app.app_context():
        values = {"code": "689399", "reference": "RTEST"}
        operations.queue("registration/mail/email_code", "wilai@example.go.th", values, ("test", 1))
        db.session.commit()
        row = db.session.query(OutboxMessage).one()
        kept = [getattr(row, column.name) for column in OutboxMessage.__table__.columns]
        assert not [
            value for value in kept if b"689399" in (value if isinstance(value, bytes) else str(value).encode())
        ]
        delivery.deliver_due()
    assert str(_taken(relay)["Subject"]).startswith("689399 คือรหัสยืนยันอีเมลของท่าน")
    said = [
        record.getMessage() for record in caplog.records if record.name != "mail.log"
    ]  # that one is the relay's own
    assert not [line for line in said if "689399" in line]


def test_a_mail_that_was_queued_when_mails_were_text_alone_still_goes_out(app: Flask, relay: Mailbox) -> None:
    with app.app_context():
        row = _queue()
        row.sealed = encrypt(key_files().mail, json.dumps(["หัวเรื่อง", "ข้อความเดิม\n"]).encode(), row.message_id)
        db.session.commit()
        assert delivery.deliver_due() == 1
    message = _taken(relay)
    assert (str(message["Subject"]), _part(message, "plain").strip()) == ("หัวเรื่อง", "ข้อความเดิม")
    assert "ข้อความเดิม" in _part(message, "html")


@pytest.mark.attack(27)
def test_a_line_break_in_a_name_makes_no_header(app: Flask, relay: Mailbox) -> None:
    with app.app_context():
        _queue()
        delivery.deliver_due()
    header = relay.taken[0].content.split(b"\r\n\r\n")[0]
    assert b"\nBcc" not in header


def test_a_relay_that_is_down_delays_the_mail_and_loses_nothing(app: Flask, unused_port: int) -> None:
    app.extensions["mail"].port = unused_port
    with app.app_context():
        _queue()
        assert delivery.deliver_due() == 0
        waiting = db.session.query(OutboxMessage).one()
        assert (waiting.state, waiting.attempts) == ("QUEUED", 1)
        assert waiting.next_attempt_at > clock.now()
        assert "@" not in (waiting.last_error or "")


def test_a_worker_that_died_after_claiming_leaves_the_mail_to_the_next_one(
    app: Flask, relay: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with app.app_context():
        _queue()
        with monkeypatch.context() as patch:
            patch.setattr(smtplib.SMTP, "connect", die)
            with pytest.raises(KeyboardInterrupt):
                delivery.deliver_due()
        db.session.rollback()
        assert delivery.deliver_due() == 0, "the claim still holds"
        with time_machine.travel(clock.now() + timedelta(minutes=6)):
            assert delivery.deliver_due() == 1
    assert len(relay.taken) == 1


def test_a_relay_that_says_goodbye_badly_does_not_make_us_send_twice(
    app: Flask, relay: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hang_up(_self: smtplib.SMTP) -> None:
        raise smtplib.SMTPServerDisconnected("gone")

    monkeypatch.setattr(smtplib.SMTP, "quit", hang_up)
    with app.app_context():
        _queue()
        assert delivery.deliver_due() == 1
        assert delivery.deliver_due() == 0
    assert len(relay.taken) == 1


def test_a_mail_that_cannot_be_opened_does_not_hold_up_the_others(app: Flask, relay: Mailbox) -> None:
    with app.app_context():
        broken, whole = _queue(), _queue()
        broken.sealed = b"written under a key that is gone"
        db.session.commit()
        assert delivery.deliver_due() == 1
        assert (db.session.get_one(OutboxMessage, whole.id).state, len(relay.taken)) == ("SENT", 1)
        assert db.session.get_one(OutboxMessage, broken.id).last_error


def test_the_doctor_names_mail_that_was_given_up(app: Flask) -> None:
    with app.app_context():
        assert not [fault for fault in faults() if "could not be delivered" in fault]
        _queue().state = "FAILED"
        db.session.commit()
        assert [fault for fault in faults() if "1 of the last seven days could not be delivered" in fault]
