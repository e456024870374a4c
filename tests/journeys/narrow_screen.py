"""Pages of a Flask application on a screen of 360 px, in a real browser and without a server: what the browser asks for
is asked of Flask's test client."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from flask.testing import FlaskClient
from playwright.sync_api import Browser, Route

ADDRESS = "http://localhost"
SIZE = {"width": 360, "height": 740}
FAULTS = Path(__file__).with_suffix(".js").read_text(encoding="utf-8")
Faults = Callable[[str], list[str]]


@contextmanager
def opened(browser: Browser, client: FlaskClient) -> Iterator[Faults]:
    """A telephone whose every request an application's test client answers. Yields what is wrong with the page at a
    path: wider than the screen, or a line that ends within a word of the dictionary."""

    def answer(route: Route) -> None:
        parts = urlsplit(route.request.url)
        with client.get(f"{parts.path}?{parts.query}") as told:
            route.fulfill(status=told.status_code, headers=dict(told.headers), body=told.data)

    with browser.new_context(viewport=SIZE, locale="th-TH") as context:
        page = context.new_page()
        page.route(f"{ADDRESS}/**", answer)

        def faults(path: str) -> list[str]:
            page.goto(ADDRESS + path, wait_until="load")
            page.evaluate("document.fonts.ready")
            return [f"{path}: {fault}" for fault in page.evaluate(FAULTS)]

        yield faults
