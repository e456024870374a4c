"""Argon2id through `cryptography`, a bounded number at a time. No transaction is open while one runs."""

import os
import threading

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

# OWASP's parameters: 19 MiB, two passes, one lane. The bound keeps a burst of sign-ins from starving token requests
# of memory and processor; Argon2id releases the interpreter lock, so other threads go on.
MEMORY_KIB, PASSES, LANES = 19 * 1024, 2, 1
_at_once = threading.BoundedSemaphore(max(2, os.cpu_count() or 2))


def hash_password(password: str) -> str:
    """The PHC string to store."""
    kdf = Argon2id(salt=os.urandom(16), length=32, iterations=PASSES, lanes=LANES, memory_cost=MEMORY_KIB)
    with _at_once:
        return kdf.derive_phc_encoded(password.encode())


def matches(password: str, stored: str | None) -> bool:
    """Whether the password is the stored one; an unknown account costs the same time, so that timing tells nothing."""
    with _at_once:
        try:
            Argon2id.verify_phc_encoded(password.encode(), stored or _decoy())
        except InvalidKey:
            return False
    return stored is not None


_decoys: list[str] = []


def _decoy() -> str:
    if not _decoys:
        kdf = Argon2id(salt=os.urandom(16), length=32, iterations=PASSES, lanes=LANES, memory_cost=MEMORY_KIB)
        _decoys.append(kdf.derive_phc_encoded(os.urandom(16)))
    return _decoys[0]
