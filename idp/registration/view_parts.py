"""What the pages of a registration share: their blueprint, a question's frame, which refusals get their own page."""

import re
from pathlib import PurePath

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from idp.registration import operations
from idp.registration.fields import PURPOSE_NAMES, Purpose
from idp.registration.models import Registration
from idp.registration.rules import PRIVACY_NOTICE, STATE_NAMES, State, Step
from idp.web.application import settings
from thai_web.forms import Form

# Only a conflict gets a page of its own: the rest is about what was typed, or how often.
PASSING = (409,)
blueprint = Blueprint("registration", __name__, template_folder="templates")
WHY_PUBLIC = "an applicant has no account yet; the page asks for the secret of the registration"


@blueprint.app_template_filter("purpose_name")
def purpose_name(purpose: str) -> str:
    """What a request is for, in the reader's language."""
    return _(PURPOSE_NAMES[Purpose(purpose)])


@blueprint.app_template_filter("state_name")
def state_name(state: str) -> str:
    """Where a request stands, in the reader's language."""
    return _(STATE_NAMES[State(state)])


@blueprint.app_template_filter("dialled")
def dialled(telephone: str) -> str:
    """The number of an office as a telephone dials it: an extension is for whoever answers."""
    return re.sub("[^0-9+]", "", telephone.partition("ต่อ")[0])


def privacy_notice() -> dict[str, object]:
    """What `registration/privacy.html` shows: the version of the notice, and how long papers are kept."""
    return {"notice_version": PRIVACY_NOTICE, "evidence_days": settings().evidence_days}


def _place(registration: Registration, page: str) -> tuple[int, int] | None:
    """The page's number among those that a draft takes, and how many they are. The mailbox goes with the person."""
    if registration.state != State.DRAFT:
        return None
    steps = [*operations.editable_steps(registration), "check"]
    if Step.PERSON in steps and Step.EMAIL in steps:
        steps.remove(Step.EMAIL)
        page = Step.PERSON if page.startswith(Step.EMAIL) else page
    return (steps.index(page) + 1, len(steps)) if page in steps else None


def question(template: str, registration: Registration, form: Form, **values: object) -> ResponseReturnValue:
    """A question's page, or the same page again with what is wrong with the answer."""
    page = render_template(
        template, registration=registration, form=form, place=_place(registration, PurePath(template).stem), **values
    )
    return page, 422 if form.is_submitted() else 200
