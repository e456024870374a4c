"""Registering systems, and roles held through postings."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from idp.accounts import operations as accounts
from idp.accounts.models import Posting
from idp.accounts.rules import Person
from idp.audit.models import AuditEvent
from idp.clients import operations as clients
from idp.clients.metadata_fields import MetadataError
from idp.clients.models import Client, ClientSecret
from idp.clients.secrets import secret_digest
from idp.database import db
from idp.secrets_at_rest import same
from idp.units import operations as units
from tests.people import CLERK
from thai_web import clock
from thai_web.refusal import Refusal

METADATA: dict[str, Any] = {
    "client_id": "water",
    "client_name": "ระบบคุณภาพน้ำ",
    "client_name#en": "Water quality",
    "redirect_uris": ["https://water.example.go.th/callback"],
    "roles": [
        {"code": "recorder", "name_th": "ผู้บันทึก", "name_en": "Recorder", "unit_kinds": ["TAO"]},
        {"code": "certifier", "name_th": "ผู้รับรอง", "name_en": "Certifier", "unit_kinds": ["PROVINCIAL_OFFICE"]},
    ],
    "tile": {"url": "https://water.example.go.th/"},
}


def secrets_in_force(client: Client) -> list[ClientSecret]:
    now = clock.now()
    rows = db.session.scalars(select(ClientSecret).where(ClientSecret.client_id == client.id))
    return [row for row in rows if row.expires_at is None or now < row.expires_at]


def posting() -> Posting:
    unit = units.find(CLERK.unit_code)
    assert unit is not None
    account = accounts.open_account(
        Person(CLERK.title, CLERK.given_name, CLERK.family_name, CLERK.national_id, CLERK.email), origin="test"
    )
    return accounts.begin_posting(account, unit.id, CLERK.position, clock.today())


def test_a_new_system_gets_a_secret_once(app: Flask) -> None:
    with app.app_context():
        client, secret = clients.import_metadata(METADATA)
        assert secret is not None
        assert len(secret) >= 32
        assert not [row for row in secrets_in_force(client) if secret.encode() in row.digest]
        again, none = clients.import_metadata({**METADATA, "client_name": "ชื่อใหม่"})
        assert none is None
        assert again.id == client.id
        assert again.name_th == "ชื่อใหม่"
        assert len(secrets_in_force(client)) == 1


def test_a_system_without_client_id_is_found_by_name_and_owner(app: Flask) -> None:
    nameless = {**METADATA, "client_id": None}
    with app.app_context():
        first, _ = clients.import_metadata(nameless)
        second, _ = clients.import_metadata(nameless)
        elsewhere, _ = clients.import_metadata({**nameless, "owner_unit": "P67"})
        assert first.id == second.id != elsewhere.id
        assert first.client_id


def test_a_new_secret_overlaps_with_the_old_one_for_a_day(app: Flask) -> None:
    with app.app_context():
        client, _ = clients.import_metadata({**METADATA, "client_secret": "first-secret-1234"})
        clients.import_metadata({**METADATA, "client_secret": "first-secret-1234"})
        assert len(secrets_in_force(client)) == 1
        clients.import_metadata({**METADATA, "client_secret": "second-secret-1234"})
        assert len(secrets_in_force(client)) == 2
        with time_machine.travel(clock.now() + timedelta(hours=25)):
            (left,) = secrets_in_force(client)
            assert same(left.digest, secret_digest("second-secret-1234"))


def test_a_public_system_has_no_secret(app: Flask) -> None:
    with app.app_context():
        client, secret = clients.import_metadata({**METADATA, "token_endpoint_auth_method": "none"})
        assert secret is None
        assert secrets_in_force(client) == []


def test_an_unknown_owner_is_named(app: Flask) -> None:
    with app.app_context(), pytest.raises(MetadataError, match="owner_unit"):
        clients.import_metadata({**METADATA, "owner_unit": "P99"})


def test_registration_and_secrets_stand_in_the_audit(app: Flask) -> None:
    with app.app_context():
        clients.import_metadata(METADATA)
        names = set(db.session.scalars(select(AuditEvent.name)))
        assert {"client.registered", "client.secret_issued"} <= names


def test_roles_are_offered_to_the_kinds_of_units_that_may_hold_them(app: Flask) -> None:
    with app.app_context():
        clients.import_metadata(METADATA)
        assert [role.code for role in clients.roles_for("TAO")] == ["recorder"]
        assert [role.code for role in clients.roles_for("PROVINCIAL_OFFICE")] == ["certifier"]
        assert clients.roles_for("CITY") == []


def test_a_role_is_held_once_and_only_where_it_may_be(app: Flask) -> None:
    with app.app_context():
        clients.import_metadata(METADATA)
        place = posting()
        (recorder,), (certifier,) = clients.roles_for("TAO"), clients.roles_for("PROVINCIAL_OFFICE")
        first = clients.assign(place.id, recorder.id)
        assert clients.assign(place.id, recorder.id).id == first.id
        with pytest.raises(Refusal):
            clients.assign(place.id, certifier.id)
        assert [offered.code for _, offered in clients.assignments(place.id)] == ["recorder"]


def test_an_ended_role_is_gone_today_and_can_be_given_again(app: Flask) -> None:
    with app.app_context():
        clients.import_metadata(METADATA)
        place, (role,) = posting(), clients.roles_for("TAO")
        clients.end_assignment(clients.assign(place.id, role.id).id, "test")
        assert clients.assignments(place.id) == []
        clients.assign(place.id, role.id)
        assert len(clients.assignments(place.id)) == 1


def test_a_role_no_longer_declared_is_neither_offered_nor_held(app: Flask) -> None:
    with app.app_context():
        clients.import_metadata(METADATA)
        place, (role,) = posting(), clients.roles_for("TAO")
        clients.assign(place.id, role.id)
        clients.import_metadata({**METADATA, "roles": METADATA["roles"][1:]})
        assert clients.roles_for("TAO") == []
        assert clients.assignments(place.id) == []
        clients.import_metadata(METADATA)
        assert len(clients.assignments(place.id)) == 1


def test_the_portal_shows_systems_with_a_role_and_those_without_roles(app: Flask) -> None:
    open_to_all = {
        "client_id": "news",
        "client_name": "ข่าว",
        "redirect_uris": METADATA["redirect_uris"],
        "tile": {"url": "https://news.example.go.th/"},
    }
    with app.app_context():
        clients.import_metadata(METADATA)
        clients.import_metadata(open_to_all)
        place = posting()
        assert [tile.url for tile in clients.visible_to(place.id)] == ["https://news.example.go.th/"]
        clients.assign(place.id, clients.roles_for("TAO")[0].id)
        shown = {tile.name_en: tile.roles_th for tile in clients.visible_to(place.id)}
        assert shown == {"ข่าว": [], "Water quality": ["ผู้บันทึก"]}
