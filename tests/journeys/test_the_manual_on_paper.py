"""The whole manual as Chromium prints it. `PRINT_MANUAL=1`, as `make manual` has it, keeps what was printed."""

import os
from io import BytesIO
from urllib.parse import urlsplit

import pypdfium2
from flask import Flask
from playwright.sync_api import Browser, Route

from idp.portal import manual
from tests.journeys.narrow_screen import ADDRESS

LARGEST = 4_000_000  # bytes; an attachment of a letter that every mailbox takes
FEWEST, MOST = 15, 60  # sheets
EMPTY = 0.45  # of the height of a sheet, below what is printed on it


def _printed(app: Flask, browser: Browser) -> bytes:
    client = app.test_client()

    def answer(route: Route) -> None:
        with client.get(urlsplit(route.request.url).path) as told:
            route.fulfill(status=told.status_code, headers=dict(told.headers), body=told.data)

    page = browser.new_page(viewport={"width": 1000, "height": 1400}, locale="th-TH")
    page.route(f"{ADDRESS}/**", answer)
    page.goto(f"{ADDRESS}{manual.HOME}/all")
    page.evaluate("document.querySelectorAll('img').forEach(each => { each.loading = 'eager'; })")
    page.evaluate("Promise.all([document.fonts.ready, ...[...document.images].map(each => each.decode())])")
    paper = page.pdf(
        format="A4", margin=dict.fromkeys(("top", "right", "bottom", "left"), "15mm"), outline=True, tagged=True
    )
    page.close()
    return paper


def _blank_below(sheet: pypdfium2.PdfPage) -> float:
    """How much of a sheet's height is white under its last mark."""
    picture = sheet.render(scale=0.5, grayscale=True).to_pil()
    ink = picture.point(lambda grey: 255 if grey < 200 else 0).getbbox()
    return 1 - (ink[3] / picture.height if ink else 0)


def test_the_whole_manual_prints_without_half_empty_sheets(sqlite_app: Flask, browser: Browser) -> None:
    paper = _printed(sqlite_app, browser)
    assert len(paper) <= LARGEST
    document = pypdfium2.PdfDocument(BytesIO(paper))
    assert FEWEST <= len(document) <= MOST
    # The list of pages stands alone on the first sheet, and the last one ends where the text does.
    empty = {
        number: blank for number in range(1, len(document) - 1) if (blank := _blank_below(document[number])) > EMPTY
    }
    assert not empty
    named = {entry.get_title() for entry in document.get_toc()}
    assert not {page.title for page in manual.book()} - named
    if os.environ.get("PRINT_MANUAL"):
        (manual.FOLDER / manual.PRINTED).write_bytes(paper)
