"""Registering systems, giving and ending roles in them."""

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Select, or_, select

from idp.accounts.models import Posting
from idp.audit.operations import record
from idp.audit.rules import COMMAND, Actor
from idp.clients import rules, secrets
from idp.clients.as_metadata import as_metadata, declare_roles, record_change
from idp.clients.metadata import Metadata, read_metadata
from idp.clients.metadata_fields import MetadataError
from idp.clients.models import Assignment, Client, ClientRole
from idp.clients.rules import Status, Tile
from idp.clients.subjects import confirm_sector, sector_check
from idp.database import db
from idp.secrets_at_rest import new_secret
from idp.units import operations as units
from thai_web import clock, language
from thai_web.refusal import N_, Conflict, NotFound, Refusal


@dataclass(frozen=True)
class OfferedRole:
    """A role that can be asked for, with the system that declares it."""

    client: Client
    role: ClientRole

    @property
    def id(self) -> int:
        """The role's key."""
        return self.role.id

    @property
    def code(self) -> str:
        """The role as its system calls it."""
        return self.role.code

    @property
    def label(self) -> str:
        """System and role in the reader's language."""
        if language.current() == "en":
            return f"{self.client.name_en}: {self.role.name_en}"
        return f"{self.client.name_th}: {self.role.name_th}"


@dataclass(frozen=True)
class VisibleSystem(Tile):
    """A system's tile in a person's portal, with the roles that they hold there."""

    roles_th: list[str]
    roles_en: list[str]


def find(client_id: str) -> Client | None:
    """The system of a client id."""
    return db.session.scalar(select(Client).where(Client.client_id == client_id))


def every() -> list[Client]:
    """All systems, by name."""
    return list(db.session.scalars(select(Client).order_by(Client.name_th, Client.client_id)))


def metadata_of(client: Client) -> dict[str, object]:
    """A system's registration as metadata, without its secrets."""
    return as_metadata(client, units.get(client.owner_unit_id).code, roles_of(client))


def roles_of(client: Client) -> list[ClientRole]:
    """The roles that a system declares today."""
    offered = (ClientRole.client_id == client.id, ClientRole.retired.is_(False))
    return list(db.session.scalars(select(ClientRole).where(*offered).order_by(ClientRole.id)))


def roles_for(unit_kind: str) -> list[OfferedRole]:
    """Every role, over all systems, that may be held in a kind of unit."""
    found = _offered(Client.status == Status.ACTIVE, ClientRole.retired.is_(False))
    return [offered for offered in found if rules.may_hold(offered.role.unit_kinds, unit_kind)]


def every_role() -> list[OfferedRole]:
    """Every role that any system declares today."""
    return _offered(ClientRole.retired.is_(False))


def roles_by_id(ids: Iterable[int]) -> list[OfferedRole]:
    """The roles with these keys, also those that are offered no more: to tell what somebody asked for."""
    return _offered(ClientRole.id.in_(list(ids)))


def _offered(*which: ColumnElement[bool]) -> list[OfferedRole]:
    statement = (
        select(Client, ClientRole)
        .join(ClientRole, ClientRole.client_id == Client.id)
        .where(*which)
        .order_by(Client.name_th, ClientRole.id)
    )
    return [OfferedRole(client, role) for client, role in db.session.execute(statement)]


def assign(
    posting_id: int,
    role_id: int,
    *,
    starts_on: date | None = None,
    ends_on: date | None = None,
    granted_by: Actor = COMMAND,
) -> Assignment:
    """Give a role through a posting, from today unless a day is given; a role already held is left as it is.

    Raises `Refusal` where the role may not be held in that kind of unit.
    """
    posting, role = db.session.get_one(Posting, posting_id), db.session.get(ClientRole, role_id)
    if role is None or role.retired:
        raise NotFound(N_("ไม่พบสิทธิ์นี้ในระบบที่เชื่อมโยง"))
    if not rules.may_hold(role.unit_kinds, units.get(posting.unit_id).kind):
        raise Refusal(N_("สิทธิ์ “%(role)s” ใช้กับหน่วยงานประเภทนี้ไม่ได้"), role=role.name_th)
    present = db.session.scalar(_in_force([posting_id]).where(Assignment.role_id == role_id))
    if present is not None:
        return present
    assignment = Assignment(
        posting_id=posting_id,
        role_id=role_id,
        starts_on=starts_on or clock.today(),
        ends_on=ends_on,
        granted_by=granted_by.account_id,
        created_at=clock.now(),
    )
    db.session.add(assignment)
    db.session.flush()
    record(
        "assignment.begun",
        subject=("account", posting.account_id),
        unit_id=posting.unit_id,
        actor=granted_by,
        assignment_id=assignment.id,
        role_id=role_id,
        posting_id=posting_id,
        ends_on=ends_on,
    )
    return assignment


def end_assignment(
    assignment_id: int, reason: str, *, last_day: date | None = None, ended_by: Actor = COMMAND
) -> Assignment:
    """Take a role away, at once unless it has a last day; felt at the next use of any token.

    Of two who end it the second waits here and gets `Conflict`.
    """
    assignment = db.session.get_one(Assignment, assignment_id, with_for_update=True, populate_existing=True)
    if assignment.ends_on is not None and assignment.ends_on < clock.today():
        raise Conflict(N_("สิทธิ์นี้สิ้นสุดไปแล้ว"))
    posting = db.session.get_one(Posting, assignment.posting_id)
    assignment.ends_on = last_day or clock.today() - timedelta(days=1)
    record(
        "assignment.ended",
        subject=("account", posting.account_id),
        unit_id=posting.unit_id,
        actor=ended_by,
        assignment_id=assignment_id,
        reason=reason,
        ends_on=assignment.ends_on,
    )
    return assignment


