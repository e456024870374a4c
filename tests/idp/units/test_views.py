"""The public search and the open feed."""

import re
from datetime import date, timedelta

import pytest
from flask import Flask, render_template_string
from flask.testing import FlaskClient
from sqlalchemy import event, func, select

from idp.database import db
from idp.throttle.rules import LIMITS
from idp.units import operations
from idp.units.commands import commands
from idp.units.models import Unit
from tests.browsing import text_of
from thai_web import clock


@pytest.fixture(autouse=True)
def phetchabun(app: Flask) -> None:
    with app.app_context():
        operations.import_register(province_codes={"67"})
        db.session.commit()


def test_the_search_page_asks_and_answers_without_script(client: FlaskClient) -> None:
    assert "ค้นหาหน่วยงาน" in client.get("/units").text
    page = client.get("/units", query_string={"q": "สระกรวด"}).text
    assert "อบต.สระกรวด อ.ศรีเทพ จ.เพชรบูรณ์" in page
    assert "6670603" in page
    assert 'value="สระกรวด"' in page


def test_the_search_page_says_when_there_are_too_many_or_none(client: FlaskClient) -> None:
    assert "พบมากกว่า 50 หน่วยงาน" in client.get("/units", query_string={"q": "เพชรบูรณ์"}).text
    nothing = client.get("/units", query_string={"q": "<b>ไม่มี</b>"}).text
    assert "ไม่พบหน่วยงานที่ตรงกับ" in nothing
    assert "<b>" not in nothing


def test_a_misspelt_name_leads_to_what_was_meant_without_script(client: FlaskClient) -> None:
    page = client.get("/units", query_string={"q": "อบต.สระกวด"})
    assert "ท่านหมายถึง" in text_of(page)
    [link] = re.findall(r'<a href="(\?q=[^"]+)">อบต.สระกรวด</a>', page.text)
    assert "อบต.สระกรวด อ.ศรีเทพ จ.เพชรบูรณ์" in client.get(f"/units{link}").text


def test_the_picker_searches_and_chooses_in_two_forms(app: Flask) -> None:
    template = """{% from "units/parts/picker.html" import unit_picker %}
    {% call unit_picker(results, "ศรีเทพ", chosen="670603", error="โปรดเลือก") %}{% endcall %}"""
    with app.test_request_context():
        page = render_template_string(template, results=operations.search("ศรีเทพ"))
    assert page.count("<form") == page.count("</form>") == 2
    assert page.count('type="radio"') == 9
    assert page.count(" checked") == 1
    assert 'value="670603" checked' in page
    assert 'aria-describedby="unit-error"' in page


@pytest.mark.parametrize("typed", ["สระกรวต", "สะกรวด", "อบต.สระกวด", "สระกรวด\u200b"])
def test_a_slip_in_a_name_is_forgiven_while_one_types(client: FlaskClient, typed: str) -> None:
    found = client.get("/units/suggest", query_string={"q": typed}).get_json()["units"]
    assert "670603" in {unit["code"] for unit in found}


def test_both_ways_of_writing_am_find_the_same_units(client: FlaskClient) -> None:
    one, other = (
        client.get("/units/suggest", query_string={"q": f"น{am}"}).get_json()
        for am in ("\u0e49\u0e33", "\u0e4d\u0e49\u0e32")
    )
    assert one == other
    assert one["units"]


def test_suggestions_are_few_and_name_the_unit_in_full(client: FlaskClient) -> None:
    found = client.get("/units/suggest", query_string={"q": "สระกรวด"}).json
    place = "อ.ศรีเทพ จ.เพชรบูรณ์"
    assert found == {
        "units": [{"code": "670603", "name": f"อบต.สระกรวด {place}", "short": "อบต.สระกรวด", "place": place}]
    }
    assert len(client.get("/units/suggest", query_string={"q": "เพชรบูรณ์"}).get_json()["units"]) == 10
    assert client.get("/units/suggest").json == {"units": []}


