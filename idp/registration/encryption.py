"""Another key for the national IDs of requests."""

from idp import secrets_at_rest
from idp.database import every
from idp.registration.models import Registration


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
