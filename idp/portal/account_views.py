"""What is the person's own, apart from the systems they enter: data, security, consents, requests, history."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from idp.access import viewer
from idp.access.guards import signed_in
from idp.access.rules import POWER_NAMES, Permission
from idp.accounts import details
from idp.accounts import operations as accounts
from idp.accounts.rules import Details
from idp.clients import operations as clients
from idp.registration import operations as registration
from idp.signin import credentials
from idp.signin import operations as signin
from idp.units import operations as units
from thai_web import clock

blueprint = Blueprint("account", __name__, template_folder="templates")


@blueprint.get("/account")
@signed_in
def index() -> ResponseReturnValue:
    """One card for each, so that everything of one's own is two presses away."""
    person = viewer.required()
    postings = accounts.postings(person.account_id, clock.today())
    return render_template(
        "portal/account.html",
        account=accounts.get(person.account_id),
        postings=[(posting, units.get(posting.unit_id)) for posting in postings],
        has_password=signin.has_password(person.account_id),
        may_set_password=credentials.is_fresh_by_thaid(person),
        requests=registration.requests_of(person.account_id),
        powers=[(POWER_NAMES[held.power], units.get(held.unit_id), held) for held in person.holdings],
        chooses_mails=person.may(Permission.DECIDE_REGISTRATIONS),
        # Whoever told something must be able to take it back, whatever is asked today.
        details_wanted=details.read(person.account_id) != Details()
        or (person.posting_id is not None and clients.any_asks_details(person.posting_id)),
    )
