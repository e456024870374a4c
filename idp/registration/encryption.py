"""Other keys for the national IDs of requests."""

from collections.abc import Sequence

from idp import secrets_at_rest
from idp.accounts import operations as accounts
from idp.database import every
from idp.registration import versions
from idp.registration.fields import Field
from idp.registration.models import Registration


def index_anew(keys: Sequence[bytes]) -> int:
    """Put the blind index of every national ID under keys that came to it, in the versions sent, too. Returns how
    many requests."""
    for row in every(Registration):
        for version in versions.history(row.id):
            if before := version.answers[Field.NATIONAL_ID]:
                after = secrets_at_rest.digest_anew(keys, bytes.fromhex(str(before))).hex()
                version.answers = {**version.answers, Field.NATIONAL_ID: after}
    return accounts.index_anew(keys, Registration)


def encrypt_anew(keys: tuple[bytes, ...]) -> int:
    """Put every national ID under the newest key. Returns how many."""
    number = 0
    for row in every(Registration):
        if row.national_id_sealed is not None and row.national_id_index is not None:
            row.national_id_sealed = secrets_at_rest.encrypt_anew(
                keys, row.national_id_sealed, row.national_id_index.hex()
            )
            number += 1
    return number
