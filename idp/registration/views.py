"""The questions, one on each page, saved as they are answered."""

from flask import current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from idp.access.guards import public
from idp.accounts.rules import mask_national_id
from idp.notifications.forms import CodeForm
from idp.notifications.rules import normalise_address
from idp.registration import answers, applicant_cookie, attached_documents, expiry, operations, rules, summary
from idp.registration.answers import PersonAnswers
from idp.registration.fields import Field, Purpose
from idp.registration.forms import (
    NO_ROLE,
    OTHER_TITLE,
    EmailForm,
    PersonForm,
    PositionForm,
    StartForm,
    SubmitForm,
    UnitForm,
)
from idp.registration.models import Registration
from idp.registration.rules import State, Step
from idp.registration.view_parts import PASSING, WHY_PUBLIC, blueprint, privacy_notice, question
from idp.signin.views import remember_wanted
from idp.thaid import browser as thaid
from idp.thaid.rules import Intent
from idp.throttle import operations as throttle
from idp.throttle.mails import admit_mail
from idp.units import operations as units

RESULTS = 20


def _onward(registration: Registration) -> ResponseReturnValue:
    """To the first open question; when none is left, to the check of all answers."""
    if registration.state != State.DRAFT:
        return redirect(url_for("registration.tasks"), 303)  # only some questions are open, all have an answer
    step = rules.next_step(operations.done(registration))
    return redirect(url_for(f"registration.{step or 'check'}"), 303)


@blueprint.get("/register")
@public("anybody may ask for access")
def start() -> ResponseReturnValue:
    """What one needs, the privacy notice, the beginning. `next` is where who has an account goes on."""
    return _start(StartForm(), remember_wanted(request.args.get("next")))


def _start(form: StartForm, wanted: str = "") -> str:
    return render_template(
        "registration/start.html", form=form, held=applicant_cookie.held(), wanted=wanted, **privacy_notice()
    )


@blueprint.post("/register")
@public("anybody may ask for access")
def begin() -> ResponseReturnValue:
    """Begin a draft and give its secret to the browser."""
    form = StartForm()
    if not form.validate_on_submit():
        return _start(form), 422
    throttle.admit("registration.begun", request.remote_addr)
    registration = operations.begin()
    if proven := thaid.kept_for(Intent.REGISTER):  # a moment ago, at the sign-in page
        answers.prove_person(registration.id, proven)
    response = current_app.make_response(redirect(url_for("registration.person"), 303))
    return applicant_cookie.hold(response, registration)


@blueprint.get("/register/before")
@public("advice for those who need not register")
def before() -> ResponseReturnValue:
    """Who has an account, who moved, whose office shares a mailbox: where each goes on."""
    return render_template("registration/before.html")


@blueprint.get("/register/lost")
@public("seen by somebody whose browser holds nothing")
def lost() -> ResponseReturnValue:
    """How to go on without the cookie."""
    return render_template("registration/lost.html")


@blueprint.get("/register/tasks")
@public(WHY_PUBLIC)
def tasks() -> ResponseReturnValue:
    """The list of what is done and what is not."""
    registration = applicant_cookie.editable()
    done, changed = operations.done(registration), operations.changed_steps(registration)
    return render_template(
        "registration/tasks.html",
        registration=registration,
        steps=operations.editable_steps(registration),
        names=rules.STEP_NAMES,
        done=done,
        changed=changed,
        next_step=rules.next_step(done),
        named=summary.named(registration.to_correct),
        closes_at=expiry.closes_at(registration),
    )


def _person_form(registration: Registration) -> PersonForm:
    form, open_fields = PersonForm(obj=registration), operations.editable_fields(registration)
    if not form.is_submitted():
        form.show_title(registration.title)
    form.ask_only(open_fields, email=registration.state == State.DRAFT and Field.EMAIL in open_fields)
    if Field.NATIONAL_ID in open_fields and registration.national_id_index is not None:
        form.keep_number(mask_national_id(operations.national_id(registration)))
    return form


@blueprint.get("/register/person")
@public(WHY_PUBLIC)
def person() -> ResponseReturnValue:
    """Who are you?"""
    registration = applicant_cookie.editable(Step.PERSON)
    return _person(registration, _person_form(registration))


