"""The state of a key is a function of time; a running process picks a new one up without a restart."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

from idp import clock
from idp.audit.models import AuditEvent
from idp.database import db
from idp.oidc import keys, rotation
from idp.oidc.keys import JWKS_MAX_AGE, KEPT, LEAD, REREAD, KeyRing
from idp.secrets_at_rest import KeyFileError

NOW = datetime(2026, 11, 1, tzinfo=UTC)


def kids(ring: KeyRing, now: datetime) -> set[str]:
    return {key["kid"] for key in json.loads(ring.jwks(now))["keys"]}


def test_preparing_twice_makes_one_key(tmp_path: Path) -> None:
    first = keys.prepare(tmp_path, NOW, "")
    assert first is not None
    assert keys.prepare(tmp_path, NOW, "") is None
    assert [key.kid for key in keys.read(tmp_path)] == [first]


def test_a_process_without_a_key_does_not_start(tmp_path: Path) -> None:
    with pytest.raises(KeyFileError, match="idp keys prepare"):
        KeyRing(tmp_path, "", NOW)


def test_a_private_key_is_encrypted_on_disk_when_a_password_is_set(tmp_path: Path) -> None:
    kid = keys.prepare(tmp_path, NOW, "a password")
    pem = tmp_path / "signing" / f"{kid}.pem"
    assert b"ENCRYPTED" in pem.read_bytes()
    assert pem.stat().st_mode & 0o077 == 0
    assert KeyRing(tmp_path, "a password", NOW).signing_key("RS256", NOW)[0] == kid
    with pytest.raises(KeyFileError, match="IDP_KEYS_PASSWORD"):
        KeyRing(tmp_path, "another", NOW)


def test_a_rotation_is_published_first_signs_later_and_keeps_the_old_key_for_a_while(tmp_path: Path) -> None:
    old = keys.prepare(tmp_path, NOW, "")
    assert old is not None
    ring = KeyRing(tmp_path, "", NOW)
    new = keys.rotate(tmp_path, NOW, "").kid
    seen = NOW + REREAD
    assert kids(ring, seen) == {old, new}
    assert ring.signing_key("RS256", seen)[0] == old
    assert ring.signing_key("RS256", NOW + LEAD)[0] == new
    assert kids(ring, NOW + LEAD + KEPT - timedelta(seconds=1)) == {old, new}
    assert kids(ring, NOW + LEAD + KEPT) == {new}
    assert ring.verifying_key(old, NOW + LEAD + KEPT) is None


def test_a_new_key_outlives_every_cache_of_the_old_list_before_it_signs() -> None:
    assert JWKS_MAX_AGE + REREAD + timedelta(minutes=1) <= LEAD


def test_a_second_rotation_waits_for_the_first(tmp_path: Path) -> None:
    keys.prepare(tmp_path, NOW, "")
    keys.rotate(tmp_path, NOW, "")
    with pytest.raises(KeyFileError, match="published already"):
        keys.rotate(tmp_path, NOW + timedelta(minutes=1), "")
    keys.rotate(tmp_path, NOW + LEAD, "")
    assert len(keys.read(tmp_path)) == 3


def test_some_key_signs_at_every_moment_of_a_rotation(tmp_path: Path) -> None:
    keys.prepare(tmp_path, NOW, "")
    keys.rotate(tmp_path, NOW, "")
    known = keys.read(tmp_path)
    for second in range(0, int(LEAD.total_seconds()) * 2, 7):
        now = NOW + timedelta(seconds=second)
        signer = keys.signer(known, "RS256", now)
        assert signer is not None
        assert signer.is_published(now)


def test_a_key_is_parsed_once(tmp_path: Path) -> None:
    keys.prepare(tmp_path, NOW, "")
    ring = KeyRing(tmp_path, "", NOW)
    before = ring.signing_key("RS256", NOW)[1]
    assert ring.signing_key("RS256", NOW + timedelta(hours=1))[1] is before


def test_a_damaged_description_is_named(tmp_path: Path) -> None:
    kid = keys.prepare(tmp_path, NOW, "")
    (tmp_path / "signing" / f"{kid}.json").write_text("{}")
    with pytest.raises(KeyFileError, match=f"{kid}.json"):
        KeyRing(tmp_path, "", NOW)


def test_a_key_that_signed_long_enough_is_rotated_once(tmp_path: Path) -> None:
    start, age = clock.now(), timedelta(days=90)
    keys.prepare(tmp_path, start, "")
    assert keys.rotate_when_due(tmp_path, start + age - timedelta(seconds=1), "", age) is None
    new = keys.rotate_when_due(tmp_path, start + age, "", age)
    assert new is not None
    assert keys.rotate_when_due(tmp_path, start + age, "", age) is None, "its successor waits"
    later = start + age + keys.LEAD
    assert keys.signer(keys.read(tmp_path), "RS256", later) == new
    assert keys.rotate_when_due(tmp_path, later, "", age) is None
    assert keys.rotate_when_due(tmp_path, later + age, "", age) is not None


@pytest.mark.parametrize(("days", "rotated"), [(90, 1), (0, 0)])
def test_the_worker_rotates_as_the_installation_allows(
    sqlite_app: Flask, tmp_path: Path, days: int, rotated: int
) -> None:
    keys.prepare(tmp_path, clock.now() - timedelta(days=91), "secret of the keys")
    sqlite_app.config["SETTINGS"] = replace(
        sqlite_app.config["SETTINGS"], keys=tmp_path, keys_password="secret of the keys", key_rotation_days=days
    )
    with sqlite_app.app_context():
        for _ in range(2):
            rotation.rotate_when_due()
        db.session.commit()
        assert db.session.query(AuditEvent).filter_by(name="key.rotated", actor_kind="worker").count() == rotated
    assert len(keys.read(tmp_path)) == 1 + rotated
