"""Hashing passwords."""

import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from idp.signin import passwords
from tests.people import CHOSEN_PASSWORD, PASSWORD


def test_only_the_right_password_matches_and_no_two_hashes_are_alike() -> None:
    stored = passwords.hash_password(PASSWORD)
    assert stored.startswith("$argon2id$")
    assert passwords.matches(PASSWORD, stored)
    assert not passwords.matches(CHOSEN_PASSWORD, stored)
    assert not passwords.matches(PASSWORD, None)
    assert passwords.hash_password(PASSWORD) != stored


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
