"""Whatever characters a request holds, INFO answers with a page of its own, on both databases."""

from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient

from relying_party_example.database import job
from relying_party_example.signin import operations as signin
from relying_party_example.signin.provider import Tokens
from tests.browsing import forms_of, heading_of, text_of
from tests.relying_party_example.answers import DEFINITION
from tests.relying_party_example.conftest import KEY
from tests.relying_party_example.people import CERTIFIER, CLERK, DLA_OFFICER, Claims
from tests.relying_party_example.reports import scene
from thai_web import clock

pytestmark = pytest.mark.pinned  # the quarter that takes reports is the one of the pinned day

BLOCKS = [block.code for block in DEFINITION.blocks]
OURS = ("csrf_token", "signed_in_as", "token")  # nobody types in these
CONTROLS = ["\0", "\x01", "\x1b", "\x7f", "\x85", "\n", "\t"]


def browser(app: Flask, claims: Claims) -> FlaskClient:
    with app.app_context():
        secret = job(lambda: signin.open_session(claims, Tokens("access", 600), hours=8, now=clock.now()))
    client = app.test_client()
    client.set_cookie("info_sid", secret, domain="localhost")
    return client


@pytest.mark.attack(73)
@pytest.mark.parametrize("letter", CONTROLS, ids=repr)
def test_a_control_character_in_an_address_is_a_clear_refusal(web_on_either: Flask, letter: str) -> None:
    client = browser(web_on_either, CERTIFIER)
    queries = [
        "/certification/2570-1/?district=x{}",
        "/certification/2570-1/?state={}",
        "/dashboards/2570-1/67?page=1{}",
    ]
    paths = ["/certification/2570-1/67{}", "/reports/2570-1/{}", "/dashboards/2570-1/67{}", "/static/{}", "/{}"]
    for address in (*queries, *paths):
        path, _, query = address.partition("?")
        name, _, value = query.partition("=")
        sent = {name: value.format(letter)} if query else {}
        answer = client.get(path.format(quote(letter)), query_string=sent)
        assert answer.status_code == 400, address
        assert "อักขระที่ใช้ไม่ได้" in text_of(answer)
    assert client.get("/dashboards/", query_string={f"x{letter}": "1"}).status_code == 400


@pytest.mark.attack(73)
@pytest.mark.parametrize("letter", ["\0", "\x1b", "\x7f", "\x85"], ids=repr)
def test_a_control_character_in_any_field_of_any_form_is_told_and_keeps_the_rest(
    web_on_either: Flask, letter: str
) -> None:
    with web_on_either.app_context():
        scene.fill()
    clerk, officer = browser(web_on_either, CLERK), browser(web_on_either, DLA_OFFICER)
    for client, path in (
        *((clerk, f"/reports/2570-1/670603/parts/{block}") for block in BLOCKS),
        (officer, "/periods/2570-2/open-early"),
        (officer, "/periods/2570-1/extend"),
    ):
        page = client.get(path)
        form = next(form for form in forms_of(page) if form["method"].lower() == "post" and not form["action"])
        for name in [name for name in form["fields"] if name not in OURS]:
            answer = client.post(path, data=form["fields"] | {name: f"ก{letter}ข"})
            assert answer.status_code == 422, (path, name)
            assert heading_of(answer) == heading_of(page)


def test_a_control_character_in_a_reason_decides_nothing_and_is_shown_beside_the_field(web_on_either: Flask) -> None:
    with web_on_either.app_context():
        scene.fill()
        scene.submit()
    client = browser(web_on_either, CERTIFIER)
    path = f"/certification/{KEY}/670603/return"
    form = next(form for form in forms_of(client.get(path)) if not form["action"])
    answer = client.post(path, data=form["fields"] | {"reason": "แก้\0ไข", "flagged": ["remarks"]})
    assert answer.status_code == 422
    assert "มีอักขระที่มองไม่เห็นปนอยู่" in text_of(answer)
