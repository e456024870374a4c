"""The demo's mailbox shows a mail as a mailbox does, and lets nothing of it run."""

import json
from email.message import EmailMessage
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask.testing import FlaskClient

from demo.inbox import Inbox, application

PAGE = "<!doctype html><html><head></head><body><script>alert(1)</script><p style='color:red'>ฉบับหน้า</p></body></html>"


@pytest.fixture
def inbox(tmp_path: Path) -> FlaskClient:
    """With one mail of text alone and one that has a page, too."""
    told, held = tmp_path / "demo.json", Inbox()
    told.write_text(json.dumps({"addresses": {}, "people": []}))
    for page in ("", PAGE):
        mail = EmailMessage()
        mail["Subject"] = "689399 คือรหัส <b>"
        mail.set_content("ฉบับข้อความ <i>")
        if page:
            mail.add_alternative(page, subtype="html")
        held.take(SimpleNamespace(content=mail.as_bytes(), rcpt_tos=["somjai@example.go.th"]))
    return application(held, told).test_client()


def test_a_mail_is_listed_and_read_as_text_and_as_its_page(inbox: FlaskClient) -> None:
    assert inbox.get("/mails").text.count("689399 คือรหัส &lt;b&gt;") == 2
    assert "ฉบับข้อความ &lt;i&gt;" in inbox.get("/mails/1").text
    assert "<iframe" not in inbox.get("/mails/1").text
    assert 'src="/mails/2/page"' in inbox.get("/mails/2").text
    assert "ฉบับข้อความ" in inbox.get("/mails/2").text
    assert inbox.get("/mails/3").status_code == 404


def test_the_page_of_a_mail_may_bring_styles_and_nothing_else(inbox: FlaskClient) -> None:
    page = inbox.get("/mails/2/page")
    assert "ฉบับหน้า" in page.text
    policy = page.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "sandbox" in policy
    assert "allow-scripts" not in policy
    assert "allow-same-origin" not in policy