def _person(registration: Registration, form: PersonForm) -> ResponseReturnValue:
    may_forget = answers.may_forget_proof(registration)
    return question("registration/person.html", registration, form, may_forget=may_forget)


@blueprint.post("/register/person")
@public(WHY_PUBLIC)
def save_person() -> ResponseReturnValue:
    """Save it."""
    registration = applicant_cookie.editable(Step.PERSON)
    form = _person_form(registration)
    if not form.validate_on_submit():
        return _person(registration, form)
    given = form.data
    title = given.get("title")
    typed = PersonAnswers(
        given.get("other_title") if title == OTHER_TITLE else title,
        given.get("given_name"),
        given.get("family_name"),
        given.get("national_id") or None,
        given.get("phone"),
    )
    address = normalise_address(given.get("email") or "")
    if not address or (registration.email == address and registration.email_proven_at):
        answers.answer_person(registration.id, typed, applicant_cookie.secret())
        return _onward(registration)
    with form.showing_refusals("email", passing=PASSING):
        admit_mail("registration", address, request.remote_addr)
        answers.answer_person(registration.id, typed, applicant_cookie.secret())
        answers.answer_email(registration.id, address)
        return redirect(url_for("registration.email_code"), 303)
    return _person(registration, form)


@blueprint.get("/register/email")
@public(WHY_PUBLIC)
def email() -> ResponseReturnValue:
    """Where do we reach you?"""
    registration = applicant_cookie.editable(Step.EMAIL)
    return question("registration/email.html", registration, EmailForm(obj=registration))


@blueprint.post("/register/email")
@public(WHY_PUBLIC)
def save_email() -> ResponseReturnValue:
    """Save it and mail a code to it."""
    registration, form = applicant_cookie.editable(Step.EMAIL), EmailForm()
    if not form.validate_on_submit():
        return question("registration/email.html", registration, form)
    with form.showing_refusals("email", passing=PASSING):
        return _mail_code(registration, str(form.email.data))
    return question("registration/email.html", registration, form)


def _mail_code(registration: Registration, address: str) -> ResponseReturnValue:
    admit_mail("registration", normalise_address(address), request.remote_addr)
    answers.answer_email(registration.id, address)
    return redirect(url_for("registration.email_code"), 303)


@blueprint.get("/register/email/code")
@public(WHY_PUBLIC)
def email_code() -> ResponseReturnValue:
    """What does the mail say?"""
    registration = applicant_cookie.editable(Step.EMAIL)
    if not registration.email or registration.email_proven_at:
        return _onward(registration)
    return question("registration/email_code.html", registration, CodeForm())


@blueprint.post("/register/email/code")
@public(WHY_PUBLIC)
def prove_email() -> ResponseReturnValue:
    """Take the code back."""
    registration, form = applicant_cookie.editable(Step.EMAIL), CodeForm()
    if form.validate_on_submit():
        with form.showing_refusals("code", passing=PASSING):
            answers.prove_email(registration.id, str(form.code.data))
            return _onward(registration)
    return question("registration/email_code.html", registration, form)


@blueprint.post("/register/email/code/again")
@public(WHY_PUBLIC)
def email_code_again() -> ResponseReturnValue:
    """Mail another code; the one before stops working."""
    registration = applicant_cookie.editable(Step.EMAIL)
    if not registration.email or registration.email_proven_at:
        return _onward(registration)
    return _mail_code(registration, registration.email)


@blueprint.get("/register/unit")
@public(WHY_PUBLIC)
def unit() -> ResponseReturnValue:
    """Where do you work?"""
    return _units(applicant_cookie.editable(Step.UNIT), UnitForm())


def _units(registration: Registration, form: UnitForm) -> ResponseReturnValue:
    query = request.args.get("q", "").strip()
    found = units.search(query, RESULTS + 1)
    return question(
        "registration/unit.html",
        registration,
        form,
        query=query,
        results=found[:RESULTS],
        more=len(found) > RESULTS,
        alternatives=units.alternatives(query) if not found else [],
        chosen=units.get(registration.unit_id) if registration.unit_id else None,
    )


