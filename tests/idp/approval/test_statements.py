"""The budget of the reviewer's pages: statements, counted at the database's door."""

from collections.abc import Callable

from flask import Flask

from idp.approval import operations
from idp.approval.operations import Verdict
from idp.approval.reasons import Outcome
from idp.database import db
from idp.registration import answers
from idp.registration import operations as registration
from idp.registration.answers import PersonAnswers
from tests.browsing import forms_of
from tests.factories import sign_in, viewer_of
from tests.idp.oidc.test_statements import Count, counting
from tests.people import UNIT_ADMIN

REASON = "ภาพเอกสารไม่ชัด โปรดถ่ายใหม่"
GIVEN = {"outcome": "RETURNED", "reason_code": "UNREADABLE", "reason": REASON, "to_correct": ["phone"]}


def _readings(count: Count, table: str) -> int:
    return sum(f"FROM {table} " in " ".join(each.split()) for each in count.statements)


def test_a_dossier_a_preview_and_a_decision_ask_for_the_authority_once_at_the_guard(
    scene: Flask, send: Callable[..., str]
) -> None:
    address, admin = f"/approvals/{send()}", scene.test_client()
    sign_in(admin, UNIT_ADMIN)
    with counting(scene) as dossier:
        page = admin.get(address)
    given = next(each for each in forms_of(page) if "/decision" in each["action"])["fields"] | GIVEN
    with counting(scene) as preview:
        assert admin.post(f"{address}/preview", data=given).status_code == 200
    with counting(scene) as decision:
        assert admin.post(f"{address}/decision", data=given).status_code == 303
    terms = [_readings(each, "absence") for each in (dossier, preview, decision)]
    assert terms == [1, 1, 3], "a decision asks again inside its transaction, and then for the next case"
    assert len(dossier.statements) <= 42, dossier.statements
    assert len(preview.statements) <= 23, preview.statements  # one for the menu: whether it shows the overview
    assert len(decision.statements) <= 48, decision.statements


def test_a_dossier_reads_the_versions_once(scene: Flask, send: Callable[..., str]) -> None:
    reference, admin = send(), scene.test_client()
    sign_in(admin, UNIT_ADMIN)
    with scene.app_context():
        case = registration.find_by_reference(reference)
        assert case
        verdict = Verdict(Outcome.RETURNED, REASON, case.version, ("phone",), "UNREADABLE")
        operations.decide(viewer_of(UNIT_ADMIN), case, verdict)
        answers.answer_person(case.id, PersonAnswers(None, None, None, None, "0899999999"))
        registration.submit(case.id, case.version)
        db.session.commit()
    with counting(scene) as dossier:
        page = admin.get(f"/approvals/{reference}").get_data(as_text=True)
    assert "0899999999" in page
    assert REASON in page
    assert _readings(dossier, "registration_version") == 1
