"""Hashing passwords."""

import os
import sys
import threading
import unicodedata
from concurrent.futures import ThreadPoolExecutor

import pytest
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from hypothesis import given
from hypothesis import strategies as st

from idp.signin import passwords
from tests.people import CHOSEN_PASSWORD, PASSWORD
from tests.shared_fixtures import REAL_HASHES


@pytest.fixture(autouse=True)
def as_in_production(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in zip(("MEMORY", "PASSES"), REAL_HASHES, strict=True):
        monkeypatch.setattr(passwords, name, value)


def test_only_the_right_password_matches_and_no_two_hashes_are_alike() -> None:
    stored = passwords.hash_password(PASSWORD)
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$"), "no cheaper than OWASP's parameters"
    assert passwords.matches(PASSWORD, stored)
    assert not passwords.matches(CHOSEN_PASSWORD, stored)
    assert not passwords.matches(PASSWORD, None)
    assert passwords.hash_password(PASSWORD) != stored


@pytest.mark.parametrize(("kib", "rounds", "lanes"), [(19 * 1024, 2, 1), (64 * 1024, 3, 4), (7 * 1024, 5, 1)])
def test_what_another_library_stored_with_other_parameters_still_opens(kib: int, rounds: int, lanes: int) -> None:
    other = Argon2id(salt=os.urandom(16), length=32, iterations=rounds, lanes=lanes, memory_cost=kib)
    stored = other.derive_phc_encoded(PASSWORD.encode())
    assert passwords.matches(PASSWORD, stored)
    assert not passwords.matches(CHOSEN_PASSWORD, stored)


@pytest.mark.parametrize("damaged", ["!", "$argon2id$", "$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$", "ก" * 40, "x" * 300])
def test_a_damaged_hash_opens_to_nobody(damaged: str) -> None:
    assert not passwords.matches(PASSWORD, damaged)


def test_many_at_once_are_answered_each_for_itself() -> None:
    stored = passwords.hash_password(PASSWORD)
    asked = [PASSWORD, CHOSEN_PASSWORD] * 4
    with ThreadPoolExecutor(8) as callers:
        assert list(callers.map(lambda each: passwords.matches(each, stored), asked)) == [True, False] * 4


@pytest.mark.skipif(sys.platform != "linux", reason="threads have a priority of their own on Linux only")
def test_hashing_yields_to_everything_else(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []

    def derive(_password: bytes) -> str:
        seen.append(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))
        return ""

    monkeypatch.setattr(passwords, "_derive", derive)
    passwords.hash_password(PASSWORD)
    assert seen == [max(passwords.YIELDING, os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))]


TYPED = "น้ำใจงาม-café-ที่ทุ่งนา"
OTHERWISE = [
    unicodedata.normalize("NFD", TYPED),
    TYPED.replace("ทุ่ง", "ท\u0e48\u0e38ง"),  # the tone before the vowel below
    TYPED.replace("้ำ", "้\u0e4d\u0e32"),  # ำ in two strokes, the tone before
    TYPED.replace("้ำ", "\u0e4d้\u0e32"),  # and between
]


@pytest.mark.parametrize("other", OTHERWISE)
def test_a_password_is_the_same_however_it_is_composed(other: str) -> None:
    assert other != TYPED
    assert passwords.matches(other, passwords.hash_password(TYPED))
    assert passwords.matches(TYPED, passwords.hash_password(other))
    assert not passwords.matches(other + "า", passwords.hash_password(TYPED))


@pytest.mark.parametrize("other", OTHERWISE)
def test_a_password_that_was_stored_as_typed_still_opens(other: str) -> None:
    stored = passwords._derive(other.encode())
    assert passwords.matches(other, stored)


def test_every_space_is_a_space_and_case_counts() -> None:
    stored = passwords.hash_password("Old Umbrella Walks Slowly")
    assert passwords.matches("Old\u00a0Umbrella\u3000Walks\u2009Slowly", stored)
    assert not passwords.matches("old umbrella walks slowly", stored)


def test_only_what_can_be_spelled_otherwise_is_hashed_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[bytes] = []
    monkeypatch.setattr(passwords, "_verify", lambda password, _stored: bool(tried.append(password)))
    for stored in ("stored", None):  # whether or not there is an account
        passwords.matches(TYPED, stored)
        passwords.matches(PASSWORD, stored)
        assert tried == [TYPED.encode(), PASSWORD.encode()]
        passwords.matches(OTHERWISE[0], stored)
        assert tried[2:] == [TYPED.encode(), OTHERWISE[0].encode()]
        tried.clear()


@given(st.text(max_size=60))
def test_preparing_twice_changes_nothing(password: str) -> None:
    once = passwords.prepare(password)
    assert passwords.prepare(once) == once