@blueprint.post("/register/unit")
@public(WHY_PUBLIC)
def save_unit() -> ResponseReturnValue:
    """Save it."""
    registration, form = applicant_cookie.editable(Step.UNIT), UnitForm()
    if form.validate_on_submit():
        with form.showing_refusals("unit", passing=PASSING):
            answers.choose_unit(registration.id, str(form.unit.data))
            return _onward(registration)
    return _units(registration, form)


@blueprint.get("/register/position")
@public(WHY_PUBLIC)
def position() -> ResponseReturnValue:
    """What do you do there, and which systems does it take?"""
    registration = applicant_cookie.editable(Step.POSITION)
    if registration.unit_id is None:
        return redirect(url_for("registration.unit"), 303)
    return question("registration/position.html", registration, _position_form(registration))


@blueprint.post("/register/position")
@public(WHY_PUBLIC)
def save_position() -> ResponseReturnValue:
    """Save it."""
    registration = applicant_cookie.editable(Step.POSITION)
    if registration.unit_id is None:
        return redirect(url_for("registration.unit"), 303)
    form = _position_form(registration)
    if not form.validate_on_submit():
        return question("registration/position.html", registration, form)
    given = form.data
    chosen = {int(value) for value in given["roles"] if value != NO_ROLE} if "roles" in given else None
    answers.answer_position(registration.id, given.get("position"), chosen)
    return _onward(registration)


def _position_form(registration: Registration) -> PositionForm:
    offered = [(str(each.id), each.label) for each in answers.roles_offered(registration)]
    form = PositionForm(obj=registration, roles=_roles_chosen(registration, offered))
    nothing = (NO_ROLE, _("ยังไม่ขอใช้ระบบใด (สำหรับผู้ที่จะเป็นผู้ดูแล SSO)"))
    form.roles.choices = [*offered] if registration.purpose == Purpose.ROLES else [*offered, nothing]
    form.ask_only(operations.editable_fields(registration))
    return form


def _roles_chosen(registration: Registration, offered: list[tuple[str, str]]) -> list[str]:
    """Those chosen before; until then the only one there is."""
    if not registration.roles_chosen:
        return [offered[0][0]] if len(offered) == 1 else []
    return [str(role_id) for role_id in operations.requested_role_ids(registration.id)] or [NO_ROLE]


@blueprint.get("/register/check")
@public(WHY_PUBLIC)
def check() -> ResponseReturnValue:
    """All answers on one page."""
    registration = applicant_cookie.editable()
    if rules.next_step(operations.done(registration)):
        return redirect(url_for("registration.tasks"), 303)
    return _check(registration, SubmitForm(seen_version=str(registration.version)))


def _check(registration: Registration, form: SubmitForm) -> ResponseReturnValue:
    open_fields = operations.editable_fields(registration)
    rows = [
        (answer.label, answer.value, url_for(f"registration.{answer.step}"), _("แก้ไข"))
        if answer.field in open_fields
        else (answer.label, answer.value)
        for answer in summary.given(registration)
    ]
    return question(
        "registration/check.html",
        registration,
        form,
        facts=rows,
        documents=attached_documents.documents(registration.id),
        differences=summary.differences(operations.changes(registration)),
        may_change_documents=Field.DOCUMENTS in open_fields,
    )


@blueprint.post("/register/check")
@public(WHY_PUBLIC)
def submit() -> ResponseReturnValue:
    """Send it."""
    registration, form = applicant_cookie.own(), SubmitForm()
    if not form.validate_on_submit():
        return _check(applicant_cookie.editable(), form)
    operations.submit(registration.id, rules.read_version(str(form.seen_version.data)))
    return redirect(url_for("registration.submitted"), 303)


@blueprint.get("/register/submitted")
@public(WHY_PUBLIC)
def submitted() -> ResponseReturnValue:
    """The reference, and what happens next."""
    registration = applicant_cookie.own()
    if registration.submitted_at is None:
        return redirect(url_for("registration.tasks"), 303)
    return render_template("registration/submitted.html", registration=registration)
