"""Correcting a person's data, and another mailbox for who lost theirs."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from idp.access import viewer
from idp.access.guards import requires
from idp.access.rules import Permission
from idp.staff import authority, corrections, mailboxes
from idp.staff.authority import Member
from idp.staff.forms import CorrectionForm, MailboxForm
from idp.staff.rules import WORDS, Act, Datum
from idp.staff.view_parts import blueprint, done
from idp.throttle import operations as throttle
from thai_web.refusal import N_, NotFound

CORRECTING = {"person": Act.CORRECT, "position": Act.CORRECT_POSITION}


def _may(posting_id: int, act: Act) -> Member:
    found = authority.member(viewer.required(), posting_id)
    authority.check(viewer.required(), found, act)
    return found


def _correcting(what: str) -> Act:
    if what not in CORRECTING:
        raise NotFound(N_("ไม่พบหน้านี้"))
    return CORRECTING[what]


def _correction_form(found: Member, act: Act) -> CorrectionForm:
    form = CorrectionForm(data={datum.value: text for datum, text in corrections.present(found).items()})
    form.ask_only(corrections.correctable(found, act))
    if not form.is_submitted():
        form.seen.data = found.account.updated_at.isoformat()
    return form


@blueprint.get("/staff/people/<int:posting_id>/correct/<string:what>")
@requires(Permission.HELP_PEOPLE)
def ask_correction(posting_id: int, what: str) -> ResponseReturnValue:
    """What is right, and why?"""
    act = _correcting(what)
    found = _may(posting_id, act)
    return render_template("staff/correct.html", found=found, form=_correction_form(found, act), words=WORDS[act])


@blueprint.post("/staff/people/<int:posting_id>/correct/<string:what>")
@requires(Permission.HELP_PEOPLE)
def correct(posting_id: int, what: str) -> ResponseReturnValue:
    """Correct it."""
    act = _correcting(what)
    found = _may(posting_id, act)
    form = _correction_form(found, act)
    if form.validate_on_submit():
        with form.showing_refusals():
            typed = {datum: str(form[datum].data) for datum in Datum if datum in form}
            corrections.correct(
                viewer.required(), posting_id, act, typed, seen=str(form.seen.data), reason=str(form.reason.data)
            )
            return done(act, posting_id)
    return render_template("staff/correct.html", found=found, form=form, words=WORDS[act]), 422


@blueprint.get("/staff/people/<int:posting_id>/mailbox")
@requires(Permission.HELP_PEOPLE)
def ask_mailbox(posting_id: int) -> ResponseReturnValue:
    """Which address, and why?"""
    return _mailbox_page(_may(posting_id, Act.CHANGE_MAILBOX), MailboxForm())


def _mailbox_page(found: Member, form: MailboxForm) -> str:
    return render_template("staff/mailbox.html", found=found, form=form, words=WORDS[Act.CHANGE_MAILBOX])


@blueprint.post("/staff/people/<int:posting_id>/mailbox")
@requires(Permission.HELP_PEOPLE)
def announce_mailbox(posting_id: int) -> ResponseReturnValue:
    """Announce it."""
    found, form = _may(posting_id, Act.CHANGE_MAILBOX), MailboxForm()
    if form.validate_on_submit():
        with form.showing_refusals():
            throttle.admit("code.sent.address", request.remote_addr)
            mailboxes.announce(viewer.required(), posting_id, str(form.email.data), str(form.reason.data))
            return done(Act.CHANGE_MAILBOX, posting_id)
    return _mailbox_page(found, form), 422


@blueprint.post("/staff/people/<int:posting_id>/mailbox/withdraw")
@requires(Permission.HELP_PEOPLE)
def withdraw_mailbox(posting_id: int) -> ResponseReturnValue:
    """Take it back."""
    mailboxes.withdraw(viewer.required(), posting_id)
    flash(_("ถอนการเปลี่ยนอีเมลแล้ว"), "success")
    return redirect(url_for("staff.person", posting_id=posting_id), 303)
