"""A system's secrets: made, overlapping while one is changed, and ended."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from idp import secrets_at_rest
from idp.audit.operations import record
from idp.clients import rules
from idp.clients.metadata_fields import MetadataError
from idp.clients.models import Client, ClientSecret
from idp.database import db, every
from idp.secrets_at_rest import keyed_digest, new_secret, same
from idp.web.application import key_files, settings
from thai_web import clock
from thai_web.refusal import N_, Conflict, NotFound, Refusal


def of(client: Client) -> list[ClientSecret]:
    """Every secret of a system, the oldest first, expired ones too."""
    secrets = select(ClientSecret).where(ClientSecret.client_id == client.id).order_by(ClientSecret.id)
    return list(db.session.scalars(secrets))


def in_force(client: Client) -> list[ClientSecret]:
    """The secrets that count now."""
    now = clock.now()
    return [secret for secret in of(client) if rules.secret_in_force(secret.expires_at, now)]


def check(given: str | None) -> None:
    """Raises `MetadataError` for a secret that somebody thought up and that is too short for production."""
    shortest = rules.SHORTEST_SECRET_IN_PRODUCTION
    if given and settings().is_production and len(given) < shortest:
        problem = f"must have at least {shortest} characters in production; leave it out and one is made"
        raise MetadataError("client_secret", problem)


def settle(client: Client, given: str | None) -> str | None:
    """Keep, change or make the secret of a registration. Returns one that was made here."""
    if not _has_secrets(client):
        return None
    present = in_force(client)
    made = None if given or present else new_secret()
    wanted = given or made
    if wanted is None or any(same(secret.digest, secret_digest(wanted)) for secret in present):
        return None
    _replace(client, present, wanted, rules.SECRET_OVERLAP, None)
    return made


def rotate(client: Client, *, lasts: timedelta | None, overlap: timedelta = rules.SECRET_OVERLAP) -> str:
    """Make a new secret beside the present ones, which end after `overlap`. Returns it: the only time it can be seen.

    Raises `Refusal` for a system that needs none.
    """
    if not _has_secrets(client):
        raise Refusal(N_("ระบบนี้ไม่ได้ใช้รหัสลับ"))
    secret = new_secret()
    expires_at = clock.now() + lasts if lasts else None
    _replace(client, in_force(client), secret, overlap, expires_at)
    return secret


def end(client: Client, secret_id: int) -> None:
    """End one secret at once: it was seen by somebody.

    Raises `Refusal` when it is not there, has ended already, or is the last one: nobody could sign in any more.
    """
    present = in_force(client)
    secret = next((each for each in present if each.id == secret_id), None)
    if secret is None:
        raise NotFound(N_("ไม่พบรหัสลับนี้ หรือหมดอายุไปแล้ว"))
    if len(present) == 1:
        raise Conflict(N_("รหัสลับนี้เป็นตัวสุดท้ายที่ใช้ได้ โปรดออกรหัสลับใหม่ก่อน"))
    secret.expires_at = clock.now()
    record("client.secret_ended", subject=("client", client.id), client_id=client.client_id, secret_id=secret.id)


def _has_secrets(client: Client) -> bool:
    return client.token_endpoint_auth_method in rules.SECRET_METHODS


def _replace(
    client: Client, present: list[ClientSecret], secret: str, overlap: timedelta, expires_at: datetime | None
) -> None:
    """A replaced secret works on for a while, so that every node of the system can take up the new one."""
    now = clock.now()
    for old in present:
        old.expires_at = min(old.expires_at or now + overlap, now + overlap)
    db.session.add(
        ClientSecret(client_id=client.id, digest=secret_digest(secret), created_at=now, expires_at=expires_at)
    )
    record("client.secret_issued", subject=("client", client.id), client_id=client.client_id)


def secret_digest(secret: str) -> bytes:
    """What is kept of a secret. Keyed, since an imported one may be guessable; fast, since every call asks it."""
    return keyed_digest(key_files().blind_index, "client-secret", secret)


def digest_anew(keys: Sequence[bytes]) -> int:
    """Put what is kept of every secret under keys that came to it. Returns how many."""
    number = 0
    for row in every(ClientSecret):
        row.digest = secrets_at_rest.digest_anew(keys, row.digest)
        number += 1
    return number
