"""Finding a place in the manual, and the whole of it on one page."""

import re
from urllib.parse import unquote

import pytest
from flask import Flask

from idp.portal import manual, manual_search
from tests.browsing import heading_of, text_of


@pytest.mark.parametrize(
    ("query", "page", "heading"),
    [
        ("ลืมรหัสผ่าน", "symptoms", "เข้าสู่ระบบไม่ได้"),
        ("  HEIC ", "symptoms", "แนบไฟล์ไม่ได้"),
        ("thaid หมดเวลา", "symptoms", "สแกน ThaID ไม่ผ่าน"),
        ("๑๔ วัน ลบ", "register", "กลับมาทำต่อจากเครื่องอื่น"),
        ("ถอนคำขอ", "waiting", "ถอนคำขอ"),
    ],
)
def test_a_section_with_every_word_is_found_in_either_digits(query: str, page: str, heading: str) -> None:
    found = manual_search.search(query)
    assert (page, heading) in {(place.page.slug, place.section.heading) for place in found}


def test_what_has_the_word_in_its_heading_comes_first_and_an_excerpt_shows_the_word() -> None:
    found = manual_search.search("ถอนคำขอ")
    assert found[0].section.heading == "ถอนคำขอ"
    assert all("ถอนคำขอ" in place.excerpt + place.section.heading for place in found)
    assert all(len(place.excerpt) < 400 for place in found)


@pytest.mark.parametrize("query", ["", "  ", "ไม่มีคำนี้ในคู่มือแน่นอน"])
def test_nothing_is_found_for_nothing(query: str) -> None:
    assert manual_search.search(query) == []


def test_the_search_works_by_a_plain_form_and_leads_to_the_section(sqlite_app: Flask) -> None:
    client = sqlite_app.test_client()
    page = client.get("/help/search?q=ลืมรหัสผ่าน")
    assert "ลืมรหัสผ่าน" in heading_of(page)
    assert 'href="/help/symptoms#' in page.text
    nothing = client.get("/help/search?q=<script>")
    assert "ไม่พบคำนี้ในคู่มือ" in text_of(nothing)
    assert "<script>" not in nothing.text.partition("<main")[2]


@pytest.mark.parametrize("slug", manual.PAGES)
def test_every_page_stands_in_the_list_beside_every_page(sqlite_app: Flask, slug: str) -> None:
    page = sqlite_app.test_client().get(manual.address(slug)).text
    assert [
        each for _text, slugs in manual.GROUPS for each in slugs if f'href="{manual.address(each)}"' not in page
    ] == []
    assert sorted(each for _text, slugs in manual.GROUPS for each in slugs) == sorted(manual.PAGES)
    assert page.count('aria-current="page"') >= 1


def test_the_book_holds_every_page_and_its_links_stay_in_it(sqlite_app: Flask) -> None:
    page = sqlite_app.test_client().get("/help/all").text
    assert page.count("<h1") == 1
    ids = re.findall(r'id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert set(manual.PAGES) <= set(ids)
    links = [unquote(each) for each in re.findall(r'href="#([^"]+)"', page.partition('<article class="manual"')[2])]
    assert links
    assert not set(links) - set(ids)
    assert 'href="/help/' not in page.partition('<article class="manual"')[2].rpartition("</article>")[0]


@pytest.mark.parametrize(("issuer", "warns"), [("http://localhost:8000", True), ("https://sso.example.go.th", False)])
def test_a_code_that_only_this_machine_opens_says_so(
    sqlite_app: Flask, monkeypatch: pytest.MonkeyPatch, issuer: str, warns: bool
) -> None:
    monkeypatch.setattr("idp.portal.help_views.links.absolute", lambda _endpoint, **_values: f"{issuer}/help")
    assert ("จึงไม่พิมพ์ลงกระดาษ" in sqlite_app.test_client().get("/help").text) is warns


def test_the_book_on_paper_is_a_pdf_that_names_every_page(sqlite_app: Flask) -> None:
    with sqlite_app.test_client().get("/help/all/pdf") as answer:
        assert answer.mimetype == "application/pdf"
        assert answer.data.startswith(b"%PDF-")
