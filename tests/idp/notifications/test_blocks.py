"""What of a mail's text becomes a button, a link or a code on its page, and what stays text."""

import re

import pytest
from flask import Flask

from idp.notifications.blocks import Block, Kind, blocks
from idp.notifications.buttons import BUTTONS
from idp.notifications.catalogue import BY_TEMPLATE, LINK, MAILS, Mail
from idp.notifications.rendering import as_page, compose

ISSUER = "https://sso.example.go.th"
OURS = f"{ISSUER}/activate/abc"


@pytest.mark.parametrize(
    ("body", "kinds"),
    [
        ("เรียน ท่าน\n\nเปิดลิงก์นี้\n" + OURS, ["text", "text", "button"]),
        ("บรรทัดหนึ่ง\nบรรทัดสอง", ["text"]),
        ("รหัสคือ\n\n123456\n\nใช้ได้ครั้งเดียว", ["text", "code", "text"]),
        (f"{OURS}\n\nปิดได้ที่\n{ISSUER}/home", ["button", "text", "link"]),
        ("เหตุผล\nhttps://elsewhere.example/x", ["text"]),
        (f"ไปที่ {OURS} เพื่อทำต่อ", ["text"]),
        (f"{ISSUER}.elsewhere.example/x", ["text"]),
        ("", []),
    ],
)
def test_lines_of_their_own_are_what_they_are_and_all_else_is_text(body: str, kinds: list[str]) -> None:
    assert [str(block.kind) for block in blocks(body, OURS, "123456", ISSUER)] == kinds


def test_nothing_of_the_text_is_lost() -> None:
    body = f"หนึ่ง\nสอง\n{OURS}\nสาม\n\nสี่"
    found = blocks(body, OURS, "", ISSUER)
    assert found == [
        Block(Kind.TEXT, ["หนึ่ง", "สอง"]),
        Block(Kind.BUTTON, [OURS]),
        Block(Kind.TEXT, ["สาม"]),
        Block(Kind.TEXT, ["สี่"]),
    ]


@pytest.mark.parametrize("mail", MAILS, ids=lambda mail: mail.slug)
def test_a_page_has_one_button_a_language_for_its_link_and_fetches_nothing(sqlite_app: Flask, mail: Mail) -> None:
    with sqlite_app.app_context():
        letter = compose(mail.template, dict(mail.example))
        page = as_page(mail.template, letter)
    assert page.count("display:inline-block") == (2 if mail.example.get("link") in letter.bodies[0].split("\n") else 0)
    assert set(re.findall(r'href="([^"]*)"', page)) <= {LINK}
    assert not re.search(r"<(img|link|script|iframe|form|style)|src=|url\(|@import", page)
    assert 'lang="th"' in page
    assert 'lang="en"' in page


def test_a_button_is_named_only_where_a_mail_has_a_link() -> None:
    assert set(BUTTONS) <= {mail.template for mail in MAILS if "link" in mail.example}


@pytest.mark.attack(27)
def test_what_a_person_wrote_stays_text_on_the_page(sqlite_app: Flask) -> None:
    example = dict(BY_TEMPLATE["approval/mail/rejected"].example)
    said = '<img src=https://elsewhere.example/x.png>\nhttps://elsewhere.example/ & "ok"'
    with sqlite_app.app_context():
        page = as_page("approval/mail/rejected", compose("approval/mail/rejected", {**example, "mail_text": said}))
    assert "<img" not in page
    assert "&lt;img src=https://elsewhere.example/x.png&gt;" in page
    assert "href=" not in page
