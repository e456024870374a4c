"""The word of the menu tells a reviewer how many cases wait for them."""

from collections.abc import Callable

from flask import Flask

from tests.factories import sign_in
from tests.people import DLA_OFFICER, PROVINCIAL, UNIT_ADMIN, Invented

Send = Callable[..., str]


def number_of(app: Flask, person: Invented) -> str:
    """What stands beside the word that leads to the queue."""
    client = app.test_client()
    sign_in(client, person)
    page = client.get("/home").text
    entry = page[page.index('href="/approvals"') :]
    entry = entry[: entry.index("</a>")]
    return entry.split('class="count">')[1].split("<")[0] if "count" in entry else ""


def test_the_number_is_that_of_the_cases_that_wait_for_the_person(scene: Flask, send: Send) -> None:
    assert number_of(scene, UNIT_ADMIN) == ""
    send()
    assert number_of(scene, UNIT_ADMIN) == "1"
    assert number_of(scene, PROVINCIAL) == "", "it waits for the unit's own admin first"
    assert number_of(scene, DLA_OFFICER) == ""
