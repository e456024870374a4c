"""Signing keys go to another node sealed under a password; what must not come in is refused with its reason."""

import json
import shutil
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from idp.clients.rules import SIGNING_ALGORITHMS
from idp.secrets_at_rest import decrypt, encrypt
from idp.signing_keys import files, transfer
from idp.signing_keys.key_ring import KeyRing
from idp.signing_keys.schedule import KEPT, LEAD, KeyDates, joining, signer
from idp.signing_keys.transfer import FORMAT, TransferError, pack, take_in

NOW = datetime(2026, 11, 1, tzinfo=UTC)
PASSWORD, OTHER_PASSWORD, JOURNEY = "of the first node", "of the other node", "correct horse battery"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("first")
    files.prepare(folder, NOW, PASSWORD)
    return folder


@pytest.fixture
def first(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "first"))


@pytest.fixture(scope="module")
def packed(made: Path) -> str:
    return pack(made, NOW, PASSWORD, JOURNEY, production=True)[0]


def arrive(folder: Path, text: str, now: datetime = NOW, journey: str = JOURNEY, **options: Any) -> list[KeyDates]:
    return take_in(folder, text, now, OTHER_PASSWORD, journey, **{"production": True, **options})


def resealed(text: str, change: Callable[[list[dict[str, Any]]], object]) -> str:
    """The same file with other contents, as somebody who knows the password could make it."""
    outer = json.loads(text)
    key = transfer._derived(JOURNEY, b64decode(outer["salt"]))
    entries = json.loads(decrypt(key, b64decode(outer["sealed"]), FORMAT))
    change(entries)
    return json.dumps({**outer, "sealed": b64encode(encrypt(key, json.dumps(entries).encode(), FORMAT)).decode()})


