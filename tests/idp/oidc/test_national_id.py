"""The national ID: to whom it is told, and what is kept of it."""

import logging

import pytest
from flask import Flask
from sqlalchemy import select

from idp.accounts import operations as accounts
from idp.accounts.rules import Proof
from idp.audit.models import AuditEvent
from idp.clients import operations as clients
from idp.clients.metadata import MetadataError
from idp.database import db
from tests.idp.oidc.relying_party import Holder, RelyingParty, asking, register
from tests.people import CLERK
from thai_web import clock

BASIS = "พ.ร.บ. ตัวอย่าง พ.ศ. 2569 มาตรา 9"
SCOPE = "openid national_id"


@pytest.fixture
def proven(app: Flask, rp: RelyingParty, clerk: Holder) -> RelyingParty:
    """The clerk proven by ThaID, and a system that has a law for her number."""
    with app.app_context():
        account = accounts.get(clerk.account_id)
        account.proof, account.proven_at = Proof.THAID, clock.now()
        db.session.commit()
    register(app, client_id="law", scope="openid profile national_id", national_id_basis=BASIS)
    return RelyingParty(app, rp.browser, client_id="law")


def told(app: Flask) -> list[dict[str, str]]:
    """What the record says of numbers that were told."""
    with app.app_context():
        events = db.session.scalars(select(AuditEvent).where(AuditEvent.name == "national_id.told")).all()
        found = [{**event.facts, "subject": event.subject_id or "", "actor": event.actor_kind} for event in events]
        db.session.rollback()
        return found


def test_a_system_with_a_law_is_told_and_each_time_is_recorded(
    app: Flask, proven: RelyingParty, clerk: Holder, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        tokens = proven.tokens(scope=SCOPE)
        assert proven.userinfo(tokens["access_token"]).get_json()["national_id"] == CLERK.national_id
        assert proven.userinfo(tokens["access_token"]).get_json()["national_id"] == CLERK.national_id
    assert told(app) == [{"client_id": "law", "subject": str(clerk.account_id), "actor": "client"}] * 2
    assert "national_id" not in proven.verify(tokens["id_token"])
    assert CLERK.national_id not in caplog.text


def test_it_may_be_asked_for_by_name_but_not_for_the_id_token(app: Flask, proven: RelyingParty) -> None:
    both = asking(userinfo={"national_id": None}, id_token={"national_id": {"essential": True}})
    tokens = proven.tokens(scope="openid", claims=both)
    assert "national_id" not in proven.verify(tokens["id_token"])
    assert proven.userinfo(tokens["access_token"]).get_json()["national_id"] == CLERK.national_id
    assert len(told(app)) == 1


def test_a_system_that_does_not_ask_is_not_told(app: Flask, proven: RelyingParty) -> None:
    tokens = proven.tokens(scope="openid profile")
    assert "national_id" not in proven.userinfo(tokens["access_token"]).get_json()
    assert told(app) == []


def test_without_a_law_the_scope_is_dropped(app: Flask, proven: RelyingParty, rp: RelyingParty) -> None:
    tokens = rp.tokens(scope=SCOPE, claims=asking(userinfo={"national_id": None}))
    assert tokens["scope"] == "openid"
    assert "national_id" not in rp.userinfo(tokens["access_token"]).get_json()
    assert told(app) == []


def test_a_number_that_was_only_typed_is_told_to_nobody(app: Flask, rp: RelyingParty) -> None:
    register(app, client_id="law", scope=SCOPE, national_id_basis=BASIS)
    law = RelyingParty(app, rp.browser, client_id="law")
    assert "national_id" not in law.userinfo(law.tokens(scope=SCOPE)["access_token"]).get_json()
    assert told(app) == []


def test_when_the_law_goes_tokens_from_before_bring_it_no_more(app: Flask, proven: RelyingParty) -> None:
    access_token = proven.tokens(scope=SCOPE)["access_token"]
    register(app, client_id="law", scope="openid profile")
    app.extensions["oidc.clients"].clear()  # what a node remembers of systems is a few seconds old
    assert "national_id" not in proven.userinfo(access_token).get_json()
    with app.app_context():
        statement = select(AuditEvent).where(AuditEvent.name == "client.national_id_basis_set").order_by(AuditEvent.id)
        assert [event.facts["basis"] for event in db.session.scalars(statement)] == [BASIS, None]
        db.session.rollback()


@pytest.mark.parametrize("members", [{"scope": SCOPE}, {"scope": "openid", "national_id_basis": BASIS}])
def test_scope_and_law_stand_together(sqlite_app: Flask, members: dict[str, str]) -> None:
    with sqlite_app.app_context(), pytest.raises(MetadataError, match="national_id_basis"):
        clients.import_metadata({"client_id": "x", "redirect_uris": ["https://x.example/cb"], **members})


def test_who_names_no_scopes_gets_no_national_id(sqlite_app: Flask) -> None:
    with sqlite_app.app_context():
        client, _secret = clients.import_metadata({"client_id": "x", "redirect_uris": ["https://x.example/cb"]})
        assert "national_id" not in client.scopes
        assert "address" in client.scopes
        db.session.rollback()
