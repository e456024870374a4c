"""What a request shares with others, for the reviewer's eyes alone."""

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, or_, select

from idp.accounts.models import Account
from idp.database import db
from idp.refusal import N_
from idp.registration import rules
from idp.registration.models import Registration
from idp.registration.rules import State

MOST_ALIKE = 20
SHARED = {"national_id_index": N_("เลขประจำตัวประชาชน"), "email": N_("อีเมล"), "phone": N_("โทรศัพท์")}


def same_person(registration: Registration) -> list[str]:
    """What other requests and accounts share with this one, as sentences for the reviewer: a reason to look."""
    requests = select(Registration).where(
        Registration.id != registration.id,
        Registration.submitted_at.is_not(None),
        _by_another(registration),
        _alike(registration, Registration),
    )
    own = {registration.account_id, registration.applicant_id} - {None}
    people = select(Account).where(Account.id.not_in(own), _alike(registration, Account))
    return [
        *(_tell(registration, other, _("คำขอเลขที่ %(reference)s (%(state)s)", reference=other.reference,
                                       state=_(rules.STATE_NAMES[State(other.state)])))
          for other in db.session.scalars(requests.order_by(Registration.id).limit(MOST_ALIKE))),
        *(_tell(registration, other, _("บัญชีของ %(name)s", name=other.name))
          for other in db.session.scalars(people.order_by(Account.id).limit(MOST_ALIKE))),
    ]  # fmt: skip


def _by_another(registration: Registration) -> ColumnElement[bool]:
    """The same account's earlier requests are its own history, not a suspicion."""
    if registration.applicant_id is None:
        return Registration.id.is_not(None)
    columns = (Registration.account_id, Registration.applicant_id)
    return and_(*(or_(column.is_(None), column != registration.applicant_id) for column in columns))


def _alike(registration: Registration, table: type[Registration] | type[Account]) -> ColumnElement[bool]:
    return or_(*(getattr(table, name) == getattr(registration, name) for name in SHARED))


def _tell(registration: Registration, other: Registration | Account, what: str) -> str:
    shared = [_(words) for name, words in SHARED.items() if getattr(other, name) == getattr(registration, name)]
    return _("%(shared)s ตรงกับ%(what)s", shared=", ".join(shared), what=what)
