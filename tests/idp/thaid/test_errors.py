"""Every code that DOPA's manual lists, at the token endpoint: what the person is told, and what is not kept."""

import logging

import pytest
from sqlalchemy import select

from demo.thaid_simulator.switches import ERRORS
from idp.database import db
from idp.thaid.models import ThaIDState
from tests.browsing import heading_of, text_of
from tests.idp.thaid.conftest import Journey

DENIED = "ไม่ได้ยืนยันตัวตนในแอป ThaID"
USED = "ใช้ไปแล้วหรือหมดเวลา"
UNAVAILABLE = "เข้าสู่ระบบด้วยชื่อผู้ใช้และรหัสผ่านได้ตามปกติ"
TOLD = {"user_denied": (400, DENIED), "access_denied": (400, DENIED), "invalid_request": (400, USED)}


@pytest.mark.parametrize("error", list(ERRORS))
def test_an_error_of_the_token_endpoint_says_what_to_do_and_keeps_nothing(
    journey: Journey, caplog: pytest.LogCaptureFixture, error: str
) -> None:
    caplog.set_level(logging.WARNING)
    journey.switch(error=error)
    page = journey.come_back()
    status, words = TOLD.get(error, (503, UNAVAILABLE))
    assert page.status_code == status
    assert words in text_of(page)
    assert heading_of(page) == "ยืนยันตัวตนด้วย ThaID ไม่สำเร็จ"
    assert "switched on at the control page" not in caplog.text, "what another says is not written into our log"
    with journey.app.app_context():
        assert db.session.scalars(select(ThaIDState.sealed)).all() == [None]
    journey.switch(error="none")
    assert journey.identity().given_name
