"""Two people at the same door; links that somebody else would like to lead or use up."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from idp.accounts import operations as accounts
from idp.accounts.rules import Person
from idp.database import db
from idp.signin import activation
from tests.browsing import submit, text_of
from tests.factories import open_person
from tests.people import CLERK, PASSWORD, UNIT_ADMIN


def test_a_username_taken_a_moment_ago_is_told_beside_its_field(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        open_person(UNIT_ADMIN)
        known = Person("นาย", "ใหม่", "เอี่ยม", CLERK.national_id, "new@example.go.th")
        secret = activation.begin_activation(accounts.open_account(known, origin="test").id)
        db.session.commit()
    page = client.get(f"/activate/{secret}")
    monkeypatch.setattr(
        "idp.accounts.operations.find_by_username", lambda _text: None
    )  # both looked before either wrote
    values = {
        "national_id": CLERK.national_id,
        "username": UNIT_ADMIN.username,
        "password": PASSWORD,
        "password_again": PASSWORD,
    }
    answer = submit(client, page, values)
    assert answer.status_code == 422
    assert "มีผู้ใช้ชื่อนี้แล้ว" in text_of(answer)
    assert submit(client, page, {**values, "username": "another.name"}).status_code == 303


@pytest.mark.attack(8, 9)
def test_a_recovery_link_leads_to_us_whatever_host_was_asked_and_a_scanner_does_not_use_it_up(
    app: Flask, client: FlaskClient, outbox: Callable[[], list[tuple[str, str, str]]]
) -> None:
    with app.app_context():
        open_person(CLERK)
    page = client.get("/recovery")
    token = re.findall(r'name="csrf_token" value="([^"]+)"', page.get_data(as_text=True))[0]
    hostile = {"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
    client.post("/recovery", data={"csrf_token": token, "email": CLERK.email}, headers=hostile)
    submit(client, page, {"email": CLERK.email})
    bodies = [body for _to, _subject, body in outbox()]
    assert bodies
    assert not any("evil" in body for body in bodies)
    path = re.findall(r"/recovery/\S+", bodies[-1])[0]
    for method in ("HEAD", "GET", "OPTIONS", "HEAD", "GET"):
        assert client.open(path, method=method).status_code == 200
    values = {
        "national_id": CLERK.national_id,
        "password": "mango-sticky-rice-2569",
        "password_again": "mango-sticky-rice-2569",
    }
    assert submit(client, client.get(path), values).status_code == 303
