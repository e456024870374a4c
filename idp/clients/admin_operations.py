"""What DLA does to a registration on pages. Each act rests on the state that was seen, and each registration goes
through the one reader of metadata, as from a file."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from idp.audit.operations import record
from idp.clients import operations
from idp.clients.as_metadata import without_gaps
from idp.clients.metadata import Metadata, read_metadata
from idp.clients.metadata_fields import MetadataError
from idp.clients.models import Assignment, Client, ClientRole
from idp.clients.rules import Status
from idp.clients.subjects import confirm_sector
from idp.database import db
from idp.units import operations as units
from idp.units.models import Unit
from thai_web import clock
from thai_web.refusal import N_, Conflict, NotFound


def get(key: int) -> Client:
    """Raises `NotFound`."""
    found = db.session.get(Client, key)
    if found is None:
        raise NotFound(N_("ไม่พบระบบนี้"))
    return found


def version_of(client: Client) -> str:
    """The state of a registration, as a page remembers it."""
    return client.updated_at.isoformat()


def locked(key: int, seen: str) -> Client:
    """The system, held until the transaction ends. Raises `Conflict` where it changed since it was `seen`."""
    client = db.session.get(Client, key, with_for_update=True, populate_existing=True)
    if client is None:
        raise NotFound(N_("ไม่พบระบบนี้"))
    if version_of(client) != seen:
        raise Conflict(N_("มีผู้เปลี่ยนทะเบียนของระบบนี้หลังจากที่ท่านเปิดหน้านี้ จึงยังไม่ได้บันทึก"), code="stale")
    return client


def touch(client: Client) -> None:
    """Make what others see of it stale."""
    client.updated_at = max(clock.now(), client.updated_at + datetime.resolution)


def checked(given: Mapping[str, object], before: Mapping[str, object] | None = None) -> Metadata:
    """A registration checked as far as it can be by itself. The sector is asked again only where it may be another
    than `before`; that calls out, so no transaction may be open. Raises `MetadataError`."""
    metadata = read_metadata(without_gaps(dict(given)))
    asked = ("sector_identifier_uri", "redirect_uris")
    if before is None or any(before.get(member) != given.get(member) for member in asked):
        confirm_sector(metadata)
    return metadata


def create(metadata: Metadata) -> tuple[Client, str | None]:
    """Register a new system; where one has the id, or its owner the name, already, that one is left alone.

    Returns the system and its secret. Raises `MetadataError`.
    """
    owner = units.find(metadata.owner_unit)
    if owner is not None:
        db.session.get_one(Unit, owner.id, with_for_update=True)  # a second click waits here and finds the first
        same_name = select(Client.id).where(Client.owner_unit_id == owner.id, Client.name_th == metadata.name_th)
        if db.session.scalar(same_name.limit(1)):
            raise MetadataError("client_name", "is the name of another system of this owner")
    if metadata.client_id and operations.find(metadata.client_id):
        raise MetadataError("client_id", "is taken by another system")
    try:
        return operations.register(metadata)
    except IntegrityError as error:  # somebody took it between the look and the write
        raise MetadataError("client_id", "is taken by another system") from error


def change(key: int, seen: str, metadata: Metadata) -> Client:
    """Bring a registration in line. Raises `MetadataError`, and `Conflict` where it changed since it was seen."""
    client = locked(key, seen)
    if metadata.client_id != client.client_id:
        raise MetadataError("client_id", "cannot be changed")
    touched = client.updated_at
    operations.register(metadata)
    client.updated_at = touched
    touch(client)
    return client


def declare(key: int, seen: str, roles: list[dict[str, object]]) -> Client:
    """Bring the roles of a system in line and leave all else. Raises as `change` does."""
    return change(key, seen, _read_again({**operations.metadata_of(locked(key, seen)), "roles": roles}))


def hand_over(key: int, seen: str, owner_unit: str) -> Client:
    """Give a system to another unit and leave all else. Raises as `change` does."""
    return change(key, seen, _read_again({**operations.metadata_of(locked(key, seen)), "owner_unit": owner_unit}))


def _read_again(registered: dict[str, object]) -> Metadata:
    """A registration that was good once; the rules may have become stricter since."""
    try:
        return read_metadata(without_gaps(registered))
    except MetadataError as error:
        if error.member.startswith("roles"):
            raise
        raise Conflict(N_("ทะเบียนเดิมของระบบนี้มีค่าที่ใช้ไม่ได้แล้ว โปรดเปิด “แก้ไขทะเบียน” แก้ไขและบันทึกก่อน")) from error


def suspend(key: int, seen: str, reason: str) -> Client:
    """Stop a system: within seconds nobody signs in to it and nothing of its tokens counts. Raises `Conflict`."""
    client = locked(key, seen)
    if client.status == Status.SUSPENDED:
        raise Conflict(N_("ระบบนี้ถูกระงับอยู่แล้ว"))
    client.status, client.status_reason = Status.SUSPENDED, reason
    touch(client)
    record(
        "client.suspended",
        subject=("client", client.id),
        unit_id=client.owner_unit_id,
        client_id=client.client_id,
        reason=reason,
    )
    return client


def reinstate(key: int, seen: str, reason: str) -> Client:
    """Let a suspended system work again. Raises `Conflict`."""
    client = locked(key, seen)
    if client.status == Status.ACTIVE:
        raise Conflict(N_("ระบบนี้ใช้งานได้อยู่แล้ว"))
    client.status, client.status_reason = Status.ACTIVE, None
    touch(client)
    record(
        "client.reinstated",
        subject=("client", client.id),
        unit_id=client.owner_unit_id,
        client_id=client.client_id,
        reason=reason,
    )
    return client


def role(client: Client, role_id: int) -> ClientRole:
    """A role that a system declares today. Raises `NotFound`."""
    found = db.session.get(ClientRole, role_id)
    if found is None or found.client_id != client.id or found.retired:
        raise NotFound(N_("ไม่พบสิทธิ์นี้ในระบบที่เชื่อมโยง"))
    return found


def holders(role_id: int) -> int:
    """How many postings hold a role today or from a later day on."""
    lasting = Assignment.ends_on.is_(None) | (Assignment.ends_on >= clock.today())
    held = select(func.count()).select_from(Assignment).where(Assignment.role_id == role_id, lasting)
    return db.session.scalar(held) or 0
