"""Key files: made, rotated and removed; private keys encrypted; what is damaged is named."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

from idp.audit.models import AuditEvent
from idp.clients.rules import SIGNING_ALGORITHMS
from idp.database import db
from idp.secrets_at_rest import KeyFileError
from idp.signing_keys import files, jobs
from idp.signing_keys.schedule import KEPT, LEAD, LEAD_AFTER_LEAK, KeyDates, signer
from thai_web import clock

NOW = datetime(2026, 11, 1, tzinfo=UTC)
PASSWORD = "a password of the keys"


def current(folder: Path, now: datetime, alg: str = "RS256") -> KeyDates:
    found = signer(files.read(folder), alg, now)
    assert found is not None
    return found


def test_preparing_twice_makes_one_key_for_each_algorithm(tmp_path: Path) -> None:
    made = files.prepare(tmp_path, NOW, "")
    assert files.prepare(tmp_path, NOW, "") == []
    known = files.read(tmp_path)
    assert [key.alg for key in known] == list(SIGNING_ALGORITHMS)
    assert [key.kid for key in known] == made


def test_a_single_missing_key_is_made_and_the_others_stay(tmp_path: Path) -> None:
    files.prepare(tmp_path, NOW, "")
    before = {key.kid for key in files.read(tmp_path) if key.alg != "ES256"}
    files.remove(tmp_path, current(tmp_path, NOW, "ES256").kid)
    [made] = files.prepare(tmp_path, NOW, "")
    assert {key.kid for key in files.read(tmp_path)} == before | {made}


@pytest.mark.parametrize("alg", SIGNING_ALGORITHMS)
def test_a_private_key_is_encrypted_on_disk_when_a_password_is_set(tmp_path: Path, alg: str) -> None:
    files.prepare(tmp_path, NOW, PASSWORD)
    key = current(tmp_path, NOW, alg)
    pem = tmp_path / "signing" / f"{key.kid}.pem"
    assert b"ENCRYPTED" in pem.read_bytes()
    assert pem.stat().st_mode & 0o077 == 0
    files.load(tmp_path, key, PASSWORD, production=True)
    with pytest.raises(KeyFileError, match="IDP_KEYS_PASSWORD"):
        files.load(tmp_path, key, "another", production=False)
    with pytest.raises(KeyFileError, match="IDP_KEYS_PASSWORD"):
        files.load(tmp_path, key, "", production=False)


def test_a_key_that_lay_open_is_not_for_production_even_when_it_is_encrypted_later(tmp_path: Path) -> None:
    files.prepare(tmp_path, NOW, "")
    key = current(tmp_path, NOW)
    private = files.load(tmp_path, key, "", production=False)
    with pytest.raises(KeyFileError, match="without a password"):
        files.load(tmp_path, key, "", production=True)
    files.remove(tmp_path, key.kid)
    files.write(tmp_path, key, private, PASSWORD)
    with pytest.raises(KeyFileError, match="without a password"):
        files.load(tmp_path, current(tmp_path, NOW), PASSWORD, production=True)


def test_a_rotation_touches_its_own_algorithm_alone(tmp_path: Path) -> None:
    files.prepare(tmp_path, NOW, "")
    before = {key for key in files.read(tmp_path) if key.alg != "ES256"}
    new = files.rotate(tmp_path, "ES256", NOW, "")
    assert (new.alg, new.publish_at, new.sign_from) == ("ES256", NOW, NOW + LEAD)
    assert {key for key in files.read(tmp_path) if key.alg != "ES256"} == before
    assert current(tmp_path, NOW + LEAD, "ES256") == new


def test_a_second_rotation_waits_for_the_first(tmp_path: Path) -> None:
    files.prepare(tmp_path, NOW, "")
    files.rotate(tmp_path, "RS256", NOW, "")
    with pytest.raises(KeyFileError, match="waits already"):
        files.rotate(tmp_path, "RS256", NOW + timedelta(minutes=1), "")
    files.rotate(tmp_path, "RS256", NOW + LEAD, "")
    assert len([key for key in files.read(tmp_path) if key.alg == "RS256"]) == 3


def test_without_a_key_there_is_nothing_to_rotate(tmp_path: Path) -> None:
    with pytest.raises(KeyFileError, match="idp keys prepare"):
        files.rotate(tmp_path, "RS256", NOW, "")


def test_after_a_leak_the_new_key_takes_over_in_minutes_and_nothing_old_counts_any_more(tmp_path: Path) -> None:
    files.prepare(tmp_path, NOW, "")
    retired, later = current(tmp_path, NOW), NOW + LEAD + timedelta(days=1)
    leaked = files.rotate(tmp_path, "RS256", NOW, "")
    waiting = files.rotate(tmp_path, "RS256", later, "")
    new = files.rotate(tmp_path, "RS256", later, "", leaked=True)
    assert new.sign_from == later + LEAD_AFTER_LEAK
    known = {key.kid: key for key in files.read(tmp_path)}
    assert waiting.kid not in known
    assert known[leaked.kid].signs(new.sign_from - timedelta(seconds=1))
    for kid in (retired.kid, leaked.kid):
        assert known[kid].state(new.sign_from) == "dropped"


def test_keys_that_are_due_are_rotated_once(tmp_path: Path) -> None:
    age = timedelta(days=90)
    files.prepare(tmp_path, NOW, "")
    assert files.rotate_when_due(tmp_path, NOW + age - timedelta(seconds=1), "", age) == []
    assert [key.alg for key in files.rotate_when_due(tmp_path, NOW + age, "", age)] == list(SIGNING_ALGORITHMS)
    assert files.rotate_when_due(tmp_path, NOW + age, "", age) == [], "the successors wait"
    later = NOW + age + LEAD
    assert files.rotate_when_due(tmp_path, later, "", age) == []
    assert len(files.rotate_when_due(tmp_path, later + age, "", age)) == len(SIGNING_ALGORITHMS)


def test_the_files_of_a_dropped_key_are_deleted_and_no_others(tmp_path: Path) -> None:
    files.prepare(tmp_path, NOW, "")
    old = current(tmp_path, NOW)
    files.rotate(tmp_path, "RS256", NOW, "")
    assert files.remove_dropped(tmp_path, NOW + LEAD + KEPT - timedelta(seconds=1)) == []
    assert files.remove_dropped(tmp_path, NOW + LEAD + KEPT) == [old.kid]
    assert not list((tmp_path / "signing").glob(f"{old.kid}*"))
    assert len(files.read(tmp_path)) == len(SIGNING_ALGORITHMS)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("", "damaged"),
        ("[]", "alg"),
        ({"alg": "none"}, "alg"),
        ({"sign_from": None}, "date"),
        ({"sign_from": "soon"}, "damaged"),
        ({"sign_from": "2026-10-01T00:00:00+00:00"}, "follow"),
        ({"publish_at": "2026-10-01T00:00:00"}, "zone"),
    ],
)
def test_a_damaged_description_is_named(tmp_path: Path, change: str | dict[str, str], told: str) -> None:
    kid = files.prepare(tmp_path, NOW, "")[0]
    path = tmp_path / "signing" / f"{kid}.json"
    path.write_text(change if isinstance(change, str) else json.dumps({**json.loads(path.read_text()), **change}))
    with pytest.raises(KeyFileError, match=f"{kid}.json is damaged.*{told}" if told != "damaged" else f"{kid}.json"):
        files.read(tmp_path)


@pytest.mark.parametrize("alg", SIGNING_ALGORITHMS)
def test_a_file_that_holds_another_kind_of_key_is_named(tmp_path: Path, alg: str) -> None:
    files.prepare(tmp_path, NOW, "")
    other = current(tmp_path, NOW, "EdDSA" if alg != "EdDSA" else "ES256")
    key = current(tmp_path, NOW, alg)
    (tmp_path / "signing" / f"{other.kid}.pem").rename(tmp_path / "signing" / f"{key.kid}.pem")
    with pytest.raises(KeyFileError, match=f"{key.kid}.pem does not hold a key for {alg}"):
        files.load(tmp_path, key, "", production=False)


@pytest.mark.parametrize(("days", "rotated"), [(90, len(SIGNING_ALGORITHMS)), (0, 0)])
def test_the_worker_rotates_as_the_installation_allows(
    sqlite_app: Flask, tmp_path: Path, days: int, rotated: int
) -> None:
    files.prepare(tmp_path, clock.now() - timedelta(days=91), PASSWORD)
    sqlite_app.config["SETTINGS"] = replace(
        sqlite_app.config["SETTINGS"], keys=tmp_path, keys_password=PASSWORD, key_rotation_days=days
    )
    with sqlite_app.app_context():
        for _ in range(2):
            jobs.tend()
        db.session.commit()
        assert db.session.query(AuditEvent).filter_by(name="key.rotated", actor_kind="worker").count() == rotated
    assert len(files.read(tmp_path)) == len(SIGNING_ALGORITHMS) + rotated
