"""The parts of a page look as they did: `RETAKE_PARTS=1` stores their pictures anew, after one has looked at them."""

import os
from io import BytesIO
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from PIL import Image, ImageChops, ImageDraw
from playwright.sync_api import Browser, Page

from idp.config import Settings
from tests.journeys import narrow_screen
from tests.journeys.pages import RULES
from tests.journeys.test_frame import opened

PICTURES = Path(__file__).with_name("parts")
STYLES = Path("thai_web/static/frame.css")
PATH = "/development/parts"
SEEN = 48  # of 255: less is another smoothing of the same letter
TOLERANCE = 0.0005  # of a picture's points
COLOURS = 96


def taken(page: Page, width: int, theme: str) -> Image.Image:
    """A picture of the whole page, the version of the product aside."""
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]
    # Pages do not wait for their typeface; a picture does, or it would be of this machine's own.
    waits = STYLES.read_text(encoding="utf-8").replace("font-display: optional", "font-display: block")
    page.route("**/frame.css*", lambda route: route.fulfill(body=waits, content_type="text/css"))
    page.goto(narrow_screen.ADDRESS + PATH)
    page.evaluate("document.fonts.ready")
    page.evaluate("document.querySelector('.site-footer').remove()")
    page.evaluate("document.querySelector('.sticky-bar').style.position = 'static'")  # a long picture has no bottom
    return Image.open(BytesIO(page.screenshot(full_page=True, caret="hide"))).convert("RGB")


def difference(one: Image.Image, other: Image.Image) -> float:
    """The share of points that look different; all of them where the sizes differ."""
    if one.size != other.size:
        return 1.0
    off = (
        ImageChops.difference(one.convert("RGB"), other.convert("RGB"))
        .convert("L")
        .point(lambda each: each > SEEN and 255)
    )
    return off.histogram()[255] / (one.width * one.height)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_every_part_looks_as_in_its_picture(sqlite_app: Flask, browser: Browser, width: int, theme: str) -> None:
    file = PICTURES / f"{width}-{theme}.png"
    with opened(browser, sqlite_app.test_client(), width) as page:
        found = taken(page, width, theme)
        if "RETAKE_PARTS" in os.environ:
            found.quantize(COLOURS, dither=Image.Dither.NONE).save(file, optimize=True)
        with Image.open(file) as kept:
            assert difference(found, kept) <= TOLERANCE, f"{file} is another; see CONTRIBUTING.md"
        axe = Axe().run(page, options={"runOnly": RULES, "resultTypes": ["violations"]})
        assert axe.violations_count == 0, axe.generate_report()


def test_a_changed_part_is_noticed() -> None:
    with Image.open(PICTURES / "1280-light.png") as kept:
        changed = kept.convert("RGB")
        ImageDraw.Draw(changed).rectangle((60, 300, 260, 350), fill="#a61b1b")
        assert difference(changed, kept) > TOLERANCE


@pytest.mark.parametrize("width", [320, 360])
def test_no_part_is_wider_than_the_screen_even_at_twice_the_size_of_text(
    sqlite_app: Flask, browser: Browser, width: int
) -> None:
    with opened(browser, sqlite_app.test_client(), width) as page:
        page.goto(narrow_screen.ADDRESS + PATH)
        assert page.evaluate(narrow_screen.FAULTS) == []
        page.evaluate("document.documentElement.style.fontSize = '225%'")
        wide = [fault for fault in page.evaluate(narrow_screen.FAULTS) if "wider" in fault]
        assert wide == []


def test_with_the_systems_few_colours_every_button_and_state_has_a_line(sqlite_app: Flask, browser: Browser) -> None:
    with opened(browser, sqlite_app.test_client(), 1280) as page:
        page.emulate_media(forced_colors="active")
        page.goto(narrow_screen.ADDRESS + PATH)
        for part in (".button", ".tag", ".notice", ".card", ".count", ".panel", ".chips [aria-current]"):
            style = page.locator(part).first.evaluate("each => getComputedStyle(each).borderTopStyle")
            assert style == "solid", part


def test_production_has_no_such_page(sqlite_app: Flask) -> None:
    sqlite_app.config["SETTINGS"] = Settings(environment="production")
    assert sqlite_app.test_client().get(PATH).status_code == 404
