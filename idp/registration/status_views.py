"""Where a registration stands: for its holder, by the browser's secret; the state alone by a mailed link or code."""

from flask import current_app, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from idp.access.guards import public
from idp.accounts import operations as accounts
from idp.notifications.forms import CodeForm
from idp.notifications.operations import undelivered
from idp.notifications.rules import normalise_address
from idp.registration import (
    applicant_access,
    applicant_cookie,
    attached_documents,
    evidence_access,
    expiry,
    operations,
    rules,
    summary,
)
from idp.registration.forms import FindForm, StartForm
from idp.registration.models import Registration
from idp.registration.rules import State, WayIn
from idp.registration.view_parts import PASSING, WHY_PUBLIC, blueprint, privacy_notice
from idp.signin.activation import begin_activation
from idp.signin.forms import NumberForm
from idp.signin.views import WANTED, to_the_door
from idp.thaid import browser as thaid
from idp.thaid.rules import Intent
from idp.throttle import operations as throttle
from idp.throttle.mails import admit_mail
from idp.web.requests import answer_in_level_time
from thai_web.refusal import N_, Conflict, NotFound, Refusal


@blueprint.get("/registration-status")
@public(WHY_PUBLIC)
def status_start() -> ResponseReturnValue:
    """The registration that this browser holds; without one, the question which it is."""
    registration = applicant_cookie.held()
    if registration is None:
        return redirect(url_for("registration.find"), 303)
    if registration.state == State.DRAFT:
        return redirect(url_for("registration.tasks"), 303)
    return render_template(
        "registration/status.html",
        registration=registration,
        facts=summary.facts(registration),
        closes_at=expiry.closes_at(registration),
        anew=url_for("registration.further" if registration.applicant_id else "registration.start"),
        state_name=rules.STATE_NAMES[State(registration.state)],
        way=summary.way(registration),
        waiting=summary.waiting(registration),
        reviewer=summary.reviewer(registration),
        papers=attached_documents.papers(registration),
        named=summary.named(registration.to_correct),
        sendings=summary.sendings(registration),
        undelivered=undelivered("registration", [registration.id]).get(registration.id),
        looks=evidence_access.of(registration.id),
        wanted=session.get(WANTED, url_for("portal.home")),
    )


@blueprint.get("/registration-status/find")
@public(WHY_PUBLIC)
def find() -> ResponseReturnValue:
    """Ask for reference and mailbox; the front page may have asked for the first already."""
    form = FindForm()
    form.reference.data = request.args.get("reference", "")[:40]
    return render_template("registration/find.html", form=form)


@blueprint.post("/registration-status/find")
@public(WHY_PUBLIC)
def send_code() -> ResponseReturnValue:
    """Mail a code; the answer is the same for pairs that do not exist."""
    form = FindForm()
    if form.validate_on_submit():
        with form.showing_refusals("email", passing=PASSING):
            throttle.admit("registration.status", request.remote_addr)
            admit_mail("status", normalise_address(str(form.email.data)), request.remote_addr)
            answer_in_level_time()
            applicant_access.send_code(str(form.reference.data), str(form.email.data))
            session["registration"] = [form.reference.data, form.email.data]
            return redirect(url_for("registration.find_code"), 303)
    return render_template("registration/find.html", form=form), 422


@blueprint.get("/registration-status/code")
@public(WHY_PUBLIC)
def find_code() -> ResponseReturnValue:
    """Ask for the mailed code."""
    if "registration" not in session:
        return redirect(url_for("registration.find"), 303)
    return render_template("registration/find_code.html", form=CodeForm(), email=session["registration"][1])


@blueprint.post("/registration-status/code")
@public(WHY_PUBLIC)
def return_by_code() -> ResponseReturnValue:
    """Take the code, and show what a link in that mailbox would."""
    if "registration" not in session:
        return redirect(url_for("registration.find"), 303)
    (reference, email), form = session["registration"], CodeForm()
    if form.validate_on_submit():
        with form.showing_refusals("code", passing=PASSING):
            registration = applicant_access.return_by_code(reference, email, str(form.code.data))
            session.pop("registration")
            return redirect(
                url_for("registration.link", secret=applicant_access.issue(registration.id, applicant_access.LINK)), 303
            )
    return render_template("registration/find_code.html", form=form, email=email), 422


@blueprint.post("/registration-status/thaid")
@public(WHY_PUBLIC)
def to_status_by_thaid() -> ResponseReturnValue:
    """Off to ThaID, to come back to a registration that ThaID proved, on any device."""
    throttle.admit("thaid.begun", request.remote_addr)
    return thaid.depart(Intent.RESUME, "/registration-status/thaid")


