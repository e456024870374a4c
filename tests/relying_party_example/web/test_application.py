"""The frame: guards, headers, language, stale forms, errors."""

import os
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path

import pytest
import time_machine
from flask import Flask, render_template_string
from sqlalchemy import select

from relying_party_example import create_app
from relying_party_example.commands import upgrade
from relying_party_example.config import Settings
from relying_party_example.database import db
from relying_party_example.periods.models import Period
from tests.browsing import heading_of, text_of
from tests.relying_party_example.browsing import send
from tests.relying_party_example.conftest import SignIn
from tests.relying_party_example.people import CLERK


def test_every_view_carries_exactly_one_guard(web: Flask) -> None:
    bare = {name for name, view in web.view_functions.items() if not hasattr(view, "guard")}
    assert bare == {"static", "thai_web.static"}


def test_every_public_view_says_why(web: Flask) -> None:
    reasons = [view.guard for view in web.view_functions.values() if hasattr(view, "guard")]
    assert all(len(reason) > len("public: ") + 8 for reason in reasons if reason.startswith("public"))


def test_paths_are_lower_case_words_joined_by_hyphens(web: Flask) -> None:
    word = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*|<([a-z]+:)?[a-z]+>")
    parts = [part for rule in web.url_map.iter_rules() for part in rule.rule.strip("/").split("/") if part]
    assert [part for part in parts if part != "<path:filename>" and not word.fullmatch(part)] == []


def test_nobody_enters_a_page_that_is_not_public(web: Flask) -> None:
    client = web.test_client()
    for path in ("/dashboards/", "/reports/", "/certification/", "/periods/", "/reports/2570-1/670603"):
        answer = client.get(path)
        assert answer.status_code == 303
        assert answer.headers["Location"].startswith("/signin/start?next=")


def test_pages_refuse_scripts_frames_and_caches(web: Flask) -> None:
    headers = web.test_client().get("/").headers
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_static_files_alone_are_kept_under_an_address_that_follows_their_content(web: Flask) -> None:
    client = web.test_client()
    found = re.findall(r'(?:href|src)="(/static/[^"]+[?]v=[^"]+)"', client.get("/").get_data(as_text=True))
    assert {address.rpartition("/")[2].partition("?")[0] for address in found} == {
        "frame.css",
        "frame.js",
        "icon.svg",
        "site.css",
    }
    for address in found:
        with client.get(address) as file:
            assert file.headers["Cache-Control"] == "public, max-age=31536000"
            assert sha256(file.data).hexdigest().startswith(address.rpartition("v=")[2])
    assert client.get("/static/thai-web/nothing.css").headers["Cache-Control"] == "no-store"


def test_the_language_is_switched_by_a_form_and_kept(web: Flask) -> None:
    client = web.test_client()
    page = client.get("/")
    form = re.search(r'name="csrf_token" value="([^"]+)"', page.get_data(as_text=True))
    assert form is not None
    sent = {"csrf_token": form[1], "language": "en", "next": "//evil.example"}
    assert client.post("/language", data=sent).headers["Location"] == "/"
    english = client.get("/").get_data(as_text=True)
    assert '<html lang="en">' in english
    assert "Sign in" in english


def test_switching_the_language_on_a_page_that_only_takes_a_form_opens_the_page_above(web: Flask) -> None:
    client = web.test_client()
    form = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/").get_data(as_text=True))
    assert form is not None
    sent = {"csrf_token": form[1], "language": "en", "next": "/certification/2570-1/670603/certify"}
    assert client.post("/language", data=sent).headers["Location"] == "/certification/2570-1/670603"


def test_a_form_without_its_token_changes_nothing(clock_set: time_machine.Traveller, sign_in: SignIn) -> None:
    client = sign_in(CLERK)
    refused = client.post("/reports/2570-1/start", data={})
    assert refused.status_code == 400
    assert "แบบฟอร์มนี้หมดอายุ" in text_of(refused)
    assert "เริ่มบันทึกรายงาน" in text_of(client.get("/dashboards/"))


def test_an_unexpected_error_shows_a_reference_and_no_trace(
    clock_set: time_machine.Traveller, sign_in: SignIn, web: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> str:
        raise RuntimeError("the secret inside")

    monkeypatch.setitem(web.view_functions, "dashboards.welcome", broken)
    answer = web.test_client().get("/")
    assert answer.status_code == 500
    assert heading_of(answer) == "ระบบขัดข้อง"
    assert "the secret inside" not in answer.get_data(as_text=True)
    assert "รหัสอ้างอิง" in text_of(answer)


def test_an_unknown_page_and_a_wrong_method_have_pages_of_their_own(web: Flask) -> None:
    client = web.test_client()
    assert heading_of(client.get("/nothing")) == "ไม่พบหน้าที่ต้องการ"
    assert heading_of(client.get("/language")) == "ไม่สามารถเปิดหน้านี้โดยตรงได้"


def test_a_form_that_is_too_large_is_refused(clock_set: time_machine.Traveller, sign_in: SignIn) -> None:
    client = sign_in(CLERK)
    send(client, client.get("/dashboards/"), {}, action="/start")
    page = client.get("/reports/2570-1/670603/parts/remarks")
    assert send(client, page, {"problems": "ก" * 300_000}).status_code == 413


def test_the_probes_answer(web: Flask) -> None:
    client = web.test_client()
    assert client.get("/healthz").json == {"status": "ok"}
    assert client.get("/readyz").json == {"status": "ok"}


def test_what_refuses_commits_nothing(app: Flask) -> None:
    """An operation may have changed rows before its rule said no, and a view may have told the no on its own page."""

    def first() -> Period:
        return db.session.scalars(select(Period).order_by(Period.id).limit(1)).one()

    def half_done(status: int) -> Callable[[], tuple[str, int]]:
        def view() -> tuple[str, int]:
            first().due_on = date(2030, 1, status % 100 + 1)
            db.session.flush()
            return "refused", status

        return view

    for status in (200, 400, 401, 403, 404, 409, 422, 503):
        app.view_functions["frame.switch_language"] = half_done(status)
        app.config["WTF_CSRF_ENABLED"] = False
        assert app.test_client().post("/language").status_code == status
        db.session.expire_all()
        assert first().due_on == date(2030, 1, 1), "the good answer's alone"


def test_a_time_stays_on_one_line(web: Flask) -> None:
    at = datetime(2026, 12, 30, 7, 5, tzinfo=UTC)
    with web.test_request_context():
        written = render_template_string("{{ at | thai_datetime }}", at=at)
    assert written == "30 ธันวาคม 2569 เวลา\u00a014.05\u00a0น."


def test_the_sqlite_file_is_its_owners_alone(tmp_path: Path) -> None:
    """It holds what offices reported before it is published, and sealed tokens."""
    path = tmp_path / "made" / "info.sqlite"
    path.parent.mkdir()
    for name in ("info.sqlite", "info.sqlite-wal"):
        (path.parent / name).touch(mode=0o644)
    before = os.umask(0)
    try:
        application = create_app(Settings(database_url=f"sqlite:///{path}"))
        with application.app_context():
            upgrade()
            modes = {each.name: each.stat().st_mode & 0o777 for each in path.parent.iterdir()}
            db.session.remove()
            db.engine.dispose()
    finally:
        os.umask(before)
    assert modes
    assert set(modes.values()) == {0o600}, modes
