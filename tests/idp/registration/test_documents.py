"""Attaching documents through the pages: told before it is too late, and as the reviewer will see them."""

import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from idp.database import db
from idp.evidence import operations as evidence
from idp.evidence import sandbox
from idp.registration import applicant_access, attached_documents, operations
from idp.registration.models import Registration
from tests.browsing import submit, text_of
from tests.factories import letter_image
from tests.idp.evidence import documents
from tests.idp.registration.conftest import Make


@pytest.fixture
def holding(app: Flask) -> Callable[[int], FlaskClient]:
    """A browser that holds a request."""

    def hold(request_id: int) -> FlaskClient:
        client = app.test_client()
        with app.test_request_context(method="POST"):
            secret = applicant_access.issue(request_id, applicant_access.BROWSER)
            db.session.commit()
        client.set_cookie("idp_registration", secret)
        return client

    return hold


def attach(client: FlaskClient, content: bytes, kind: str = "other", name: str = "a.pdf") -> TestResponse:
    page = client.get("/register/evidence")
    return submit(client, page, {"kind": kind, "document": (BytesIO(content), name)})


def vault(app: Flask) -> int:
    return len([path for path in (app.config["SETTINGS"].var / "evidence").rglob("*") if path.is_file()])


def test_a_browser_that_was_let_go_while_a_document_is_painted_attaches_nothing(
    app: Flask, complete: Make, holding: Callable[[int], FlaskClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    request_id = complete()
    client, before = holding(request_id), vault(app)
    prepare = evidence.prepare

    def let_go_meanwhile(*given: Any) -> Any:
        prepared = prepare(*given)
        applicant_access.give_up(client.get_cookie("idp_registration").value)
        db.session.commit()
        return prepared

    monkeypatch.setattr(evidence, "prepare", let_go_meanwhile)
    with app.app_context():
        attached = {each.id for each in attached_documents.documents(request_id)}
    assert attach(client, documents.pdf()).location == "/register/lost"
    with app.app_context():
        assert {each.id for each in attached_documents.documents(request_id)} == attached
    assert vault(app) == before


def test_one_file_too_many_is_told_before_it_is_painted(
    app: Flask, complete: Make, holding: Callable[[int], FlaskClient], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    client = holding(complete())
    for number in range(3):
        attached = attach(client, documents.pdf(content=b"0 0 200 %d re f" % (200 + number)))
        assert attached.status_code == 303, text_of(attached)
    before = vault(app)
    monkeypatch.setattr(sandbox, "PROGRAM", tmp_path / "nothing is painted from here on")
    refused = attach(client, documents.pdf(content=b"0 0 400 400 re f"))
    assert refused.status_code == 422
    assert "แนบได้ไม่เกิน 3 ไฟล์" in text_of(refused)
    assert vault(app) == before


def test_the_last_file_sent_twice_is_no_file_too_many(
    app: Flask, complete: Make, holding: Callable[[int], FlaskClient]
) -> None:
    client = holding(complete())
    for number in (0, 1, 2, 2):
        attached = attach(client, documents.pdf(content=b"0 0 200 %d re f" % (200 + number)))
        assert attached.status_code == 303, text_of(attached)
    assert vault(app) == 5, "two of before, and three"


def test_a_file_of_too_many_pages_leaves_nothing(
    app: Flask, complete: Make, holding: Callable[[int], FlaskClient]
) -> None:
    client, before = holding(complete()), vault(app)
    refused = attach(client, documents.pdf(11))
    assert refused.status_code == 422
    assert "มากกว่า 10 หน้า" in text_of(refused)
    assert vault(app) == before


def test_a_blank_page_is_told_and_confirmed_before_the_request_is_sent(
    app: Flask, complete: Make, holding: Callable[[int], FlaskClient]
) -> None:
    request_id = complete()
    client = holding(request_id)
    assert attach(client, documents.pdf(1, b"")).status_code == 303
    page = client.get("/register/evidence")
    assert "ผู้พิจารณาจะเห็นหน้า 1 เป็นหน้าว่าง" in text_of(page)
    assert "แนบครบแล้ว ทำต่อ" not in text_of(page)
    assert client.get("/register/check").location == "/register/tasks"
    with app.test_request_context(method="POST"):
        assert "evidence" not in operations.done(db.session.get_one(Registration, request_id))
    large = re.findall(r"/register/evidence/\d+/1/large", page.get_data(as_text=True))[-1]
    assert "หน้านี้ว่างเปล่าเมื่อระบบเปิดดู" in text_of(client.get(large))
    assert submit(client, page, {}, action="/blank").location == "/register/evidence"
    page = client.get("/register/evidence")
    assert "ท่านยืนยันแล้วว่าว่างจริง" in text_of(page)
    assert "แนบครบแล้ว ทำต่อ" in text_of(page)
    assert client.get("/register/check").status_code == 200


def test_a_blank_page_is_replaced_by_one_that_is_not(complete: Make, holding: Callable[[int], FlaskClient]) -> None:
    client = holding(complete())
    attach(client, documents.pdf(1, b""))
    page = client.get("/register/evidence")
    address = re.findall(r"/register/evidence/\d+/replace", page.get_data(as_text=True))[-1]
    sharp = {"document": (BytesIO(letter_image("SHARP")), "a.png")}
    assert submit(client, page, sharp, action=address).location == "/register/evidence"
    assert "หน้าว่าง" not in text_of(client.get("/register/evidence"))


@pytest.mark.attack(31)
def test_what_was_sent_is_not_shown_to_its_holder_again(
    app: Flask, waiting: Make, holding: Callable[[int], FlaskClient]
) -> None:
    """Whoever holds the browser, or came by the mailbox, would read the national ID off the card."""
    request_id = waiting()
    client = holding(request_id)
    with app.test_request_context(method="POST"):
        case = db.session.get_one(Registration, request_id)
        (first, _second) = sorted(operations.answers_of(case)["documents"])
    for address in (f"/register/evidence/{first}/1", f"/register/evidence/{first}/1/large"):
        answer = client.get(address)
        assert answer.status_code == 403, address
        assert "เอกสารที่ส่งแล้วเปิดดูจากหน้านี้ไม่ได้" in text_of(answer)


@pytest.mark.parametrize("turn", ["90", "180", "270"])
def test_a_page_is_turned_as_its_holder_asks(complete: Make, holding: Callable[[int], FlaskClient], turn: str) -> None:
    client = holding(complete())
    large = re.findall(r"/register/evidence/\d+/1/large", client.get("/register/evidence").get_data(as_text=True))[0]
    page = client.get(f"{large}?turn={turn}").get_data(as_text=True)
    assert f"?turn={turn}" in page
    picture = client.get(f"{large.removesuffix('/large')}?turn={turn}")
    width, height = documents.upright(picture.get_data()).size
    assert (width > height) is (turn != "180")


def test_a_page_is_fitted_first_and_grows_as_its_holder_asks(
    complete: Make, holding: Callable[[int], FlaskClient]
) -> None:
    client = holding(complete())
    large = re.findall(r"/register/evidence/\d+/1/large", client.get("/register/evidence").get_data(as_text=True))[0]
    fitted = client.get(large).get_data(as_text=True)
    assert 'class="page-frame"' in fitted
    assert f"{large}?turn=0&amp;zoom=1" in fitted
    grown = client.get(f"{large}?turn=90&zoom=1").get_data(as_text=True)
    assert 'class="page-frame zoomed"' in grown
    assert f"{large}?turn=180&amp;zoom=1" in grown, "turning keeps it so"
    assert f'{large}?turn=90"' in grown, "and back"
