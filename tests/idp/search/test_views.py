"""One search finds what each list finds, and nobody finds more than their lists show."""

from collections.abc import Callable

import pytest
from flask import Flask

from demo.cast import AUDITOR
from idp.access.rules import Power
from idp.database import db
from idp.registration.models import Registration
from tests.browsing import heading_of, text_of
from tests.factories import appoint, open_person
from tests.idp.everything import furnish_everything
from tests.idp.staff.conftest import NEIGHBOUR, browser_of
from tests.people import CLERK, DLA_OFFICER, PROVINCIAL, UNIT_ADMIN, Invented
from tests.snapshots import Snapshots

Finds = Callable[[Invented, str], set[str]]
# What stands in a page only where a thing of the kind was found.
KINDS = {"case": "/approvals/", "person": "/staff/people/", "unit": "/appointments/units/", "system": "/clients/"}


@pytest.fixture
def everything(app: Flask, snapshots: Snapshots) -> Flask:
    """People of three units, a request that waits in one of them, INFO; an auditor at DLA."""
    return snapshots.furnish(app, _furnish)


def _furnish(app: Flask) -> None:
    furnish_everything(app)
    with app.app_context():
        open_person(AUDITOR)
        appoint(AUDITOR, by=DLA_OFFICER, power=Power.AUDITOR)


@pytest.fixture
def finds(everything: Flask) -> Finds:
    """The kinds of things that somebody finds by a text."""

    def kinds(person: Invented, text: str) -> set[str]:
        page = browser_of(everything, person).get("/search", query_string={"q": text})
        assert page.status_code == 200
        main = page.text[page.text.index("<main") : page.text.index("</main>")]
        return {kind for kind, address in KINDS.items() if f'href="{address}' in main}

    return kinds


@pytest.mark.parametrize(
    ("person", "text", "found"),
    [
        (UNIT_ADMIN, "มาใหม่", {"case"}),
        (UNIT_ADMIN, "สมศรี", {"person"}),
        (UNIT_ADMIN, "สระกรวด", {"case", "unit"}),
        (UNIT_ADMIN, "ดาว", set()),
        (UNIT_ADMIN, "INFO", set()),
        (NEIGHBOUR, "มาใหม่", set()),
        (NEIGHBOUR, "สมศรี", set()),
        (NEIGHBOUR, "สระกรวด", set()),
        (PROVINCIAL, "ดาว", {"person"}),
        (DLA_OFFICER, "INFO", {"system"}),
        (DLA_OFFICER, "สมศรี", {"person"}),
        (AUDITOR, "สมศรี", set()),
        (AUDITOR, "มาใหม่", set()),
    ],
)
def test_nobody_finds_more_than_their_lists_show(finds: Finds, person: Invented, text: str, found: set[str]) -> None:
    assert finds(person, text) == found


def test_a_request_is_found_by_its_number(everything: Flask) -> None:
    with everything.app_context():
        reference = db.session.query(Registration.reference).filter(Registration.reference.isnot(None)).first()[0]
        db.session.rollback()
    page = browser_of(everything, UNIT_ADMIN).get("/search", query_string={"q": reference})
    assert f"/approvals/{reference}" in page.text
    others = browser_of(everything, NEIGHBOUR).get("/search", query_string={"q": reference})
    assert f"/approvals/{reference}" not in others.text
    assert "ไม่พบสิ่งที่ตรงกับ" in text_of(others)


def test_a_national_id_is_searched_nowhere_and_leaves_the_address(everything: Flask) -> None:
    client = browser_of(everything, UNIT_ADMIN)
    number = CLERK.national_id
    answer = client.get("/search", query_string={"q": f"สมศรี {number}"})
    assert answer.status_code == 303
    assert number not in answer.location
    assert "อย่าค้นหาด้วยเลขประจำตัวประชาชน" in text_of(client.get(answer.location))


def test_who_has_no_power_has_neither_field_nor_page(everything: Flask) -> None:
    client = browser_of(everything, CLERK)
    assert "site-search" not in client.get("/home").text
    assert client.get("/search?q=x").status_code == 403
    assert "site-search" in browser_of(everything, UNIT_ADMIN).get("/home").text


def test_an_empty_search_asks_for_words(everything: Flask) -> None:
    page = browser_of(everything, UNIT_ADMIN).get("/search")
    assert heading_of(page) == "ค้นหา"
    assert "ไม่พบ" not in text_of(page)