def test_the_feed_describes_every_unit(client: FlaskClient) -> None:
    answer = client.get("/units.json")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    feed = answer.get_json()
    assert len(feed["units"]) == 141
    assert feed["units"][0]["code"] == "DLA"
    assert next(unit for unit in feed["units"] if unit["code"] == "670603") == {
        "code": "670603",
        "dla_code": "6670603",
        "kind": "TAO",
        "name_th": "สระกรวด",
        "name_en": "Sa Kruat",
        "supervisor": "D6706",
        "province_code": "67",
        "province_th": "เพชรบูรณ์",
        "district_code": "6706",
        "district_th": "ศรีเทพ",
        "valid_from": None,
        "valid_to": None,
    }


def test_an_unchanged_feed_is_not_sent_again(app: Flask, client: FlaskClient) -> None:
    tag = client.get("/units.json").headers["ETag"]
    again = client.get("/units.json", headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    with app.app_context():
        operations.import_register(province_codes={"66", "67"})
        db.session.commit()
    after = client.get("/units.json", headers={"If-None-Match": tag})
    assert after.status_code == 200
    assert after.headers["ETag"] != tag
    assert len(after.get_json()["units"]) > 141


def test_since_tells_only_what_changed(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        # The register may have been loaded for these tests before midnight in Bangkok.
        loaded = clock.day_in_bangkok(db.session.scalar(select(func.max(Unit.changed_at))))
    assert len(client.get("/units.json", query_string={"since": loaded}).get_json()["units"]) == 141
    day_after = loaded + timedelta(days=1)
    assert client.get("/units.json", query_string={"since": day_after}).get_json()["units"] == []


@pytest.mark.attack(82)
def test_any_day_is_answered_from_what_was_read_once(app: Flask, client: FlaskClient) -> None:
    whole = client.get("/units.json").get_json()
    read: list[str] = []
    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", lambda *asked: read.append(asked[2]))
    days = [date(2020, 1, 1) + timedelta(days=number) for number in range(20)]
    for day in days:
        assert client.get("/units.json", query_string={"since": day.isoformat()}).get_json() == whole
    assert not [each for each in read if "unit.name_th" in each]
    answer = client.get("/units.json", query_string={"since": "2020-01-01"})
    again = client.get("/units.json?since=2020-01-01", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.attack(82)
def test_an_address_takes_the_register_so_often_and_asks_whether_it_changed_as_often_as_it_likes(
    app: Flask, client: FlaskClient
) -> None:
    answers = [client.get("/units.json") for _ in range(LIMITS["units.feed"].free)]
    assert {answer.status_code for answer in answers} == {200}
    refused = client.get("/units.json?since=2020-01-01")
    assert (refused.status_code, refused.get_json()["error"]) == (429, "refused")
    assert 0 < int(refused.headers["Retry-After"]) <= 60, "a program learns how long to wait"
    tag = answers[0].headers["ETag"]
    assert client.get("/units.json", headers={"If-None-Match": tag}).status_code == 304
    elsewhere = client.get("/units.json", environ_base={"REMOTE_ADDR": "203.150.1.1"})
    assert elsewhere.status_code == 200


@pytest.mark.parametrize("since", ["", "yesterday", "30/11/2569", "0001-01-01"])
def test_an_impossible_since_is_refused(client: FlaskClient, since: str) -> None:
    answer = client.get("/units.json", query_string={"since": since})
    assert answer.status_code == 400
    assert answer.get_json()["error"] == "invalid_request"


def test_the_commands_import_show_and_search(app: Flask) -> None:
    runner = app.test_cli_runner()
    assert "unchanged" in runner.invoke(commands, ["import"]).output
    assert runner.invoke(commands, ["import"]).output == "0 added, 0 changed, 8804 unchanged\n"
    shown = runner.invoke(commands, ["show", "6670603"])
    assert "อบต.สระกรวด อ.ศรีเทพ จ.เพชรบูรณ์" in shown.output
    assert "under DLA" in shown.output
    missing = runner.invoke(commands, ["show", "999999"])
    assert missing.exit_code == 1
    assert "no unit has the code 999999" in missing.output
    assert "6670603" in runner.invoke(commands, ["search", "สระกรวด", "ศรีเทพ"]).output
    assert runner.invoke(commands, ["search", "ไม่มีชื่อนี้"]).exit_code == 1
