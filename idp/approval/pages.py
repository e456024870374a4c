"""What the reviewer's pages share: their blueprint, and a case that the viewer may open."""

from flask import Blueprint

from idp.access import viewer
from idp.approval import operations
from idp.refusal import N_, Conflict, NotFound
from idp.registration import operations as registration
from idp.registration.models import Registration
from idp.registration.rules import REFUSED, State

blueprint = Blueprint("approval", __name__, template_folder="templates")


def case_of(reference: str) -> Registration:
    """The case, if the viewer may decide it. Raises `Forbidden` or `NotFound`."""
    case = registration.find_by_reference(reference)
    if case is None or case.unit_id is None or case.submitted_at is None:
        raise NotFound(N_("ไม่พบคำขอนี้"))
    # Who took the request back took back the consent to look at her papers; what was closed needs no look.
    if case.state in (State.WITHDRAWN, State.LAPSED):
        raise Conflict(REFUSED[State(case.state)], code=f"registration_{case.state.lower()}")
    operations.authority_over(viewer.required(), case)
    return case
