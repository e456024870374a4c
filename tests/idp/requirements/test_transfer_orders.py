"""Who moves to another office shows it by the order of transfer, as the manual says."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade

from idp.commands import MIGRATIONS
from idp.database import db
from idp.requirements import operations
from idp.requirements.models import EvidenceKind, EvidenceRequirement
from idp.requirements.rules import is_met
from thai_web import clock

BEFORE = "0029"


@pytest.fixture(autouse=True)
def context(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield
        db.session.rollback()


def test_a_transfer_order_is_offered_beside_the_order_of_appointment_and_shows_the_same() -> None:
    codes = [kind.code for kind in operations.kinds()]
    assert codes[:2] == ["appointment_order", "transfer_order"]
    assert codes[-1] == "other"
    showing = [each for each in operations.requirements() if "appointment_order" in each.kinds]
    assert len(showing) == 2
    assert all(is_met(each, ["transfer_order"]) for each in showing)


def test_what_dla_asks_for_already_is_met_by_a_transfer_order_too() -> None:
    downgrade(str(MIGRATIONS), revision=BEFORE)
    db.session.add(
        EvidenceRequirement(
            name_th="ก",
            name_en="a",
            asked_of="EVERYBODY",
            unit_kinds=[],
            role_id=None,
            kinds=["staff_card", "appointment_order", "other"],
            updated_at=clock.now(),
        )
    )
    db.session.commit()
    upgrade(str(MIGRATIONS))
    assert operations.requirements()[-1].kinds == ["staff_card", "appointment_order", "transfer_order", "other"]
    db.session.remove()  # SQLite lets one write at a time
    downgrade(str(MIGRATIONS), revision=BEFORE)
    assert operations.requirements()[-1].kinds == ["staff_card", "appointment_order", "other"]
    assert "transfer_order" not in [kind.code for kind in operations.kinds()]


def test_a_kind_that_dla_made_under_the_same_code_stays_as_it_is() -> None:
    downgrade(str(MIGRATIONS), revision=BEFORE)
    db.session.add(
        EvidenceKind(
            code="transfer_order",
            name_th="ใบโอนย้าย",
            name_en="Transfer",
            most_files=1,
            most_pages=2,
            place=9,
            updated_at=clock.now(),
        )
    )
    db.session.commit()
    upgrade(str(MIGRATIONS))
    assert operations.kind("transfer_order").name_th == "ใบโอนย้าย"
