"""The list of systems is DLA's."""

from flask import Flask

from idp.clients import operations
from idp.database import db
from tests.browsing import text_of
from tests.people import CLERK, DLA_OFFICER
from tests.scene import appoint_first, open_person, sign_in


def test_a_dla_officer_sees_the_systems_and_a_clerk_does_not(sqlite_app: Flask) -> None:
    with sqlite_app.app_context():
        operations.import_metadata({
            "client_id": "water", "client_name": "ระบบคุณภาพน้ำ", "redirect_uris": ["https://water.example.go.th/cb"],
            "roles": [{"code": "recorder", "name_th": "ผู้บันทึกผลน้ำ", "name_en": "Recorder"}],
        })  # fmt: skip
        for person in (DLA_OFFICER, CLERK):
            open_person(person)
        appoint_first(DLA_OFFICER)
        db.session.rollback()
    officer, clerk = sqlite_app.test_client(), sqlite_app.test_client()
    assert officer.get("/clients").status_code == 303
    sign_in(officer, DLA_OFFICER)
    page = officer.get("/clients")
    assert page.status_code == 200
    assert "ระบบคุณภาพน้ำ" in text_of(page)
    assert "ผู้บันทึกผลน้ำ" in text_of(page)
    sign_in(clerk, CLERK)
    assert clerk.get("/clients").status_code == 403
