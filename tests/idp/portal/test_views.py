"""The front page, the home, the language."""

import hashlib
import re

import pytest
from flask import Flask

from tests.browsing import heading_of, submit, text_of
from tests.factories import appoint, appoint_first, open_person, sign_in
from tests.people import CAST, CLERK, DLA_OFFICER, PROVINCIAL, UNIT_ADMIN, Invented


@pytest.fixture
def appointed(sqlite_app: Flask) -> Flask:
    with sqlite_app.app_context():
        for person in CAST:
            open_person(person)
        appoint_first(DLA_OFFICER)
        appoint(PROVINCIAL, by=DLA_OFFICER)
        appoint(UNIT_ADMIN, by=PROVINCIAL)
    return sqlite_app


def test_the_page_reads_english_after_the_switch_and_stays_where_one_was(sqlite_app: Flask) -> None:
    client = sqlite_app.test_client()
    page = client.get("/units?q=ศรีเทพ")
    assert heading_of(page) == "ค้นหาหน่วยงาน"
    answer = submit(client, page, {"language": "en"}, action="/language")
    assert answer.location.startswith("/units?q=")
    page = client.get(answer.location)
    assert 'lang="en"' in page.get_data(as_text=True)
    assert heading_of(page).isascii()


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_switching_the_language_never_leads_off_this_site(sqlite_app: Flask, target: str) -> None:
    client = sqlite_app.test_client()
    answer = submit(client, client.get("/"), {"language": "en", "next": target}, action="/language")
    assert answer.location == "/"


@pytest.mark.parametrize(
    ("person", "menu"),
    [
        (CLERK, {"หน้าแรก"}),
        (UNIT_ADMIN, {"หน้าแรก", "คำขอ", "การมอบหมาย", "บุคลากร", "ค้นหา"}),
        (
            DLA_OFFICER,
            {
                *("หน้าแรก", "คำขอ", "การมอบหมาย", "บุคลากร", "ภาพรวม", "บันทึกการตรวจสอบ"),
                *("ระบบที่เชื่อมโยง", "เอกสารหลักฐาน", "วันหยุดราชการ", "อีเมลที่ระบบส่ง", "ค้นหา"),
            },
        ),
    ],
)
def test_the_menu_shows_what_one_can_reach_and_each_entry_opens(
    appointed: Flask, person: Invented, menu: set[str]
) -> None:
    import re

    client = appointed.test_client()
    sign_in(client, person)
    page = client.get("/home").get_data(as_text=True)
    navigation = page[page.index("<nav") : page.index("</nav>")]
    entries = dict(re.findall(r'<a href="([^"]+)"[^>]*>([^<]+)</a>', navigation))
    assert set(entries.values()) == menu
    for address in entries:
        assert client.get(address, follow_redirects=True).status_code == 200


@pytest.mark.parametrize("path", ["/approvals", "/appointments", "/clients", "/appointments/units/670603/new"])
def test_a_clerk_without_power_is_told_why_and_what_to_do(appointed: Flask, path: str) -> None:
    client = appointed.test_client()
    sign_in(client, CLERK)
    answer = client.get(path)
    assert answer.status_code == 403
    assert "หนังสือมอบหมาย" in text_of(answer)


@pytest.mark.parametrize(
    ("path", "who"), [("/mails", "เฉพาะเจ้าหน้าที่ส่วนกลาง สถ."), ("/audit", "เฉพาะผู้ตรวจสอบและเจ้าหน้าที่ส่วนกลาง สถ.")]
)
def test_an_admin_is_not_told_to_become_one(appointed: Flask, path: str, who: str) -> None:
    client = appointed.test_client()
    sign_in(client, UNIT_ADMIN)
    answer = client.get(path)
    assert answer.status_code == 403
    assert who in text_of(answer)
    assert "ผู้ดูแล SSO และ" not in text_of(answer)


def test_an_unknown_page_and_a_wrong_method_are_pages_too(sqlite_app: Flask) -> None:
    client = sqlite_app.test_client()
    assert client.get("/nothing-here").status_code == 404
    assert heading_of(client.get("/nothing-here")) == "ไม่พบหน้านี้"
    assert client.get("/signout").status_code == 405


def test_every_page_carries_the_security_headers_and_is_not_stored(sqlite_app: Flask) -> None:
    client = sqlite_app.test_client()
    for path in ("/", "/signin", "/register", "/units", "/nothing-here"):
        headers = client.get(path).headers
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Cache-Control"] == "no-store"


def test_an_answer_for_programs_carries_what_such_an_answer_needs(sqlite_app: Flask) -> None:
    client = sqlite_app.test_client()
    for path, method in (("/jwks", "GET"), ("/userinfo", "GET"), ("/token", "POST"), ("/token", "GET")):
        headers = client.open(path, method=method).headers
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cache-Control"] == ("public, max-age=300" if path == "/jwks" else "no-store")


@pytest.mark.parametrize("name", ["site.css", "site.js", "frame.css", "frame.js"])
def test_styles_are_kept_for_a_year_under_an_address_that_follows_their_content(sqlite_app: Flask, name: str) -> None:
    client = sqlite_app.test_client()
    address = next(each for each in re.findall(r'(?:href|src)="([^"]+)"', client.get("/").text) if name in each)
    with client.get(address) as style:
        assert style.cache_control.public
        assert style.cache_control.max_age == 365 * 24 * 60 * 60
        assert hashlib.sha256(style.data).hexdigest().startswith(address.rpartition("v=")[2])


def test_an_error_of_ours_tells_a_reference_and_no_stack_trace(
    sqlite_app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> str:
        raise RuntimeError("secret inside")

    sqlite_app.view_functions["portal.front"] = broken
    answer = sqlite_app.test_client().get("/")
    assert answer.status_code == 500
    assert "secret inside" not in answer.get_data(as_text=True)
    reference = next(
        word for word in text_of(answer).split() if len(word) == 8 and word.isalnum() and word in caplog.text
    )
    assert reference


def test_the_front_page_leads_in_at_once_and_takes_the_reference_of_a_request(sqlite_app: Flask) -> None:
    client = sqlite_app.test_client()
    page = client.get("/")
    assert page.get_data(as_text=True).count('class="button"') == 1, "one thing is the first"
    assert "เริ่มใช้งานใน 5 ขั้น" in text_of(page)
    found = client.get("/registration-status/find?reference=R0123456789")
    assert 'value="R0123456789"' in found.get_data(as_text=True)
    assert client.get("/registration-status/find", query_string={"reference": "<" * 5000}).status_code == 200


def test_the_foot_leads_to_privacy_and_accessibility(sqlite_app: Flask) -> None:
    client = sqlite_app.test_client()
    page = client.get("/").text
    foot = page[page.index("<footer") :]
    for address in ("/privacy", "/accessibility"):
        assert f'href="{address}"' in foot
        assert client.get(address).status_code == 200
    assert heading_of(client.get("/accessibility")) == "การเข้าถึงเว็บไซต์"
