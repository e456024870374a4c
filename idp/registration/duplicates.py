"""What a request shares with others, for the reviewer's eyes alone."""

from collections.abc import Collection

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, and_, false, or_, select, update

from idp.access.rules import Permission, Viewer
from idp.accounts.models import Account, Posting
from idp.database import db
from idp.evidence import operations as evidence
from idp.registration import rules
from idp.registration.models import Registration
from idp.registration.rules import State
from idp.units import operations as units
from thai_web.refusal import N_

MOST_ALIKE = 20
SHARED = {"national_id_index": N_("เลขประจำตัวประชาชน"), "email": N_("อีเมล"), "phone": N_("โทรศัพท์")}


def mark(registration: Registration) -> None:
    """Note on what is being sent, and on what it resembles, that they share something: the queue is filtered by it."""
    documents = evidence.owned_by(rules.owner(registration.id))
    others = _requests(registration).with_only_columns(Registration.id).with_for_update(skip_locked=True)
    # Skipping what is locked, since two that are sent at once would wait for each other for ever.
    alike = list(db.session.scalars(others.limit(MOST_ALIKE)))
    registration.alike = bool(
        alike
        or db.session.scalar(_people(registration).limit(1))
        or any(evidence.same_document_elsewhere(each.id) for each in documents)
    )
    db.session.execute(update(Registration).where(Registration.id.in_(alike)).values(alike=True))


def same_person(registration: Registration, viewer: Viewer) -> list[str]:
    """What other requests and accounts share with this one, as sentences for the reviewer: a reason to look.

    An account is named to somebody who may see the people of its unit. To all others only that there is one: whoever
    sends an invented request with somebody's number or telephone must not learn by it whose it is.
    """
    requests, people = _requests(registration), _people(registration)
    found = list(db.session.scalars(people.order_by(Account.id).limit(MOST_ALIKE)))
    named = _may_be_named(viewer, found)
    return [
        *(
            _tell(
                registration,
                other,
                _(
                    "คำขอเลขที่ %(reference)s (%(state)s)",
                    reference=other.reference,
                    state=_(rules.STATE_NAMES[State(other.state)]),
                ),
            )
            for other in db.session.scalars(requests.order_by(Registration.id).limit(MOST_ALIKE))
        ),
        *(
            _tell(
                registration,
                other,
                _("บัญชีของ %(name)s", name=other.name) if other.id in named else _("บัญชีของบุคคลในหน่วยงานอื่น"),
            )
            for other in found
        ),
    ]


def _may_be_named(viewer: Viewer, people: Collection[Account]) -> set[int]:
    """The accounts with a posting, present or past, in a unit that is the viewer's to look after."""
    offices = {each.unit_id for each in viewer.holdings if Permission.HELP_PEOPLE in each.permissions}
    rows = db.session.execute(
        select(Posting.account_id, Posting.unit_id).where(Posting.account_id.in_({each.id for each in people}))
    ).all()
    chains = units.chains({row.unit_id for row in rows})
    return {row.account_id for row in rows if offices.intersection(chains[row.unit_id])}


def _requests(registration: Registration) -> Select[Registration]:
    return select(Registration).where(
        Registration.id != registration.id,
        Registration.submitted_at.is_not(None),
        _by_another(registration),
        _alike(registration, Registration),
    )


def _people(registration: Registration) -> Select[Account]:
    own = {registration.account_id, registration.applicant_id} - {None}
    return select(Account).where(Account.id.not_in(own), _alike(registration, Account))


def _by_another(registration: Registration) -> ColumnElement[bool]:
    """The same account's earlier requests are its own history, not a suspicion."""
    if registration.applicant_id is None:
        return Registration.id.is_not(None)
    columns = (Registration.account_id, Registration.applicant_id)
    return and_(*(or_(column.is_(None), column != registration.applicant_id) for column in columns))


def _alike(registration: Registration, table: type[Registration] | type[Account]) -> ColumnElement[bool]:
    given = {name: getattr(registration, name) for name in SHARED}
    return or_(false(), *(getattr(table, name) == value for name, value in given.items() if value))


def _tell(registration: Registration, other: Registration | Account, what: str) -> str:
    shared = [
        _(words)
        for name, words in SHARED.items()
        if getattr(registration, name) and getattr(other, name) == getattr(registration, name)
    ]
    return _("%(shared)s ตรงกับ%(what)s", shared=", ".join(shared), what=what)
