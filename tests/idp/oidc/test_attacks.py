"""Requests that are odd but harmless, and clicks that come twice."""

from flask import Flask

from idp.database import db
from idp.oidc.consent import operations
from idp.oidc.store import client_cache
from idp.oidc.store.models import Consent
from tests.browsing import submit
from tests.idp.oidc.relying_party import Holder, RelyingParty, register, returned
from tests.races import start_behind


def test_a_scope_that_is_repeated_counts_once(rp: RelyingParty) -> None:
    assert rp.tokens(scope="openid " * 60 + "unit")["scope"] == "openid unit"


def test_two_clicks_on_yes_are_one_consent(app: Flask, rp: RelyingParty, clerk: Holder) -> None:
    register(app, client_id="asking", client_name="ระบบของหน่วยงานอื่น", profile="standard", owner_unit="P67")
    asking = RelyingParty(rp.app, rp.browser, client_id="asking")
    page = asking.browser.get(asking.authorize(scope="openid").location)
    answers = []

    def second_click() -> None:
        answers.append(submit(asking.browser, page, {"decision": "allow"}, action="/consent"))

    with app.app_context():
        client = client_cache.find("asking")
        assert client
        operations.remember_consent(clerk.account_id, client, frozenset({"openid"}))
        click = start_behind(second_click)
        db.session.commit()
        click.join()
        assert db.session.query(Consent).count() == 1
        db.session.rollback()
    assert "code" in returned(answers[0])
