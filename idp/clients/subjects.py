"""Under which `sub` a system knows a person: the lasting one of their account, or a pairwise one (Core, 8.1)."""

from base64 import urlsafe_b64encode

from sqlalchemy import select

from idp import outbound
from idp.clients.metadata import Metadata
from idp.clients.metadata_fields import MetadataError
from idp.clients.models import Client
from idp.database import db
from idp.outbound import OutboundError
from idp.secrets_at_rest import KeyFileError, keyed_digest, same
from idp.web.application import key_files


def subject_for(sector: str | None, subject: str) -> str:
    """A person's `sub` at the systems of a sector; without one, the account's own.

    Keyed, so that two systems of different sectors cannot find out by comparing that they speak of the same person.
    """
    if sector is None:
        return subject
    return urlsafe_b64encode(keyed_digest(key_files().subjects, "pairwise", sector, subject)).rstrip(b"=").decode()


def sector_check(sector: str | None) -> bytes | None:
    """What is kept beside a sector to find out that `subjects.key` is another one."""
    return keyed_digest(key_files().subjects, "sector-check", sector) if sector is not None else None


def check_key(client_id: str, sector: str | None, kept: bytes | None) -> None:
    """Raises `KeyFileError` where `subjects.key` was replaced: every person would silently be somebody new."""
    if sector is not None and not same(kept or b"", sector_check(sector) or b""):
        raise KeyFileError(
            f"subjects.key is not the one under which {client_id} was registered; bring it back from the backup"
        )


def faults() -> list[str]:
    """What `idp doctor` says of it."""
    found = []
    for client in db.session.scalars(select(Client).where(Client.sector.is_not(None)).order_by(Client.client_id)):
        try:
            check_key(client.client_id, client.sector, client.sector_check)
        except KeyFileError as error:
            found.append(f"keys: {error}")
    return found


def confirm_sector(metadata: Metadata) -> None:
    """Fetch the sector's list of addresses and find ours in it; an outside call, so before any transaction.

    Raises `MetadataError`. Without this anybody could join a foreign sector and learn how it calls people
    (Registration, section 5).
    """
    member, address = "sector_identifier_uri", metadata.sector_identifier_uri
    if address is None:
        return
    try:
        response = outbound.fetch(address, "application/json")
        listed = response.json() if response.status == 200 else None
    except OutboundError as error:
        raise MetadataError(member, f"cannot be fetched: {error}") from error
    except ValueError:
        listed = None
    if not isinstance(listed, list):
        raise MetadataError(member, "must answer with status 200 and a JSON list of addresses")
    for uri in metadata.redirect_uris:
        if uri not in listed:
            raise MetadataError(member, f"does not list the redirect address {uri!a}")
