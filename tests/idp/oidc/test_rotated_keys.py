"""Signing keys change while people are signed in: what was signed before still counts, and nobody notices."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

import jwt
import pytest
import time_machine
from flask import Flask

from idp import create_app
from idp.database import db
from idp.secrets_at_rest import KeyFileError
from idp.signing_keys import files
from idp.signing_keys.schedule import KEPT, LONGEST_CACHE
from tests.idp.oidc.relying_party import SIGNED_OUT, Holder, RelyingParty, is_error_page, returned, sign_in
from thai_web import clock

SECOND = timedelta(seconds=1)


@dataclass
class Rotation:
    """A provider whose RS256 key was just told to go, a system, and when the new key takes over."""

    rp: RelyingParty
    clerk: Holder
    at: datetime

    def at_the(self, moment: timedelta) -> time_machine.travel:
        """So long after the new key took over (or before, when negative)."""
        return time_machine.travel(self.at + moment, tick=False)

    def tokens(self, **changes: str) -> dict[str, str]:
        """The clerk signs in anew."""
        sign_in(self.rp.app, self.rp.browser, self.clerk.account_id)
        return self.rp.tokens(**changes)


@pytest.fixture
def rotation(app: Flask, clerk: Holder, key_folder: Path, tmp_path: Path) -> Iterator[Rotation]:
    folder = tmp_path / "rotating"
    shutil.copytree(key_folder, folder, ignore=shutil.ignore_patterns("signing"))
    files.prepare(folder, clock.now(), "")
    rotating = create_app(replace(app.config["SETTINGS"], keys=folder))
    new = files.rotate(folder, "RS256", clock.now(), "")
    yield Rotation(RelyingParty(rotating, rotating.test_client()), clerk, new.sign_from)
    with rotating.app_context():
        db.session.remove()
        db.engine.dispose()


def kid_of(id_token: str) -> str:
    kid: str = jwt.get_unverified_header(id_token)["kid"]
    return kid


@pytest.mark.attack(44)
def test_a_system_with_a_day_old_list_can_check_what_the_new_key_signs(rotation: Rotation) -> None:
    with rotation.at_the(-LONGEST_CACHE):
        listed = {key.key_id: key for key in jwt.PyJWKSet.from_json(rotation.rp.browser.get("/jwks").text).keys}
    kids = set()
    for moment in (-SECOND, timedelta(0)):
        with rotation.at_the(moment):
            text = rotation.tokens()["id_token"]
            claims = jwt.decode(text, listed[kid_of(text)], algorithms=["RS256"], audience="rp")
            assert claims["sub"] == rotation.clerk.subject
            kids.add(kid_of(text))
    assert len(kids) == 2


@pytest.mark.attack(44)
def test_a_hint_signed_by_the_old_key_names_the_person_for_a_week(rotation: Rotation) -> None:
    with rotation.at_the(-SECOND):
        hint = rotation.tokens()["id_token"]
    signed_out = f"/logout?{urlencode({'id_token_hint': hint, 'post_logout_redirect_uri': SIGNED_OUT})}"
    with rotation.at_the(KEPT - SECOND):
        assert kid_of(rotation.tokens()["id_token"]) != kid_of(hint)
        assert "code" in returned(rotation.rp.authorize(prompt="none", id_token_hint=hint))
        assert rotation.rp.app.test_client().get(signed_out).location == SIGNED_OUT
    with rotation.at_the(KEPT):
        assert is_error_page(rotation.rp.app.test_client().get(signed_out), "id_token_hint is not valid")
        rotation.tokens()
        told = returned(rotation.rp.authorize(prompt="none", id_token_hint=hint))
        assert told["error"] == "invalid_request", "nobody can say any more whose it was"


@pytest.mark.attack(44)
def test_tokens_from_before_work_on_and_bring_what_the_new_key_signed(rotation: Rotation) -> None:
    with rotation.at_the(-SECOND):
        before = rotation.tokens(scope="openid offline_access")
    with rotation.at_the(timedelta(minutes=5)):
        assert rotation.rp.userinfo(before["access_token"]).status_code == 200
        after = rotation.rp.refresh(before["refresh_token"]).get_json()
        assert kid_of(after["id_token"]) != kid_of(before["id_token"])
        assert rotation.rp.verify(after["id_token"])["sub"] == rotation.clerk.subject


@pytest.mark.attack(44)
def test_a_restart_without_the_signing_keys_fails_and_makes_none(rotation: Rotation) -> None:
    settings = rotation.rp.app.config["SETTINGS"]
    signing = settings.keys / "signing"
    signing.rename(settings.keys / "away")
    with pytest.raises(KeyFileError, match="idp keys prepare"):
        create_app(settings)
    assert not signing.exists()
    with rotation.at_the(-SECOND):
        assert rotation.tokens()["id_token"], "the process that runs still has them"
