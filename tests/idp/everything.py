"""One of everything that has an address, and those addresses: for tests that open every page."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

from flask import Flask
from werkzeug.routing import Rule

from idp.appointments.models import Appointment
from idp.clients import operations as clients
from idp.database import db
from idp.evidence import operations as evidence
from idp.evidence.models import Evidence
from idp.registration import answers, operations, rules
from idp.registration.answers import PersonAnswers
from idp.staff import invitations, mailboxes
from idp.staff.invitations import Draft
from idp.units import operations as units
from tests.factories import letter_image, read_code, viewer_of
from tests.idp.staff.conftest import COLLEAGUE, REASON, furnish, posting_of
from tests.people import CLERK, UNIT_ADMIN

STATIC = {"static", "thai_web.static"}
COMMON = {
    "act": ["suspend", "recover", "nothing"],
    "secret": ["x"],
    "what": ["person"],
    "page": [1],
    "slug": ["index"],
    "name": ["queue.png"],
    "step": ["person"],
}


def furnish_everything(app: Flask) -> Flask:
    """One of everything that has an address."""
    furnish(app)
    newcomer = replace(CLERK, key="newcomer", email="newcomer@sakruat.example.go.th", number=61)
    with app.app_context():
        case = operations.begin().id
        db.session.commit()
        answers.answer_person(case, PersonAnswers("นางสาว", "ปรานี", "มาใหม่", newcomer.national_id, "0812345678"))
        answers.answer_email(case, newcomer.email)
        db.session.commit()
        answers.prove_email(case, read_code(app, newcomer.email))
        answers.choose_unit(case, newcomer.unit_code)
        answers.answer_position(case, newcomer.position, {role.id for role in clients.roles_for("TAO")})
        for kind in ("appointment_order", "national_id_card"):
            evidence.keep(evidence.prepare(letter_image(kind), f"{kind}.png"), rules.owner(case), kind)
        operations.submit(case, operations.edit(case).version)
        db.session.commit()
        mailboxes.announce(viewer_of(UNIT_ADMIN), posting_of(COLLEAGUE), "new@sakruat.example.go.th", REASON)
        db.session.commit()
        unit = units.find(UNIT_ADMIN.unit_code)
        assert unit
        draft = Draft("นายเชิญ มาใหม่", "guest@sakruat.example.go.th", "นักวิชาการ", [])
        invitations.invite(viewer_of(UNIT_ADMIN), unit, draft)
        db.session.commit()
        app.extensions["filling"] = {
            **COMMON,
            "code": [UNIT_ADMIN.unit_code, "P67"],
            "reference": [operations.lock(case).reference],
            "posting_id": [posting_of(person) for person in (CLERK, COLLEAGUE, UNIT_ADMIN)],
            "appointment_id": [made.id for made in db.session.query(Appointment).limit(2)],
            "evidence_id": [kept.id for kept in db.session.query(Evidence).filter_by(owner=rules.owner(case))][:1],
        }
        db.session.rollback()
    return app


def addresses(app: Flask) -> Iterator[str]:
    """Every address that takes GET, filled in."""
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or set()) and rule.endpoint not in STATIC:
            yield from _filled(app, rule)


def _filled(app: Flask, rule: Rule) -> Iterator[str]:
    filling, wanted = app.extensions["filling"], sorted(rule.arguments - set(rule.defaults or {}))
    for values in product(*(filling.get(name, [1, 2]) for name in wanted)):
        yield app.url_map.bind("").build(rule.endpoint, dict(zip(wanted, values, strict=True)))
