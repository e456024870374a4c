"""What the pages of this room share: names beside rows, refusals beside fields, auditors noted."""

from collections.abc import Generator, Iterable
from contextlib import contextmanager
from typing import Any

from flask_babel import gettext as _

from idp.access import viewer
from idp.access.rules import POWER_NAMES, Power
from idp.accounts.models import Account
from idp.appointments import operations, read_access, rules
from idp.appointments.forms import AppointmentForm, LetterForm
from idp.appointments.models import Appointment, AppointmentRequest
from idp.appointments.rules import STATE_NAMES, State
from idp.database import db, will_write
from idp.evidence import refusals, uploads
from idp.evidence.operations import Prepared
from idp.units import operations as units
from idp.units.models import Unit
from thai_web import clock
from thai_web.refusal import N_, NotFound

STATE_COLOURS = {State.WAITING: "blue", State.RETURNED: "yellow", State.APPROVED: "green", State.REFUSED: "red"}


def named(appointment: Appointment, person: Account, unit: Unit) -> dict[str, Any]:
    """An appointment with the names that a list shows beside it."""
    return {
        "appointment": appointment,
        "person": person,
        "unit": unit,
        "power": POWER_NAMES[Power(appointment.power)],
        "in_force": appointment.term().in_force(clock.today()),
    }


def named_requests(requests: Iterable[AppointmentRequest]) -> list[dict[str, Any]]:
    """Requests with the names that a list shows beside them."""
    found = list(requests)
    people = {each.id: each for each in _with_ids(Account, {request.account_id for request in found})}
    places = {each.id: each for each in _with_ids(Unit, {request.unit_id for request in found})}
    return [
        {
            "request": request,
            "person": people[request.account_id],
            "unit": places[request.unit_id],
            "power": POWER_NAMES[Power(request.power)],
            "state": STATE_NAMES[State(request.state)],
            "colour": STATE_COLOURS.get(State(request.state), "grey"),
        }
        for request in found
    ]


def _with_ids(model: Any, ids: set[int]) -> list[Any]:
    return list(db.session.scalars(db.select(model).where(model.id.in_(ids))))


def readable_unit(code: str) -> Unit:
    """The unit of an address, for who works there or holds a power there or above. Raises `NotFound`."""
    unit = units.find(code)
    if unit is None or not read_access.may_read_unit(viewer.required(), unit):
        raise NotFound(N_("ไม่พบหน่วยงานนี้ในความดูแลของท่าน"))
    return unit


def may_open(what: Unit | Appointment | AppointmentRequest) -> bool:
    """Whether the viewer may go on to its page: no link leads where its reader is refused."""
    if isinstance(what, Unit):
        return read_access.may_read_unit(viewer.required(), what)
    if isinstance(what, Appointment):
        return read_access.may_read(viewer.required(), what)
    return read_access.may_read_request(viewer.required(), what)


def note(unit_id: int, what: str) -> None:
    """In a view that answers a GET: an auditor's reading is recorded."""
    if read_access.auditing(viewer.required(), unit_id) is not None:
        will_write()
        read_access.note(viewer.required(), unit_id, what)


def offer(form: AppointmentForm, unit: Unit, *, without: int | None = None) -> None:
    """Fill in whom and to what one can be appointed here; the usual power is chosen beforehand."""
    people = [(person, posting) for person, posting in operations.candidates(unit.id) if person.id != without]
    form.account.choices = [(person.id, f"{person.name} — {posting.position}") for person, posting in people]
    powers = rules.powers_for(unit.kind)
    form.power.choices = [(power.value, _(POWER_NAMES[power])) for power in powers]
    if not form.is_submitted():
        form.power.data = powers[0].value


@contextmanager
def received(form: LetterForm) -> Generator[Prepared | None]:
    """The scan of a valid form, repainted; None when no file was chosen.

    Raises `Refusal` for blank pages that the sender has not been told of: the office above would judge by less than
    they mean to show.
    """
    if not form.scan.data:
        yield None
        return
    with uploads.received(form.scan.data, f"account:{viewer.required().account_id}") as scan:
        scan.are_blanks_meant = bool(scan.blank_pages) and form.blanks_meant.data
        if scan.blank_pages and not scan.are_blanks_meant:
            raise refusals.partly_blank(scan.blank_pages, form.blanks_meant.name)
        yield scan
