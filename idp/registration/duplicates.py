"""What a request shares with others, for the reviewer's eyes alone."""

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, and_, false, or_, select, update

from idp.accounts.models import Account
from idp.database import db
from idp.evidence import operations as evidence
from idp.refusal import N_
from idp.registration import rules
from idp.registration.models import Registration
from idp.registration.rules import State

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


def same_person(registration: Registration) -> list[str]:
    """What other requests and accounts share with this one, as sentences for the reviewer: a reason to look."""
    requests, people = _requests(registration), _people(registration)
    return [
        *(_tell(registration, other, _("คำขอเลขที่ %(reference)s (%(state)s)", reference=other.reference,
                                       state=_(rules.STATE_NAMES[State(other.state)])))
          for other in db.session.scalars(requests.order_by(Registration.id).limit(MOST_ALIKE))),
        *(_tell(registration, other, _("บัญชีของ %(name)s", name=other.name))
          for other in db.session.scalars(people.order_by(Account.id).limit(MOST_ALIKE))),
    ]  # fmt: skip


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
