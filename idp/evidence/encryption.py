"""Other keys for documents."""

from collections.abc import Sequence

from idp import secrets_at_rest
from idp.database import every
from idp.evidence.models import Evidence


def digest_anew(keys: Sequence[bytes]) -> int:
    """Put the digest by which a file is recognised under keys that came to it. Returns how many."""
    number = 0
    for row in every(Evidence):
        row.digest = secrets_at_rest.digest_anew(keys, row.digest)
        number += 1
    return number


def encrypt_anew(keys: tuple[bytes, ...]) -> int:
    """Wrap the key of every document under the newest key; the pages stay as they are. Returns how many."""
    number = 0
    for row in every(Evidence):
        if row.wrapped_key is not None:
            context = f"evidence:{row.reference}"
            row.wrapped_key = secrets_at_rest.encrypt_anew(keys, row.wrapped_key, context)
            number += 1
    return number