def assignments(posting_id: int) -> list[tuple[Assignment, OfferedRole]]:
    """The roles held through a posting today, each with its system."""
    return assignments_of([posting_id]).get(posting_id, [])


def assignments_of(posting_ids: Collection[int]) -> dict[int, list[tuple[Assignment, OfferedRole]]]:
    """The same for many postings, in one statement."""
    statement = (
        _in_force(posting_ids)
        .join(ClientRole, ClientRole.id == Assignment.role_id)
        .join(Client, Client.id == ClientRole.client_id)
        .where(ClientRole.retired.is_(False))
        .add_columns(Client, ClientRole)
        .order_by(Client.name_th, ClientRole.id)
    )
    found: dict[int, list[tuple[Assignment, OfferedRole]]] = {}
    for held, client, role in db.session.execute(statement):
        found.setdefault(held.posting_id, []).append((held, OfferedRole(client, role)))
    return found


def _in_force(posting_ids: Collection[int]) -> Select[Assignment]:
    today = clock.today()
    lasting = or_(Assignment.ends_on.is_(None), Assignment.ends_on >= today)
    return select(Assignment).where(Assignment.posting_id.in_(posting_ids), Assignment.starts_on <= today, lasting)


def visible_to(posting_id: int) -> list[VisibleSystem]:
    """The systems a posting may enter, for the portal: those where it holds a role, and those that declare none."""
    held: dict[int, list[ClientRole]] = {}
    for _assignment, offered in assignments(posting_id):
        held.setdefault(offered.client.id, []).append(offered.role)
    return [
        VisibleSystem(
            **client.tile,
            roles_th=[role.name_th for role in held.get(client.id, [])],
            roles_en=[role.name_en for role in held.get(client.id, [])],
        )
        for client in db.session.scalars(_open_to(held).order_by(Client.name_th))
        if client.tile
    ]


def _open_to(held: Collection[int]) -> Select[Client]:
    declares_roles = (
        select(ClientRole.id).where(ClientRole.client_id == Client.id, ClientRole.retired.is_(False)).exists()
    )
    return select(Client).where(Client.status == Status.ACTIVE, or_(Client.id.in_(held), ~declares_roles))


def any_asks_details(posting_id: int) -> bool:
    """Whether a system that the posting may enter asks for nickname, birthday, address and the like."""
    held = {offered.client.id for _assignment, offered in assignments(posting_id)}
    return any(rules.DETAIL_SCOPES & set(client.scopes) for client in db.session.scalars(_open_to(held)))


def import_metadata(given: object) -> tuple[Client, str | None]:
    """Register a system, or bring its registration in line; found by client id, else by name and owner.

    Returns the system and, where one was made, its new secret: the only time that it can be seen.
    Raises `MetadataError`, which names the member that is wrong.
    """
    return register(checked(given))


def checked(given: object) -> Metadata:
    """A registration with all that can be wrong with it by itself. It may call out, so no transaction may be open.
    Raises `MetadataError`."""
    metadata = read_metadata(given)
    secrets.check(metadata.client_secret)
    confirm_sector(metadata)
    return metadata


def register(metadata: Metadata) -> tuple[Client, str | None]:
    """The same for a registration that was `checked`. Raises `MetadataError`."""
    owner = units.find(metadata.owner_unit)
    if owner is None:
        raise MetadataError("owner_unit", f"no unit has the code {metadata.owner_unit!a}; is the register loaded?")
    client = _registered(metadata, owner.id)
    before = metadata_of(client) if client else {}
    now = clock.now()
    if client is None:
        client = Client(client_id=metadata.client_id or new_secret(16), status=Status.ACTIVE, created_at=now)
        client.sector_check = sector_check(metadata.sector)
        db.session.add(client)
    elif client.sector != metadata.sector:
        raise MetadataError(
            "subject_type" if None in (client.sector, metadata.sector) else "sector_identifier_uri",
            "would give every person another sub at this system; keep the sector, or register a new system",
        )
    for name, value in _columns(metadata).items():
        setattr(client, name, value)
    client.owner_unit_id, client.updated_at = owner.id, now
    db.session.flush()
    declare_roles(client, metadata.roles)
    record_change(client, before, metadata_of(client))
    return client, secrets.settle(client, metadata.client_secret)


def _registered(metadata: Metadata, owner_unit_id: int) -> Client | None:
    if metadata.client_id:
        return find(metadata.client_id)
    same_system = (Client.owner_unit_id == owner_unit_id, Client.name_th == metadata.name_th)
    return db.session.scalar(select(Client).where(*same_system).limit(1))


def _columns(metadata: Metadata) -> dict[str, object]:
    plain = asdict(metadata)
    for name in ("client_id", "client_secret", "owner_unit", "roles"):
        del plain[name]
    return {name: list(value) if isinstance(value, tuple) else value for name, value in plain.items()}
