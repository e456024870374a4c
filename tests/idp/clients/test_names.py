"""What a system is called on pages that only name it."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from idp.clients import names
from idp.clients.names import Named
from idp.database import db
from tests.idp.oidc.relying_party import register
from tests.idp.oidc.test_statements import counting
from thai_web import clock


@pytest.mark.parametrize(
    ("name", "sign"),
    [
        ("INFO ระบบข้อมูลกลาง อปท.", "INFO"),
        ("ระบบคุณภาพน้ำ", "ค"),
        ("เบี้ยยังชีพ", "บ"),
        ("e-LAAS", "e"),
        ("3 ดี", "3"),
        ("ระบบ", ""),
        ("DEPARTMENT", "D"),
    ],
)
def test_a_system_is_known_by_its_short_name_or_its_first_letter(name: str, sign: str) -> None:
    assert Named(name, "").sign == sign


def test_a_name_is_asked_for_once_a_minute_and_follows_the_register(app: Flask) -> None:
    register(app, client_id="asking", client_name="ระบบเดิม")
    with app.test_request_context():
        assert names.find("asking") == names.find("asking")
        with counting(app) as count:
            assert names.find("asking")
        assert not count.statements
        names.operations.find("asking").name_th = "ระบบใหม่"  # type: ignore[union-attr]
        db.session.commit()
        with time_machine.travel(clock.now() + timedelta(seconds=61)):
            found = names.find("asking")
            assert found is not None
            assert found.shown == "ระบบใหม่"


@pytest.mark.parametrize("client_id", [None, "", "nobody", "x" * 101, "ก", "a b"])
def test_nobody_is_named_that_is_not_registered(app: Flask, client_id: str | None) -> None:
    with app.test_request_context():
        assert names.find(client_id) is None