def test_another_node_signs_with_the_same_keys_and_stores_them_under_its_own_password(
    first: Path, packed: str, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    taken = arrive(other, packed)
    assert taken == files.read(other) == files.read(first)
    rings = [KeyRing(first, PASSWORD, NOW, production=True), KeyRing(other, OTHER_PASSWORD, NOW, production=True)]
    assert rings[0].jwks(NOW) == rings[1].jwks(NOW)
    for alg in SIGNING_ALGORITHMS:
        assert rings[0].read(rings[1].sign({"a": 1}, alg, NOW), NOW) == {"a": 1}


def test_the_password_of_the_folder_is_changed_by_a_journey_to_itself(first: Path, packed: str) -> None:
    running = KeyRing(first, PASSWORD, NOW)
    (first / "signing").rename(first / "before")
    arrive(first, packed)
    restarted = KeyRing(first, OTHER_PASSWORD, NOW, production=True)
    later = NOW + timedelta(hours=1)
    assert restarted.read(running.sign({"a": 1}, "RS256", later), later) == {"a": 1}


def test_the_file_shows_nothing_without_its_password(packed: str) -> None:
    assert "PRIVATE" not in packed
    assert "RS256" not in packed


def test_a_short_password_seals_nothing(first: Path) -> None:
    with pytest.raises(TransferError, match="at least 12"):
        pack(first, NOW, PASSWORD, "short", production=False)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "damaged"),
        ("{", "damaged"),
        ("[]", "does not come from"),
        ('{"keys": []}', "does not come from"),
        (json.dumps({"format": FORMAT}), "damaged"),
        (json.dumps({"format": FORMAT, "salt": "AA==", "sealed": "!"}), "damaged"),
        (json.dumps({"format": FORMAT, "salt": "AA==", "sealed": ""}), "damaged"),
        ("[" * 100_000, "damaged"),
    ],
)
def test_what_is_no_sealed_file_is_refused(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(TransferError, match=told):
        arrive(tmp_path, text)


def test_another_password_opens_nothing(packed: str, tmp_path: Path) -> None:
    with pytest.raises(TransferError, match="another one, or the file is damaged"):
        arrive(tmp_path, packed, journey="another password")


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_file_that_was_changed_anywhere_brings_nothing_in(packed: str, tmp_path: Path, data: st.DataObject) -> None:
    outer = json.loads(packed)
    sealed = bytearray(b64decode(outer["sealed"]))
    sealed[data.draw(st.integers(0, len(sealed) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(TransferError, match="damaged"):
        arrive(tmp_path / "new", json.dumps({**outer, "sealed": b64encode(bytes(sealed)).decode()}))
    assert not (tmp_path / "new").exists()


def _weak(entries: list[dict[str, Any]]) -> None:
    entries[-1].update(alg="RS256", private=transfer._pem(rsa.generate_private_key(65537, 1024)))  # noqa: S505 - must be refused


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda entries: entries.clear(), "holds no key"),
        (lambda entries: entries.append(entries[0]), "is here already"),
        (lambda entries: entries.append({**entries[0], "kid": "twin"}), "under another kid"),
        (lambda entries: entries[-1].update(kid="../../escape"), "file's name"),
        (lambda entries: entries[-1].update(kid=7), "file's name"),
        (lambda entries: entries.append("x"), "file's name"),
        (lambda entries: entries[-1].update(alg="none"), "alg"),
        (lambda entries: entries[-1].update(alg="ES256"), "does not hold a key for ES256"),
        (lambda entries: entries[-1].pop("sign_from"), "date"),
        (lambda entries: entries[-1].update(private="-----BEGIN PRIVATE KEY-----"), "key 2"),
        (lambda entries: entries[-1].update(private=None), "key 2"),
        (lambda entries: entries[-1].update(throw_away=True), "demos and tests"),
        (_weak, "too short"),
    ],
)
def test_a_key_that_must_not_come_in_keeps_the_whole_file_out(
    packed: str, tmp_path: Path, change: Callable[[list[dict[str, Any]]], object], told: str
) -> None:
    with pytest.raises(TransferError, match=told):
        arrive(tmp_path / "new", resealed(packed, change))
    assert not (tmp_path / "new").exists()


def test_keys_that_are_here_already_or_over_are_refused(first: Path, packed: str, tmp_path: Path) -> None:
    other = tmp_path / "other"
    arrive(other, packed)
    with pytest.raises(TransferError, match="is here already"):
        arrive(other, packed)
    files.rotate(first, "RS256", NOW, PASSWORD)
    text, _kids = pack(first, NOW + LEAD, PASSWORD, JOURNEY, production=True)
    with pytest.raises(TransferError, match="its life is over"):
        arrive(tmp_path / "late", text, now=NOW + LEAD + KEPT)


def test_a_demos_key_may_go_to_a_demo_and_never_to_production(tmp_path: Path) -> None:
    demo = tmp_path / "demo"
    files.prepare(demo, NOW, "")
    text, _kids = pack(demo, NOW, "", JOURNEY, production=False)
    with pytest.raises(TransferError, match="demos and tests"):
        arrive(tmp_path / "real", text)
    assert arrive(tmp_path / "another-demo", text, production=False)


def test_production_stores_no_key_without_a_password(packed: str, tmp_path: Path) -> None:
    with pytest.raises(TransferError, match="IDP_KEYS_PASSWORD"):
        take_in(tmp_path, packed, NOW, "", JOURNEY, production=True)


def test_where_another_key_signs_an_arrived_one_is_published_first(packed: str, tmp_path: Path) -> None:
    files.prepare(tmp_path, NOW - timedelta(days=1), OTHER_PASSWORD)
    here = signer(files.read(tmp_path), "RS256", NOW)
    taken = {key.alg: key for key in arrive(tmp_path, packed)}
    assert taken["RS256"].state(NOW) == "published"
    assert signer(files.read(tmp_path), "RS256", NOW + LEAD - timedelta(seconds=1)) == here
    assert signer(files.read(tmp_path), "RS256", NOW + LEAD) == taken["RS256"]


def test_an_arrived_key_that_has_ended_does_not_begin_again() -> None:
    ended = KeyDates("a", "RS256", NOW - timedelta(days=9), NOW - timedelta(days=9), NOW, NOW + KEPT)
    here = KeyDates("b", "RS256", NOW - timedelta(days=1), NOW - timedelta(days=1))
    for moment in (timedelta(0), LEAD, 2 * LEAD):
        assert joining(ended, [here], NOW).state(NOW + moment) == "retired"
    assert joining(ended, [], NOW) == ended
    assert joining(replace(ended, sign_until=None, drop_at=None), [here], NOW).sign_from == NOW + LEAD
