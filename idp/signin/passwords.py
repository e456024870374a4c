"""Argon2id by libsodium, a bounded number at a time. No transaction is open while one runs.

A stored string carries its own parameters, so whichever library made it (RFC 9106's encoding), this one reads it.
"""

import os
import re
import threading
import unicodedata
from concurrent.futures import ThreadPoolExecutor

from nacl.exceptions import CryptoError
from nacl.pwhash import argon2id

# OWASP's parameters: 19 MiB, two passes, one lane.
MEMORY, PASSES = 19 * 1024 * 1024, 2
_AM = re.compile("ํ([่-๋]?)า|([่-๋])ํา")
YIELDING = 10  # niceness of a thread that hashes


def _yield_to_others() -> None:
    """A burst of sign-ins takes what the processors have left: token requests of people who are in go first."""
    try:
        thread = threading.get_native_id()
        os.setpriority(os.PRIO_PROCESS, thread, max(YIELDING, os.getpriority(os.PRIO_PROCESS, thread)))
    except OSError:  # a system on which threads have no priority of their own
        return


# The bound keeps a burst from taking all the memory, and hashes from driving each other's out of the processor's cache;
# Argon2id releases the interpreter lock, so other threads go on.
_processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
_hashing = ThreadPoolExecutor(_processors, "password", initializer=_yield_to_others)


_SPACE = {letter: " " for letter in map(chr, range(0xA0, 0x3001)) if unicodedata.category(letter) == "Zs"}
_SPACES = str.maketrans(_SPACE)


def prepare(password: str) -> str:
    """One spelling of what looks the same and is typed differently: OpaqueString (RFC 8265, section 4.2.2), and ำ as
    one letter, which Unicode's composition leaves in two."""
    return _AM.sub(r"\1\2ำ", unicodedata.normalize("NFC", password.translate(_SPACES)))


def hash_password(password: str) -> str:
    """The PHC string to store."""
    return _hashing.submit(_derive, prepare(password).encode()).result()


def matches(password: str, stored: str | None) -> bool:
    """Whether the password is the stored one; an unknown account costs the same time, so that timing tells nothing.

    One that was chosen before passwords were prepared is tried as it was typed, too, where that is another text.
    """
    spellings = dict.fromkeys((prepare(password), password))
    right = any(_hashing.submit(_verify, each.encode(), stored or _decoy()).result() for each in spellings)
    return right and stored is not None


def _derive(password: bytes) -> str:
    return argon2id.str(password, PASSES, MEMORY).decode()


def _verify(password: bytes, stored: str) -> bool:
    try:
        return bool(argon2id.verify(stored.encode(), password))
    except CryptoError:
        return False


_decoys: list[str] = []


def _decoy() -> str:
    if not _decoys:
        _decoys.append(_derive(os.urandom(16)))
    return _decoys[0]
