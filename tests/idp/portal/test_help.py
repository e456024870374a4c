"""The manual: its pages, their QR codes, their pictures, and the ways that lead to it."""

import re
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote

import pytest
import segno
from flask import Flask

from idp import doctor
from idp.portal import manual
from tests.browsing import heading_of, submit, text_of
from tests.journeys.manual import KEPT, LARGEST, PICTURES


@pytest.mark.parametrize("slug", manual.PAGES)
def test_a_page_is_open_to_everybody_and_tells_its_address(sqlite_app: Flask, slug: str) -> None:
    page = sqlite_app.test_client().get(manual.address(slug))
    assert page.status_code == 200
    assert heading_of(page) == manual.read(slug).title
    assert f"http://localhost:8000{manual.address(slug)}" in text_of(page)
    levels = [int(level) for level in re.findall(r"<h([1-6])", page.get_data(as_text=True))]
    assert all(after - before <= 1 for before, after in pairwise(levels)), "no level is skipped"


@pytest.mark.parametrize("slug", manual.PAGES)
def test_links_pictures_and_anchors_of_a_page_lead_somewhere(sqlite_app: Flask, slug: str) -> None:
    client = sqlite_app.test_client()
    page = client.get(manual.address(slug)).get_data(as_text=True)
    for target in {*re.findall(r'(?:href|src)="(/?[^"/:][^":]*|/)"', page)}:
        path, _, anchor = target.partition("#")
        with client.get(path or manual.address(slug), follow_redirects=True) as answer:
            assert answer.status_code == 200, target
            assert not anchor or f'id="{unquote(anchor)}"' in answer.get_data(as_text=True), target


@pytest.mark.parametrize("slug", manual.PAGES)
def test_the_qr_code_holds_the_public_address_whatever_host_the_caller_names(sqlite_app: Flask, slug: str) -> None:
    answer = sqlite_app.test_client().get(f"/help/{slug}/qr-code", headers={"Host": "evil.example"})
    assert answer.mimetype == "image/svg+xml"
    expected = BytesIO()
    code = segno.make_qr(f"http://localhost:8000{manual.address(slug)}", error="m")
    code.save(expected, "svg", scale=4, light="white")
    assert answer.data == expected.getvalue()


@pytest.mark.parametrize("path", ["/help/nothing", "/help/nothing/qr-code", "/help/pictures/..%2findex.md"])
def test_there_is_nothing_else(sqlite_app: Flask, path: str) -> None:
    assert sqlite_app.test_client().get(path).status_code == 404


def test_markup_in_a_file_is_shown_and_does_nothing() -> None:
    page = manual.render("x", "# หัว\n\n<script>alert(1)</script> [ก](javascript:alert(1)) <b>ข</b>\n")
    assert "<script" not in page.body
    assert "<b>" not in page.body
    assert "<a" not in page.body
    assert "&lt;script&gt;" in page.body


def test_every_picture_is_taken_shown_and_told_in_thai() -> None:
    shown = [found for slug in manual.PAGES for found in _pictures(manual.FOLDER / f"{slug}.md")]
    assert {name for _, name in shown} == {f"{name}.png" for name in PICTURES} == {path.name for path in KEPT.iterdir()}
    assert all(re.search("[ก-ฮ]", text) for text, _ in shown)
    assert all(path.stat().st_size <= LARGEST for path in KEPT.iterdir())


def _pictures(path: Path) -> list[tuple[str, str]]:
    return re.findall(r"!\[(.*?)\]\(pictures/(.*?)\)", path.read_text())


def test_every_file_of_the_manual_is_served() -> None:
    assert {path.stem for path in manual.FOLDER.glob("*.md")} == set(manual.PAGES)


@pytest.mark.parametrize("path", ["/", "/signin", "/register", "/nothing"])
def test_every_page_leads_to_the_manual(sqlite_app: Flask, path: str) -> None:
    assert 'href="/help"' in sqlite_app.test_client().get(path).get_data(as_text=True)


def test_in_english_the_frame_is_english_and_says_that_the_manual_is_thai(sqlite_app: Flask) -> None:
    client = sqlite_app.test_client()
    submit(client, client.get("/help/register"), {"language": "en"}, action="/language")
    page = client.get("/help/register")
    assert "The manual is in Thai" in text_of(page)
    assert '<article class="manual" lang="th">' in page.get_data(as_text=True)


def test_the_doctor_misses_a_manual_that_is_not_there(
    sqlite_app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with sqlite_app.app_context():
        assert not [fault for fault in doctor.faults() if fault.startswith("manual")]
    monkeypatch.setattr(manual, "FOLDER", tmp_path)
    with sqlite_app.app_context():
        assert [fault for fault in doctor.faults() if fault.startswith("manual: no page for index")]
