"""The copy of one's own data: all of it, nothing of others, only soon after a sign-in; what is told to everybody."""

import json
from datetime import timedelta
from io import BytesIO
from zipfile import ZipFile

import time_machine
from flask import Flask
from sqlalchemy import select

from idp.audit.models import AuditEvent
from idp.database import db
from tests.browsing import submit, text_of
from tests.factories import sign_in, viewer_of
from tests.idp.portal.test_views import appointed as appointed
from tests.people import CLERK, UNIT_ADMIN
from thai_web import clock


def test_the_copy_holds_ones_own_data_in_two_forms_and_nothing_of_others(appointed: Flask) -> None:
    client = appointed.test_client()
    sign_in(client, CLERK)
    answer = submit(client, client.get("/account"), {}, action="/account/copy")
    assert answer.status_code == 200
    assert "attachment" in answer.headers["Content-Disposition"]
    with ZipFile(BytesIO(answer.data)) as packed:
        told, page = json.loads(packed.read("data.json")), packed.read("data.html").decode()
    assert told["บัญชี"][0]["อีเมล"] == CLERK.email
    assert told["สังกัดและสิทธิ์"][0]["ตำแหน่ง"] == CLERK.position
    assert told["การเข้าสู่ระบบล่าสุด"]
    for each in (json.dumps(told, ensure_ascii=False), page):
        assert CLERK.family_name in each
        assert UNIT_ADMIN.email not in each
    with appointed.app_context():
        mine = select(AuditEvent).where(AuditEvent.name == "account.copy_taken")
        assert [each.subject_id for each in db.session.scalars(mine)] == [str(viewer_of(CLERK).account_id)]
    assert "ดาวน์โหลดสำเนาข้อมูลของตนเอง" in text_of(client.get("/home/history"))


def test_an_open_screen_gives_no_copy(appointed: Flask) -> None:
    client = appointed.test_client()
    with time_machine.travel(clock.now(), tick=False) as travel:
        sign_in(client, CLERK)
        page = client.get("/account")
        travel.shift(timedelta(minutes=16))
        answer = submit(client, page, {}, action="/account/copy")
    assert answer.status_code == 403
    assert "15 นาที" in text_of(answer)


def test_what_becomes_of_data_is_told_to_everybody_from_every_page(sqlite_app: Flask) -> None:
    client = sqlite_app.test_client()
    assert 'href="/privacy"' in client.get("/signin").get_data(as_text=True)
    page = text_of(client.get("/privacy"))
    assert "มาตรา 24 (4)" in page
    assert "จะถูกทำลายเมื่อครบ" in page
