"""Every mail can be read before anybody gets it, and reads as stored."""

import os
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import UndefinedError

from idp.notifications import operations
from idp.notifications.catalogue import BY_TEMPLATE, MAILS, Mail
from idp.notifications.rendering import render
from tests.browsing import text_of
from tests.factories import appoint_first, open_person, sign_in
from tests.people import CLERK, DLA_OFFICER

STORED = Path(__file__).parent / "mails"
ROOMS = Path(__file__).parents[3] / "idp"


def test_every_template_is_in_the_catalogue_in_both_languages() -> None:
    for language in ("th", "en"):
        found = {
            "/".join(path.parts[-3:]).removesuffix(f".{language}.txt") for path in ROOMS.rglob(f"mail/*.{language}.txt")
        }
        assert found == set(BY_TEMPLATE)


@pytest.mark.parametrize("mail", MAILS, ids=lambda mail: mail.slug)
def test_a_mail_reads_as_stored(sqlite_app: Flask, mail: Mail) -> None:
    with sqlite_app.app_context():
        subject, body = render(mail.template, dict(mail.example))
    stored = STORED / f"{mail.slug}.txt"
    if os.environ.get("REWRITE_MAILS"):
        stored.write_text(f"{subject}\n\n{body}", encoding="utf-8")
    assert f"{subject}\n\n{body}" == stored.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("number", "more", "subject"),
    [
        (1, False, "มีคำขอรอท่านพิจารณา 1 รายการ / 1 request waits for your decision"),
        (2, False, "มีคำขอรอท่านพิจารณา 2 รายการ / 2 requests wait for your decision"),
        (50, True, "มีคำขอรอท่านพิจารณา 50+ รายการ / 50+ requests wait for your decision"),
    ],
)
def test_the_reminder_counts_as_one_speaks(sqlite_app: Flask, number: int, more: bool, subject: str) -> None:
    example = dict(BY_TEMPLATE["approval/mail/waiting"].example)
    with sqlite_app.app_context():
        found, body = render("approval/mail/waiting", {**example, "number": number, "more": more})
    assert found == subject
    assert ("50 รายการขึ้นไป" in body and "50 or more" in body) is more


def test_no_stored_mail_is_left_over() -> None:
    assert {path.stem for path in STORED.glob("*.txt")} == {mail.slug for mail in MAILS}


@pytest.mark.attack(27)
def test_a_mail_with_a_word_missing_or_of_no_catalogue_is_never_queued(sqlite_app: Flask) -> None:
    with sqlite_app.test_request_context(method="POST"):
        with pytest.raises(UndefinedError):
            operations.queue("registration/mail/status_code", "a@example.go.th", {"code": "123456"}, ("test", 1))
        with pytest.raises(ValueError, match="catalogue"):
            operations.queue("registration/mail/unknown", "a@example.go.th", {}, ("test", 1))


def test_dla_reads_every_mail_with_invented_values_and_a_clerk_does_not(sqlite_app: Flask) -> None:
    with sqlite_app.app_context():
        for person in (DLA_OFFICER, CLERK):
            open_person(person)
        appoint_first(DLA_OFFICER)
    officer, clerk = sqlite_app.test_client(), sqlite_app.test_client()
    sign_in(officer, DLA_OFFICER)
    sign_in(clerk, CLERK)
    listed = text_of(officer.get("/mails"))
    for mail in MAILS:
        assert mail.name in listed
        page = officer.get(f"/mails/{mail.slug}")
        assert page.status_code == 200
        assert mail.name in text_of(page)
        assert clerk.get(f"/mails/{mail.slug}").status_code == 403
        shown = officer.get(f"/mails/{mail.slug}/page")
        assert shown.status_code == 200
        assert "script-src" not in shown.headers["Content-Security-Policy"]
        assert "sandbox" in shown.headers["Content-Security-Policy"]
        assert clerk.get(f"/mails/{mail.slug}/page").status_code == 403
    assert officer.get("/mails/nothing").status_code == 404
    assert officer.get("/mails/nothing/page").status_code == 404
    assert clerk.get("/mails").status_code == 403
