"""The pages that list people: one statement for the rows, whatever their number."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Row, Select, func, or_, select

from idp.access.rules import Permission, Viewer
from idp.accounts.models import Account, Posting
from idp.accounts.rules import Proof, search_words
from idp.appointments.models import Appointment
from idp.clients import operations as clients
from idp.clients.operations import OfferedRole
from idp.database import db
from idp.signin.models import PasswordCredential, SignInSession
from idp.staff import rules
from idp.staff.operations import locks
from idp.staff.rules import State
from idp.throttle import operations as throttle
from idp.units import operations as units
from idp.units.models import Unit
from thai_web import clock
from thai_web.refusal import N_

PER_PAGE = 50
LONGEST_SEARCH = 100
MOST_WORDS = 5


class Shown(StrEnum):
    """Which people a list shows."""

    PRESENT = "present"
    SUSPENDED = "suspended"
    LEFT = "left"


SHOWN_NAMES = {Shown.PRESENT: N_("ปัจจุบัน"), Shown.SUSPENDED: N_("ระงับอยู่"), Shown.LEFT: N_("พ้นหน่วยงานแล้ว")}


@dataclass(frozen=True)
class Person:
    """One row: who, where, how they sign in and since when they did not."""

    account: Account
    posting: Posting
    unit: Unit
    state: State
    has_password: bool
    has_power: bool
    last_sign_in: datetime | None
    locked_until: datetime | None = None
    roles: list[OfferedRole] = field(default_factory=list)

    @property
    def has_thaid(self) -> bool:
        """Whether ThaID proved them."""
        return self.account.proof == Proof.THAID


@dataclass(frozen=True)
class Page:
    """Some rows of a list, and how many there are altogether."""

    people: list[Person]
    number: int
    total: int

    @property
    def has_more(self) -> bool:
        """Whether another page follows."""
        return self.number * PER_PAGE < self.total


def of_unit(unit: Unit, text: str, shown: Shown, number: int) -> Page:
    """The people of one unit, by name."""
    return _page([Posting.unit_id == unit.id, *_shown(shown)], text, number)


def found(viewer: Viewer, text: str, number: int) -> Page:
    """The people present in all units below the viewer's powers who match every word of a text; none without one."""
    if not search_words(text):
        return Page([], number, 0)
    own = [held.unit_id for held in viewer.holdings if viewer.holding_for(Permission.HELP_PEOPLE, held.unit_id)]
    below = or_(*(Posting.unit_id.in_(units.subtree(unit_id)) for unit_id in own))
    return _page([below, *_shown(Shown.PRESENT)], text, number)


def _shown(shown: Shown) -> list[ColumnElement[bool]]:
    today = clock.today()
    lasting = or_(Posting.ends_on.is_(None), Posting.ends_on >= today)
    if shown == Shown.LEFT:
        return [Posting.ends_on < today]
    return [lasting, Account.status != "ACTIVE"] if shown == Shown.SUSPENDED else [lasting]


def _page(which: list[ColumnElement[bool]], text: str, number: int) -> Page:
    words = search_words(text[:LONGEST_SEARCH])[:MOST_WORDS]
    which = [*which, *(_holds(word) for word in words)]
    total = db.session.scalar(
        select(func.count()).select_from(Posting).join(Account, Account.id == Posting.account_id).where(*which)
    )
    ordered = _rows().where(*which).order_by(Account.given_name, Account.family_name, Posting.id)
    rows = db.session.execute(ordered.limit(PER_PAGE).offset((number - 1) * PER_PAGE)).all()
    return Page(_completed([_person(row) for row in rows]), number, total or 0)


def _holds(word: str) -> ColumnElement[bool]:
    # Not LIKE: what is typed has no wildcards, and PostgreSQL compares it letter by letter.
    position = func.instr if db.engine.dialect.name == "sqlite" else func.strpos
    columns = (
        Account.title + Account.given_name,
        Account.family_name,
        Account.username,
        Account.email,
        Posting.position,
    )
    is_called = [position(Account.phone, number) > 0] if (number := word.replace("-", "")).isdigit() else []
    return or_(*is_called, *(position(func.lower(column), word) > 0 for column in columns))


def one(posting_id: int) -> Person:
    """One person as a row."""
    row = db.session.execute(_rows().where(Posting.id == posting_id)).one()
    return _completed([_person(row)])[0]


def _rows() -> Select[Account, Posting, Unit, int | None, bool, datetime | None]:
    today = clock.today()
    last = select(func.max(SignInSession.auth_time)).where(SignInSession.account_id == Account.id)
    power = (
        select(Appointment.id)
        .where(Appointment.account_id == Account.id, Appointment.ended_at.is_(None))
        .where(Appointment.starts_on <= today, Appointment.ends_on >= today)
    )
    return (
        select(
            Account,
            Posting,
            Unit,
            PasswordCredential.account_id.label("password"),
            power.correlate(Account).exists().label("power"),
            last.correlate(Account).scalar_subquery().label("last"),
        )
        .join(Posting, Posting.account_id == Account.id)
        .join(Unit, Unit.id == Posting.unit_id)
        .outerjoin(PasswordCredential, PasswordCredential.account_id == Account.id)
    )


def _person(row: Row[Account, Posting, Unit, int | None, bool, datetime | None]) -> Person:
    state = rules.state(row.Account.status, row.Posting.ends_on, clock.today())
    has_password, has_power = row.password is not None, bool(row.power)
    return Person(row.Account, row.Posting, row.Unit, state, has_password, has_power, row.last)


def _completed(people: list[Person]) -> list[Person]:
    """With what other tables tell, roles and locks: one statement for each, not for each person."""
    held = clients.assignments_of([person.posting.id for person in people if person.state in rules.PRESENT])
    targets: dict[str, list[str]] = {}
    for person in people:
        for limit, target in locks(person.account):
            targets.setdefault(limit, []).append(target)
    blocked = {limit: throttle.blocked(limit, wanted) for limit, wanted in targets.items()}
    return [
        replace(
            person,
            roles=[role for _assignment, role in held.get(person.posting.id, [])],
            locked_until=max(
                (blocked[limit][target] for limit, target in locks(person.account) if target in blocked[limit]),
                default=None,
            ),
        )
        for person in people
    ]