@blueprint.get("/registration-status/thaid")
@public(WHY_PUBLIC)
def return_by_thaid() -> ResponseReturnValue:
    """Back from ThaID: hold the newest registration that this person proved with it."""
    registration = applicant_access.proven_by(accounts.national_id_index(thaid.arrive(Intent.RESUME).national_id))
    if registration is None:
        raise NotFound(
            N_("ไม่พบคำขอที่ยืนยันด้วย ThaID ของท่าน"), next_step=N_("หากกรอกข้อมูลด้วยตนเอง ให้กลับมาทำต่อด้วยเลขที่คำขอและอีเมล")
        )
    if registration.applicant_id is not None:  # asked for with an account: its owner signs in
        return redirect(url_for("portal.home"), 303)
    return applicant_cookie.take_up(registration)


@blueprint.get("/registration-status/<string:secret>")
@public(WHY_PUBLIC)
def link(secret: str) -> ResponseReturnValue:
    """What a mailed link shows by itself: the state, and what the page asks before it shows more. A mail scanner that
    opens it changes nothing."""
    registration = _linked(secret)
    return _state(registration, _asked(registration))


def _asked(registration: Registration) -> NumberForm | StartForm:
    """What is asked of who came by the mailbox: the number that stands; where none does, what all are who begin."""
    return StartForm() if applicant_access.way_in(registration) == WayIn.ANEW else NumberForm()


def _state(registration: Registration, form: NumberForm | StartForm) -> str:
    return render_template(
        "registration/link.html",
        registration=registration,
        form=form,
        way_in=applicant_access.way_in(registration),
        state_name=rules.STATE_NAMES[State(registration.state)],
        has_account=registration.account_id is not None,
        **privacy_notice(),
    )


@blueprint.post("/registration-status/<string:secret>")
@public(WHY_PUBLIC)
def open_link(secret: str) -> ResponseReturnValue:
    """Open the request for whoever knows its number; where none stands yet, begin another draft beside it."""
    registration = _linked(secret)
    if applicant_access.way_in(registration) not in (WayIn.NUMBER, WayIn.ANEW):
        return redirect(url_for("registration.link", secret=secret), 303)
    form = _asked(registration)
    if form.validate_on_submit() and isinstance(form, StartForm):
        throttle.admit("registration.begun", request.remote_addr)
        return applicant_cookie.take_up(operations.begin_beside(registration))
    if form.validate_on_submit() and isinstance(form, NumberForm):
        with form.showing_refusals("national_id", passing=PASSING):
            applicant_access.check_number(registration, str(form.national_id.data))
            return applicant_cookie.take_up(registration)
    return _state(_linked(secret), form), 422


def _linked(secret: str) -> Registration:
    registration = applicant_access.held_by(secret, applicant_access.LINK)
    if registration is None:
        raise Refusal(
            N_("ลิงก์นี้ใช้ไม่ได้แล้ว"),
            next_step=N_("โปรดเปิดลิงก์ในอีเมลฉบับล่าสุด หรือดูสถานะด้วยเลขที่คำขอและอีเมลจากหน้าแรก"),
            status=410,
            code="link_expired",
        )
    return registration


@blueprint.get("/registration-status/withdraw")
@public(WHY_PUBLIC)
def withdraw() -> ResponseReturnValue:
    """Are you sure?"""
    registration = applicant_cookie.own()
    rules.after(State(registration.state), rules.Action.WITHDRAW)
    return render_template("registration/withdraw.html", registration=registration)


@blueprint.post("/registration-status/withdraw")
@public(WHY_PUBLIC)
def withdraw_now() -> ResponseReturnValue:
    """Take the request back."""
    operations.withdraw(applicant_cookie.own().id)
    return redirect(url_for("registration.status_start"), 303)


@blueprint.post("/registration-status/activate")
@public(WHY_PUBLIC)
def activate() -> ResponseReturnValue:
    """On to username and password, after approval."""
    registration = applicant_cookie.own()
    if registration.account_id is None:
        raise Conflict(rules.REFUSED[State(registration.state)])
    try:
        secret = begin_activation(registration.account_id)
    except Conflict as refusal:  # they did that already
        return to_the_door(refusal)
    return redirect(url_for("signin.activate", secret=secret), 303)


@blueprint.post("/registration-status/leave")
@public(WHY_PUBLIC)
def leave() -> ResponseReturnValue:
    """Forget the registration on this computer, which others may share."""
    response = current_app.make_response(redirect(url_for("registration.find"), 303))
    return applicant_cookie.let_go(response)
