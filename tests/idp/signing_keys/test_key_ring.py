"""A running process signs with the key whose time it is, picks up new ones, and refuses to start without."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jwt
import pytest

from idp.clients.rules import SIGNING_ALGORITHMS
from idp.secrets_at_rest import KeyFileError
from idp.signing_keys import files
from idp.signing_keys.key_ring import KeyRing
from idp.signing_keys.schedule import KEPT, LEAD, REREAD, signer

NOW = datetime(2026, 11, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    files.prepare(tmp_path, NOW, "")
    return tmp_path


def published(ring: KeyRing, now: datetime, alg: str = "RS256") -> set[str]:
    return {key["kid"] for key in json.loads(ring.jwks(now))["keys"] if key["alg"] == alg}


def signing(ring: KeyRing, now: datetime, alg: str = "RS256") -> str:
    kid: str = jwt.get_unverified_header(ring.sign({}, alg, now))["kid"]
    return kid


def current(folder: Path, alg: str = "RS256") -> str:
    found = signer(files.read(folder), alg, NOW)
    assert found is not None
    return found.kid


@pytest.mark.parametrize("alg", SIGNING_ALGORITHMS)
def test_each_algorithm_is_signed_by_a_key_that_is_published_for_it_alone(folder: Path, alg: str) -> None:
    ring = KeyRing(folder, "", NOW)
    text = ring.sign({"iss": "us", "name": "ไทย"}, alg, NOW)
    header = jwt.get_unverified_header(text)
    assert (header["alg"], header["typ"]) == (alg, "JWT")
    [public] = [key for key in json.loads(ring.jwks(NOW))["keys"] if key["kid"] == header["kid"]]
    assert (public["alg"], public["use"]) == (alg, "sig")
    assert not set(public) & {"d", "p", "q", "dp", "dq", "qi"}
    assert jwt.decode(text, jwt.PyJWK(public), algorithms=[alg])["name"] == "ไทย"
    assert ring.read(text, NOW) == {"iss": "us", "name": "ไทย"}


def test_the_default_stands_first_in_the_list_and_no_two_keys_share_anything(folder: Path) -> None:
    listed = json.loads(KeyRing(folder, "", NOW).jwks(NOW))["keys"]
    assert [key["alg"] for key in listed] == list(SIGNING_ALGORITHMS)
    assert len({key["kid"] for key in listed}) == len(listed)
    assert len({key.get("n", key.get("x")) for key in listed}) == len(listed)


def test_a_signature_under_the_other_rsa_algorithm_is_not_ours(folder: Path) -> None:
    ring = KeyRing(folder, "", NOW)
    key = next(key for key in files.read(folder) if key.alg == "RS256")
    private = files.load(folder, key, "", production=False)
    assert ring.read(jwt.encode({}, private, "PS256", headers={"kid": key.kid}), NOW) is None
    assert ring.read(jwt.encode({}, private, "RS512", headers={"kid": key.kid}), NOW) is None
    assert ring.read(jwt.encode({}, private, "RS256", headers={"kid": "another"}), NOW) is None
    assert ring.read(jwt.encode({}, private, "RS256", headers={"kid": key.kid}), NOW) == {}


@pytest.mark.attack(44)
def test_a_process_without_keys_does_not_start_and_makes_none(tmp_path: Path) -> None:
    with pytest.raises(KeyFileError, match="idp keys prepare"):
        KeyRing(tmp_path, "", NOW)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.attack(44)
@pytest.mark.parametrize("alg", SIGNING_ALGORITHMS)
def test_a_process_that_lacks_the_key_of_one_algorithm_does_not_start(folder: Path, alg: str) -> None:
    files.remove(folder, current(folder, alg))
    with pytest.raises(KeyFileError, match=f"signs now with {alg}; run `idp keys prepare`"):
        KeyRing(folder, "", NOW)
    assert len(files.read(folder)) == len(SIGNING_ALGORITHMS) - 1


@pytest.mark.attack(44)
def test_production_does_not_start_with_keys_that_lay_open(folder: Path) -> None:
    with pytest.raises(KeyFileError, match="without a password"):
        KeyRing(folder, "a password", NOW, production=True)
    files.prepare(folder / "closed", NOW, "a password")
    assert KeyRing(folder / "closed", "a password", NOW, production=True).sign({}, "RS256", NOW)


def test_a_rotation_is_published_first_signs_later_and_keeps_the_old_key_for_a_while(folder: Path) -> None:
    old, ring = current(folder), KeyRing(folder, "", NOW)
    new = files.rotate(folder, "RS256", NOW, "").kid
    seen = NOW + REREAD
    assert published(ring, seen) == {old, new}
    assert signing(ring, seen) == old
    assert signing(ring, NOW + LEAD - SECOND) == old
    assert signing(ring, NOW + LEAD) == new
    assert published(ring, NOW + LEAD + KEPT - SECOND) == {old, new}
    assert published(ring, NOW + LEAD + KEPT) == {new}


def test_a_hint_is_read_until_its_key_is_dropped(folder: Path) -> None:
    ring = KeyRing(folder, "", NOW)
    hint = ring.sign({"sub": "somebody"}, "RS256", NOW)
    files.rotate(folder, "RS256", NOW, "")
    assert ring.read(hint, NOW + LEAD + KEPT - SECOND) == {"sub": "somebody"}
    assert ring.read(hint, NOW + LEAD + KEPT) is None


def test_a_missing_key_is_picked_up_without_a_restart(folder: Path) -> None:
    ring = KeyRing(folder, "", NOW)
    lost = current(folder, "ES256")
    files.remove(folder, lost)
    with pytest.raises(KeyFileError, match="ES256"):
        signing(ring, NOW + REREAD, "ES256")
    files.prepare(folder, NOW + REREAD, "")
    assert signing(ring, NOW + 2 * REREAD, "ES256") != lost


def test_a_damaged_file_or_a_folder_that_is_away_does_not_stop_a_running_process(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    ring, kid = KeyRing(folder, "", NOW), current(folder)
    (folder / "signing" / "x.json").write_text("{")
    assert signing(ring, NOW + REREAD) == kid
    assert "x.json" in caplog.text
    (folder / "signing").rename(folder / "away")
    assert signing(ring, NOW + 2 * REREAD) == kid
    with pytest.raises(KeyFileError):
        KeyRing(folder, "", NOW)


def test_a_key_is_parsed_once(folder: Path) -> None:
    ring = KeyRing(folder, "", NOW)
    for pem in (folder / "signing").glob("*.pem"):
        pem.unlink()
    assert ring.sign({}, "RS256", NOW + timedelta(hours=1))
    assert ring.jwks(NOW + timedelta(hours=1)) is ring.jwks(NOW + timedelta(hours=2))
