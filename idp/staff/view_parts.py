"""What the pages of this room share: their blueprint, and a refusal told beside its field."""

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from idp.staff.rules import INVITED_NAMES, STATE_NAMES, WORDS, Act, Invited, State

blueprint = Blueprint("staff", __name__, template_folder="templates")


@blueprint.app_template_filter("standing_name")
def standing_name(state: State) -> str:
    """How a person stands in the unit, in the reader's language."""
    return _(STATE_NAMES[state])


@blueprint.app_template_filter("invitation_name")
def invitation_name(standing: Invited) -> str:
    """How an invitation stands, in the reader's language."""
    return _(INVITED_NAMES[standing])


def done(act: Act, posting_id: int) -> ResponseReturnValue:
    """Say so on the person's page."""
    flash(_(WORDS[act].done), "success")
    return redirect(url_for("staff.person", posting_id=posting_id), 303)
