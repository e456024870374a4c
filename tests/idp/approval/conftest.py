"""A unit with an admin, a province above it, and a clerk's case that waits."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask

from idp.approval.reasons import Outcome
from idp.clients import operations as clients
from idp.database import db
from idp.evidence import operations as evidence
from idp.registration import answers, operations, rules
from idp.registration.answers import PersonAnswers
from tests.factories import appoint, appoint_first, letter_image, open_person, read_code
from tests.people import CAST, CLERK, DLA_OFFICER, PROVINCIAL, UNIT_ADMIN, Invented
from tests.snapshots import Snapshots

SYSTEM = {
    "client_id": "info",
    "client_name": "INFO",
    "redirect_uris": ["http://localhost:8001/signin/callback"],
    "token_endpoint_auth_method": "client_secret_basic",
    "grant_types": ["authorization_code"],
    "response_types": ["code"],
    "scope": "openid profile unit roles",
    "owner_unit": "DLA",
    "roles": [{"code": "reporter", "name_th": "ผู้บันทึกรายงาน", "name_en": "Reporter", "unit_kinds": ["TAO"]}],
}

APPLICANT = replace(
    CLERK, key="new_clerk", given_name="ปรานี", family_name="มาใหม่", email="pranee@sakruat.example.go.th", number=77
)


def code_for(outcome: Outcome) -> str:
    """A reason's code that goes with the outcome."""
    return "" if outcome == Outcome.APPROVED else "OTHER"


@pytest.fixture
def scene(app: Flask, snapshots: Snapshots) -> Flask:
    """DLA, province and unit admin in place; INFO registered."""
    return snapshots.furnish(app, furnish)


def furnish(app: Flask) -> None:
    """Put everybody into place."""
    with app.app_context():
        clients.import_metadata(SYSTEM)
        for person in CAST:
            if person is not CLERK:
                open_person(person)
        appoint_first(DLA_OFFICER)
        appoint(PROVINCIAL, by=DLA_OFFICER)
        appoint(UNIT_ADMIN, by=PROVINCIAL)


@pytest.fixture
def send(scene: Flask) -> Callable[..., str]:
    """Sends a complete registration and returns its reference."""

    def send_one(person: Invented = APPLICANT, unit_code: str = "670603") -> str:
        with scene.app_context():
            case_id = operations.begin().id
            db.session.commit()
            answers.answer_person(
                case_id,
                PersonAnswers(person.title, person.given_name, person.family_name, person.national_id, "0812345678"),
            )
            answers.answer_email(case_id, person.email)
            db.session.commit()
            answers.prove_email(case_id, read_code(scene, person.email))
            answers.choose_unit(case_id, unit_code)
            roles = {role.id for role in answers.roles_offered(operations.edit(case_id))}
            answers.answer_position(case_id, person.position, roles)
            evidence.keep(evidence.prepare(letter_image(), "คำสั่ง.png"), rules.owner(case_id), "appointment_order")
            evidence.keep(evidence.prepare(letter_image("CARD"), "บัตร.png"), rules.owner(case_id), "national_id_card")
            db.session.commit()
            reference = operations.submit(case_id, operations.edit(case_id).version).reference
            db.session.commit()
            return reference

    return send_one
