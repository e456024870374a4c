"""DLA says on pages which evidence is asked of whom."""

from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient

from idp.audit.models import AuditEvent
from idp.clients import operations as clients
from idp.database import db
from idp.requirements import operations
from tests.browsing import submit, text_of
from tests.factories import appoint_first, letter_image, open_person, sign_in
from tests.idp.approval.conftest import SYSTEM
from tests.people import CLERK, DLA_OFFICER

KIND = {
    "code": "training_certificate",
    "name_th": "วุฒิบัตรการอบรม",
    "name_en": "Training certificate",
    "hint_th": "ต้องเห็นชื่อและวันที่",
    "hint_en": "Name and date",
    "most_files": "๒",
    "most_pages": "3",
}
REQUIREMENT = {
    "name_th": "แสดงว่าผ่านการอบรม",
    "name_en": "Shows the training",
    "asked_of": "EVERYBODY",
    "unit_kinds": ["TAO"],
    "kinds": ["staff_card"],
}


@pytest.fixture
def officer(app: Flask) -> FlaskClient:
    with app.app_context():
        clients.import_metadata(SYSTEM)
        for person in (DLA_OFFICER, CLERK):
            open_person(person)
        appoint_first(DLA_OFFICER)
    client = app.test_client()
    sign_in(client, DLA_OFFICER)
    return client


def _role(app: Flask) -> int:
    with app.app_context():
        return clients.every_role()[0].id


def test_a_fresh_installation_asks_for_more_from_who_registers_by_hand(officer: FlaskClient) -> None:
    page = text_of(officer.get("/evidence-kinds"))
    assert "แสดงว่าท่านทำงานที่หน่วยงานนี้" in page
    assert "แสดงว่าท่านเป็นใคร" in page
    for code in ("appointment_order", "assignment_letter", "staff_card", "national_id_card"):
        with officer.get(f"/evidence-examples/{code}") as drawing:
            assert drawing.mimetype == "image/png"


def test_dla_adds_a_kind_and_a_requirement_changes_and_removes_them(app: Flask, officer: FlaskClient) -> None:
    assert submit(officer, officer.get("/evidence-kinds/new"), KIND).location == "/evidence-kinds/training_certificate"
    asked = {**REQUIREMENT, "kinds": ["training_certificate"], "role": str(_role(app))}
    assert submit(officer, officer.get("/evidence-requirements/new"), asked).status_code == 303
    with app.app_context():
        saved = operations.requirements()[-1]
        assert (saved.role_id, saved.unit_kinds, saved.kinds) == (int(asked["role"]), ["TAO"], asked["kinds"])
        assert operations.kind("training_certificate").most_files == 2
        address = f"/evidence-requirements/{saved.id}"
    listed = text_of(officer.get("/evidence-kinds"))
    assert "วุฒิบัตรการอบรม" in listed
    assert "เฉพาะผู้ขอสิทธิ์ INFO" in listed
    page = officer.get("/evidence-kinds/training_certificate")
    refused = submit(officer, page, {"retired": "y"}, action="/evidence-kinds/training_certificate")
    assert refused.status_code == 422
    assert "ยังมีข้อกำหนดที่ใช้เอกสารชนิดนี้" in text_of(refused)
    assert submit(officer, officer.get(address), {"unit_kinds": []}).status_code == 303
    with app.app_context():
        assert operations.requirements()[-1].unit_kinds == []
    assert submit(officer, officer.get(address), {}, action=f"{address}/remove").status_code == 303
    assert officer.get(address).status_code == 404
    page = officer.get("/evidence-kinds/training_certificate")
    assert submit(officer, page, {"retired": "y"}, action="/evidence-kinds/training_certificate").status_code == 303
    with app.app_context():
        assert "training_certificate" not in {kind.code for kind in operations.kinds()}
        events = [event.name for event in db.session.query(AuditEvent).filter(AuditEvent.name.like("evidence_%"))]
        assert events.count("evidence_kind.saved") == 2
        assert events.count("evidence_requirement.saved") == 2
        assert events.count("evidence_requirement.removed") == 1


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"code": "staff_card"}, "รหัสนี้แล้ว"),
        ({"code": "Card 1"}, "ขึ้นต้นด้วยตัวอักษร"),
        ({"name_th": ""}, "กรอกชื่อภาษาไทย"),
        ({"most_files": "0"}, "กรอกจำนวนตั้งแต่ 1"),
        ({"most_pages": "21"}, "ถึง 20"),
    ],
)
def test_a_refused_kind_keeps_what_was_typed(officer: FlaskClient, change: dict[str, str], told: str) -> None:
    refused = submit(officer, officer.get("/evidence-kinds/new"), {**KIND, **change})
    assert refused.status_code == 422
    assert told in text_of(refused)
    assert "Training certificate" in refused.get_data(as_text=True)


def test_a_requirement_without_a_document_that_meets_it_is_refused(officer: FlaskClient) -> None:
    refused = submit(officer, officer.get("/evidence-requirements/new"), {**REQUIREMENT, "kinds": []})
    assert refused.status_code == 422
    assert "อย่างน้อย 1 ชนิด" in text_of(refused)


def test_an_uploaded_example_takes_the_drawings_place(officer: FlaskClient) -> None:
    address = "/evidence-kinds/staff_card"
    broken = {"picture": (BytesIO(b"not a picture"), "card.png")}
    refused = submit(officer, officer.get(address), broken, action=f"{address}/example")
    assert refused.status_code == 422
    for text in ("FIRST", "SECOND"):
        upload = {"picture": (BytesIO(letter_image(text)), "card.png")}
        assert submit(officer, officer.get(address), upload, action=f"{address}/example").status_code == 303
    with officer.get("/evidence-examples/staff_card") as shown:
        assert shown.mimetype == "image/jpeg"
    assert officer.get("/evidence-examples/other").status_code == 404
    assert officer.get("/evidence-examples/nothing").status_code == 404


def test_what_is_asked_is_for_dla_alone_to_change(app: Flask, officer: FlaskClient) -> None:
    clerk = app.test_client()
    sign_in(clerk, CLERK)
    for address in ("/evidence-kinds", "/evidence-kinds/new", "/evidence-kinds/staff_card", "/evidence-requirements/1"):
        assert clerk.get(address).status_code == 403
