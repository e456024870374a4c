"""The list of connected systems, with what DLA should look at: secrets about to end, logouts that are not taken."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, func, or_, select

from idp.access.rules import Permission, Viewer
from idp.clients.models import Client, ClientSecret
from idp.clients.read_access import owner_units
from idp.clients.rules import SECRET_METHODS, WARN_BEFORE, Environment, Status, secret_in_force
from idp.database import db
from idp.oidc.store.models import LogoutDelivery
from idp.outbox import DeliveryState
from idp.units import rules as units
from idp.units.models import Unit
from thai_web import clock
from thai_web.normalisation import comparable
from thai_web.refusal import N_
from thai_web.thai import to_thai_digits

PER_PAGE = 50
LONGEST_SEARCH = 100
LOOKED_BACK = timedelta(days=7)


class Shown(StrEnum):
    """Which systems a list shows."""

    ALL = "all"
    WARNED = "warned"
    PRODUCTION = "production"
    SANDBOX = "sandbox"
    SUSPENDED = "suspended"


SHOWN_NAMES = {
    Shown.ALL: N_("ทุกระบบ"),
    Shown.WARNED: N_("เรื่องที่ต้องตรวจสอบ"),
    Shown.PRODUCTION: N_("ใช้งานจริง"),
    Shown.SANDBOX: N_("ระบบทดสอบ"),
    Shown.SUSPENDED: N_("ระงับใช้"),
}


@dataclass(frozen=True)
class Row:
    """A system of the list. `secret_until`: when its last secret ends, where that is soon; `failed`: logouts of the
    last week that it did not take."""

    client: Client
    owner: Unit
    lacks_secret: bool
    secret_until: datetime | None
    failed: int


@dataclass(frozen=True)
class Page:
    """Some rows of the list, and how many there are altogether."""

    rows: list[Row]
    number: int
    total: int

    @property
    def has_more(self) -> bool:
        """Whether another page follows."""
        return self.number * PER_PAGE < self.total


def found(viewer: Viewer, text: str, shown: Shown, number: int) -> Page:
    """The systems that the viewer may read, by name; `text` is looked for in names, ids and owners."""
    now = clock.now()
    statement = (
        select(Client, Unit)
        .join(Unit, Unit.id == Client.owner_unit_id)
        .where(*_of(viewer), *_holding(text), *_which(shown, now))
    )
    total = db.session.scalar(select(func.count()).select_from(statement.with_only_columns(Client.id).subquery()))
    ordered = statement.order_by(Client.name_th, Client.client_id).limit(PER_PAGE).offset((number - 1) * PER_PAGE)
    systems = [(client, owner) for client, owner in db.session.execute(ordered)]
    keys = [client.id for client, _owner in systems]
    ends, failed = _ends(keys, now), _failed(keys, now)
    rows = [_row(client, owner, ends.get(client.id), failed.get(client.id, 0), now) for client, owner in systems]
    return Page(rows, number, total or 0)


def _row(client: Client, owner: Unit, ends: list[datetime | None] | None, failed: int, now: datetime) -> Row:
    if client.token_endpoint_auth_method not in SECRET_METHODS:
        return Row(client, owner, False, None, failed)
    lasting = [each for each in ends or () if each is not None]
    last = max(lasting) if ends and len(lasting) == len(ends) else None
    return Row(client, owner, not ends, last if last and last <= now + max(WARN_BEFORE) else None, failed)


def _ends(keys: list[int], now: datetime) -> dict[int, list[datetime | None]]:
    """Of some systems, when their secrets in force end."""
    ends: dict[int, list[datetime | None]] = {}
    secrets = select(ClientSecret.client_id, ClientSecret.expires_at).where(ClientSecret.client_id.in_(keys))
    for key, expires_at in db.session.execute(secrets):
        if secret_in_force(expires_at, now):
            ends.setdefault(key, []).append(expires_at)
    return ends


def _failed(keys: list[int], now: datetime) -> dict[int, int]:
    counted = (
        select(LogoutDelivery.client_id, func.count().label("number"))
        .where(LogoutDelivery.client_id.in_(keys), *_not_taken(now))
        .group_by(LogoutDelivery.client_id)
    )
    return {row.client_id: row.number for row in db.session.execute(counted)}


def _not_taken(now: datetime) -> list[ColumnElement[bool]]:
    return [LogoutDelivery.state == DeliveryState.FAILED, LogoutDelivery.done_at >= now - LOOKED_BACK]


def _of(viewer: Viewer) -> list[ColumnElement[bool]]:
    return [] if viewer.may(Permission.MANAGE_CLIENTS) else [Client.owner_unit_id.in_(owner_units(viewer))]


def _holding(text: str) -> list[ColumnElement[bool]]:
    """Every word in a name, the id or the owner; or the whole in the owner, read as the search for units reads it."""
    text = text[:LONGEST_SEARCH]
    words = [_holds(word) for word in comparable(text).split()]
    owner = [Unit.search_text.icontains(word, autoescape=True) for word in units.normalise(text).split()]
    return [or_(*(and_(*each) for each in (words, owner) if each))] if words else []


def _holds(word: str) -> ColumnElement[bool]:
    """A name may have its number in Thai digits, whichever were typed; an id has hyphens, which a unit has not."""
    return or_(
        Client.name_th.icontains(word, autoescape=True),
        Client.name_th.icontains(to_thai_digits(word), autoescape=True),
        Client.name_en.icontains(word, autoescape=True),
        Client.client_id.icontains(word, autoescape=True),
        Unit.search_text.icontains(units.normalise(word) or word, autoescape=True),
    )


def _which(shown: Shown, now: datetime) -> list[ColumnElement[bool]]:
    if shown is Shown.SUSPENDED:
        return [Client.status == Status.SUSPENDED]
    if shown in (Shown.PRODUCTION, Shown.SANDBOX):
        return [Client.status == Status.ACTIVE, Client.environment == Environment(shown.value)]
    return [_is_warned(now)] if shown is Shown.WARNED else []


def _is_warned(now: datetime) -> ColumnElement[bool]:
    """Whether one of a row's warnings would show."""
    soon = now + max(WARN_BEFORE)
    lasting = or_(ClientSecret.expires_at.is_(None), ClientSecret.expires_at > soon)
    lasts = select(ClientSecret.id).where(ClientSecret.client_id == Client.id, lasting).exists()
    needs = Client.token_endpoint_auth_method.in_(SECRET_METHODS)
    return or_(needs & ~lasts, Client.id.in_(select(LogoutDelivery.client_id).where(*_not_taken(now))))
