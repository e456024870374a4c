"""What the pages of a registration share: their blueprint, a question's frame, a refusal told beside its field."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import Field

from idp.database import db
from idp.refusal import Conflict, Refusal
from idp.registration.fields import PURPOSE_NAMES, Purpose
from idp.registration.models import Registration
from idp.registration.rules import PRIVACY_NOTICE, STATE_NAMES, State
from idp.web.application import settings
from idp.web.errors import say
from idp.web.forms import Form

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


def privacy_notice() -> dict[str, Any]:
    """What `registration/privacy.html` shows: the version of the notice, and how long papers are kept."""
    return {"notice_version": PRIVACY_NOTICE, "evidence_days": settings().evidence_days}


def question(template: str, registration: Registration, form: Form, **values: object) -> ResponseReturnValue:
    """A question's page, or the same page again with what is wrong with the answer."""
    page = render_template(template, registration=registration, form=form, **values)
    return page, 422 if form.is_submitted() else 200


@contextmanager
def beside(field: Field) -> Iterator[None]:
    """Undo what a refused rule left behind and tell it beside its field; a conflict gets a page of its own."""
    try:
        yield
    except Conflict:
        raise
    except Refusal as refusal:
        db.session.rollback()
        sentences = [say(refusal), _(refusal.next_step) if refusal.next_step else ""]
        field.errors = [" ".join(sentences).strip()]
