"""Asking for more with the account one has: a further role or system, another unit, a move; and what was asked."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from idp.access import viewer
from idp.access.guards import signed_in
from idp.accounts import operations as accounts
from idp.registration import applicant_cookie, operations
from idp.registration.fields import Purpose
from idp.registration.forms import FurtherForm
from idp.registration.view_parts import blueprint, privacy_notice
from idp.throttle import operations as throttle
from thai_web.refusal import N_, NotFound


@blueprint.get("/requests/new")
@signed_in
def further() -> ResponseReturnValue:
    """What does one want to ask for?"""
    return _ask(FurtherForm())


def _ask(form: FurtherForm) -> str:
    return render_template("registration/further.html", form=form, **privacy_notice())


@blueprint.post("/requests/new")
@signed_in
def begin_further() -> ResponseReturnValue:
    """Begin the draft and go to its first question."""
    form, person = FurtherForm(), viewer.required()
    if not form.validate_on_submit():
        return _ask(form), 422
    throttle.admit("registration.further", str(person.account_id))
    account = accounts.get(person.account_id)
    if account.email_proven_at is None:  # the result goes to it
        flash(_("ยืนยันอีเมลของท่านก่อน แล้วจึงส่งคำขอ"), "info")
        return redirect(url_for("own_email.email"), 303)
    return applicant_cookie.take_up_own(
        operations.begin_further(account, Purpose(form.purpose.data), person.posting_id)
    )


@blueprint.post("/requests/<string:reference>")
@signed_in
def open_own(reference: str) -> ResponseReturnValue:
    """Go on with a request of one's own account, or see where it stands."""
    registration = operations.find_own(reference, viewer.required().account_id)
    if registration is None:
        raise NotFound(N_("ไม่พบคำขอนี้"))
    return applicant_cookie.take_up_own(registration)
