"""Registrations in the states that tests begin from."""

import re
from collections.abc import Callable

import pytest
from flask import Flask

from idp.database import db
from idp.evidence import operations as evidence
from idp.registration import answers, operations
from idp.registration.answers import PersonAnswers
from idp.registration.models import Registration
from tests.factories import letter_image
from tests.people import CLERK, Invented

Make = Callable[..., int]
Outbox = Callable[[], list[tuple[str, str, str]]]


@pytest.fixture
def code(outbox: Outbox) -> Callable[[], str]:
    """The six digits in the newest mail."""

    def read() -> str:
        found = re.search(r"^(\d{6})$", outbox()[-1][2], re.M)
        assert found
        return found[1]

    return read


@pytest.fixture
def complete(app: Flask, code: Callable[[], str]) -> Make:
    """Make a draft that lacks nothing but the sending; returns its id."""

    def make(person: Invented = CLERK, *, email: str = "", phone: str = "0812345678") -> int:
        with app.test_request_context(method="POST"):
            document = evidence.prepare(letter_image(), "คำสั่ง.png")
            card = evidence.prepare(letter_image("CARD"), "บัตร.png")
            draft_id = operations.begin().id
            answers.answer_person(
                draft_id,
                PersonAnswers(person.title, person.given_name, person.family_name, person.national_id, phone),
            )
            answers.answer_email(draft_id, email or person.email)
            db.session.commit()
            answers.prove_email(draft_id, code())
            answers.choose_unit(draft_id, person.unit_code)
            answers.answer_position(draft_id, person.position, set())
            answers.attach(draft_id, document, "appointment_order")
            answers.attach(draft_id, card, "national_id_card")
            db.session.commit()
            return draft_id

    return make


@pytest.fixture
def waiting(app: Flask, complete: Make) -> Make:
    """Make a registration that was sent; returns its id."""

    def make(person: Invented = CLERK, **different: str) -> int:
        registration_id = complete(person, **different)
        with app.test_request_context(method="POST"):
            operations.submit(registration_id, db.session.get_one(Registration, registration_id).version)
            db.session.commit()
        return registration_id

    return make
