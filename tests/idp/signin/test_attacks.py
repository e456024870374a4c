"""Two people at the same door."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from idp.accounts import operations as accounts
from idp.accounts.rules import Person
from idp.database import db
from idp.signin import operations as signin
from tests.browsing import submit, text_of
from tests.people import CLERK, PASSWORD, UNIT_ADMIN
from tests.scene import open_person


def test_a_username_taken_a_moment_ago_is_told_beside_its_field(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        open_person(UNIT_ADMIN)
        known = Person("นาย", "ใหม่", "เอี่ยม", CLERK.national_id, "new@example.go.th")
        secret = signin.begin_activation(accounts.open_account(known, origin="test").id)
        db.session.commit()
    page = client.get(f"/activate/{secret}")
    monkeypatch.setattr(
        "idp.accounts.operations.find_by_username", lambda _text: None
    )  # both looked before either wrote
    values = {"username": UNIT_ADMIN.username, "password": PASSWORD, "password_again": PASSWORD}
    answer = submit(client, page, values)
    assert answer.status_code == 422
    assert "มีผู้ใช้ชื่อนี้แล้ว" in text_of(answer)
    assert submit(client, page, {**values, "username": "another.name"}).status_code == 303
