"""On a telephone no page is wider than the screen, however long a name is, and no line ends within a word."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser
from werkzeug.test import TestResponse

from idp.accounts.models import Account, Posting
from idp.appointments.models import Appointment
from idp.clients.models import Client, ClientRole
from idp.database import db
from idp.evidence.models import Evidence
from idp.registration.models import Registration
from idp.staff.models import Invitation
from relying_party_example.signin.rules import person_from
from tests.idp.everything import addresses, furnish_everything
from tests.idp.staff.conftest import browser_of
from tests.journeys import narrow_screen, structure
from tests.people import CLERK, DLA_OFFICER, UNIT_ADMIN
from tests.relying_party_example import conftest as info
from tests.relying_party_example import people
from tests.relying_party_example.answers import complete
from tests.relying_party_example.reports import scene
from tests.relying_party_example.stub_provider import Stub, running

LONG = "W" * 100
ADDRESS = f"{'w' * 60}@{'w' * 60}.{'w' * 60}.example.go.th"
FOUND = """
<h1 style="width: 4rem; overflow-wrap: anywhere">กรมส่งเสริมการปกครองท้องถิ่น</h1><h2>กรมส่งเสริมการปกครองท้องถิ่น</h2>
<p style="width: 40rem">กว้าง</p>"""


def test_what_is_wrong_with_a_page_is_found(browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 740})
    page.set_content(FOUND)
    wide, *broken = page.evaluate(narrow_screen.FAULTS)
    assert "wider than the screen" in wide
    assert "กว้าง" in wide
    assert broken
    assert all("broken in a word" in fault for fault in broken)
    page.set_content(FOUND.replace("width: 4rem", "width: 10rem").replace("width: 40rem", ""))
    assert page.evaluate(narrow_screen.FAULTS) == []
    page.set_content('<p style="width: 8rem; word-break: break-all">หากหน่วยงานยังไม่มีผู้ดูแล หน่วยงานที่กำกับพิจารณาแทน</p>')
    assert page.evaluate(narrow_screen.FAULTS)
    page.set_content('<p style="width: 2rem; overflow-wrap: anywhere">ประชาสัมพันธ์</p>')  # no line holds the word
    assert page.evaluate(narrow_screen.FAULTS) == []


@pytest.mark.parametrize("application", ["idp", "relying_party_example"])
def test_a_narrow_column_breaks_no_word_of_a_heading(browser: Browser, application: str) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 740})
    style = "".join(
        Path(each).read_text(encoding="utf-8")
        for each in ("thai_web/static/frame.css", f"{application}/web/static/site.css")
    )
    heads = "".join(f"<{each}>กรมส่งเสริมการปกครองท้องถิ่น</{each}>" for each in ("th", "td", "td", "td", "td"))
    facts = "<dl style='display: flex'><dt>ประชาสัมพันธ์</dt><dd style='flex: 0 0 17rem'>อบต.สระกรวด</dd></dl>"
    page.set_content(f"<style>{style}</style><table class='table'><tr>{heads}</tr></table>{facts}")
    assert [fault for fault in page.evaluate(narrow_screen.FAULTS) if "broken" in fault] == []


@pytest.fixture
def provider(sqlite_app: Flask) -> Flask:
    """One of everything that has a page, each name and address without a place to break."""
    furnish_everything(sqlite_app)
    with sqlite_app.app_context():
        for table in (Account, Registration):
            for each in db.session.query(table):
                each.title, each.given_name, each.family_name = LONG[:40], LONG, LONG
                each.email = f"{each.id}{ADDRESS}"
        for table in (Posting, Registration, Invitation):
            db.session.query(table).update({"position": LONG})
        db.session.query(Invitation).update({"name": LONG, "email": ADDRESS})
        db.session.query(Appointment).update({"letter_number": LONG[:80], "signed_by": LONG})
        db.session.query(Evidence).update({"filename": f"{LONG[:90]}.pdf"})
        for each in db.session.query(Client):
            each.name_th = each.name_en = LONG
            each.redirect_uris = [f"https://{ADDRESS.partition('@')[2]}/{LONG}"]
        db.session.query(ClientRole).update({"name_th": LONG, "name_en": LONG})
        db.session.commit()
    return sqlite_app


def test_the_providers_pages_fit_a_telephone(provider: Flask, browser: Browser) -> None:
    seen, found = set[str](), []
    for person in (DLA_OFFICER, UNIT_ADMIN, CLERK, None):
        client = browser_of(provider, person) if person else provider.test_client()
        with narrow_screen.opened(browser, client) as faults:
            for path in addresses(provider):
                with client.get(path) as answer:
                    kind = structure.of(answer.text) if _is_page(answer) else ""
                # The manual's pages are alike for axe and yet of other words.
                if kind and (path.startswith("/help/") or kind not in seen):
                    seen.add(kind)
                    found += faults(path)
    assert found == []
    assert len(seen) > 50


def _is_page(answer: TestResponse) -> bool:
    return answer.mimetype == "text/html" and answer.location is None


@contextmanager
def _info(folder: Path) -> Iterator[tuple[Flask, Stub]]:
    with running(Stub(units=people.REGISTER)) as stub:
        yield from ((app, stub) for app in info.application_on(f"sqlite:///{folder / 'info.sqlite'}", stub.issuer))


@pytest.mark.pinned  # the quarter that takes reports is the one of the pinned day
def test_infos_pages_fit_a_telephone(tmp_path: Path, browser: Browser) -> None:
    found: list[str] = []
    with _info(tmp_path) as (app, stub):
        with app.app_context():
            scene.fill()
            scene.submit()
            scene.certify()
            other = person_from(people.NEIGHBOUR)
            scene.fill(complete(volume_registration_recipients=1000, volume_registration_in_time=900), other)
            scene.submit(other)
        for claims in (people.DLA_OFFICER, people.CERTIFIER, people.CLERK, people.WITHOUT_ROLE, None):
            client = info.browser_of(app, stub, _long(claims)) if claims else app.test_client()
            with narrow_screen.opened(browser, client) as faults:
                found += _crawled(client, faults)
    assert found == []


def _long(claims: dict[str, Any]) -> dict[str, Any]:
    return claims | {"name": LONG, "unit": claims["unit"] and claims["unit"] | {"position": LONG}}


def _crawled(client: FlaskClient, faults: narrow_screen.Faults) -> list[str]:
    """What is wrong with any page that one comes to by links."""
    todo, seen, found = ["/"], set[str](), list[str]()
    while todo:
        path = todo.pop()
        seen.add(path)
        with client.get(path) as answer:
            links = re.findall(r'href="(/[^"#]*)', answer.text) if answer.mimetype == "text/html" else []
            is_page, leads_to = _is_page(answer), answer.location or ""
        found += faults(path) if is_page else []
        wanted = {unescape(link) for link in [*links, leads_to] if link.startswith("/")} - seen
        todo += sorted(each for each in wanted - set(todo) if not each.startswith("/static/"))
    assert len(seen) > 1
    return found
