"""A token that brings nothing of a posting is read by a shorter statement, and tells the same."""

from typing import Any

import pytest
from flask import Flask

from idp.oidc.claims import claims_for
from idp.oidc.rules import POSTING_CLAIMS, SCOPES, TELLS_NO_POSTING, scopes_of
from idp.oidc.store.statements import token_and_person
from tests.idp.oidc.relying_party import RelyingParty

PLAIN = " ".join(scope for scope in SCOPES if scope not in {*POSTING_CLAIMS, "national_id", "offline_access"})


def test_what_is_told_of_a_person_is_the_same_by_either_statement(
    app: Flask, rp: RelyingParty, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = rp.tokens(scope=PLAIN)["access_token"]
    assert token.startswith(TELLS_NO_POSTING)
    told = rp.userinfo(token).get_json()
    with app.app_context():
        monkeypatch.setattr("idp.oidc.store.statements.TELLS_NO_POSTING", "!")
        found, person = token_and_person(token) or pytest.fail("a live token")
        assert claims_for(person, scopes_of(found.scope)) == told


@pytest.mark.parametrize("scope", sorted(POSTING_CLAIMS))
def test_a_scope_of_the_posting_is_told(rp: RelyingParty, scope: str) -> None:
    token = rp.tokens(scope=f"openid profile {scope}")["access_token"]
    assert not token.startswith(TELLS_NO_POSTING)
    assert rp.userinfo(token).get_json()[scope]


@pytest.mark.parametrize("claim", sorted(POSTING_CLAIMS))
def test_a_claim_of_the_posting_that_was_asked_by_name_is_told(rp: RelyingParty, claim: str) -> None:
    asked: dict[str, Any] = {"scope": "openid", "claims": f'{{"userinfo": {{"{claim}": null}}}}'}
    assert rp.userinfo(rp.tokens(**asked)["access_token"]).get_json()[claim]


def test_a_refresh_that_narrows_the_scope_tells_no_posting_and_a_later_one_does_again(rp: RelyingParty) -> None:
    tokens = rp.tokens(scope="openid email unit offline_access")
    narrow = rp.refresh(tokens["refresh_token"], scope="openid email").get_json()
    assert "unit" not in rp.userinfo(narrow["access_token"]).get_json()
    wide = rp.refresh(narrow["refresh_token"]).get_json()
    assert rp.userinfo(wide["access_token"]).get_json()["unit"]["code"] == "670603"


def test_its_mark_is_part_of_the_token(rp: RelyingParty) -> None:
    plain, telling = rp.tokens(scope="openid")["access_token"], rp.tokens(scope="openid unit")["access_token"]
    for forged in (plain.removeprefix(TELLS_NO_POSTING), f"{TELLS_NO_POSTING}{telling}", TELLS_NO_POSTING):
        assert rp.userinfo(forged).status_code == 401
