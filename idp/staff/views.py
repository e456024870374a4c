"""The people of a unit, one person, and the acts that need a click or a reason; the telephone of the unit's office."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from idp.access import viewer
from idp.access.guards import requires
from idp.access.rules import Permission, Viewer
from idp.clients import operations as clients
from idp.staff import authority, history, mailboxes, operations, people, roles
from idp.staff.authority import Member
from idp.staff.forms import ActForm, EndRoleForm, LeaveForm, ReasonForm, RoleForm, TelephoneForm
from idp.staff.people import SHOWN_NAMES, Shown
from idp.staff.rules import PRESENT, WORDS, Act, State
from idp.staff.view_parts import blueprint, done
from idp.throttle import operations as throttle
from idp.units import operations as units
from idp.units.models import Unit
from idp.web.requests import page_number
from thai_web.forms import Form
from thai_web.refusal import N_, NotFound

LATEST = 10
FORMS: dict[Act, type[Form]] = {
    Act.UNLOCK: ActForm,
    Act.RECOVER: ActForm,
    Act.END_SESSIONS: ReasonForm,
    Act.SUSPEND: ReasonForm,
    Act.REINSTATE: ReasonForm,
    Act.END_POSTING: LeaveForm,
    Act.ANNUL_POSTING: ReasonForm,
}
DOES: dict[Act, Callable[[Viewer, int, Any], None]] = {
    Act.UNLOCK: lambda helper, posting_id, _form: operations.unlock(helper, posting_id),
    Act.RECOVER: lambda helper, posting_id, _form: _recover(helper, posting_id),
    Act.END_SESSIONS: lambda helper, posting_id, form: operations.end_sessions(helper, posting_id, form.reason.data),
    Act.SUSPEND: lambda helper, posting_id, form: operations.suspend(helper, posting_id, form.reason.data),
    Act.REINSTATE: lambda helper, posting_id, form: operations.reinstate(helper, posting_id, form.reason.data),
    Act.END_POSTING: lambda helper, posting_id, form: operations.end_posting(
        helper, posting_id, form.last_day.data, form.reason.data
    ),
    Act.ANNUL_POSTING: lambda helper, posting_id, form: operations.annul_posting(helper, posting_id, form.reason.data),
}


@blueprint.get("/staff")
@requires(Permission.HELP_PEOPLE)
def index() -> ResponseReturnValue:
    """The units that the viewer answers for; a search over the people of all units below."""
    person, text = viewer.required(), request.args.get("q", "")[: people.LONGEST_SEARCH]
    own = [held.unit_id for held in person.holdings if person.holding_for(Permission.HELP_PEOPLE, held.unit_id)]
    if len(own) == 1 and not text and not units.children(own[0]):
        return redirect(url_for("staff.unit", code=units.get(own[0]).code), 303)
    scope = {below for unit_id in own for below in units.subtree_ids(unit_id)}
    return render_template(
        "staff/index.html",
        query=text,
        own=[units.get(unit_id) for unit_id in own],
        found=units.search(text, within=scope),
        page=people.found(person, text, page_number()),
    )


@blueprint.get("/staff/units/<string:code>")
@requires(Permission.HELP_PEOPLE)
def unit(code: str) -> ResponseReturnValue:
    """The people of one unit."""
    found, asked = authority.unit_in_scope(viewer.required(), code), request.args.get("show", "")
    shown = Shown(asked) if asked in list(Shown) else Shown.PRESENT
    text = request.args.get("q", "")[: people.LONGEST_SEARCH]
    return render_template(
        "staff/unit.html",
        unit=found,
        query=text,
        shown=shown,
        names=SHOWN_NAMES,
        page=people.of_unit(found, text, shown, page_number()),
        deciding_unit=authority.deciding_unit(found),
        may_invite=authority.decides_for(viewer.required(), found),
    )


@blueprint.get("/staff/people/<int:posting_id>")
@requires(Permission.HELP_PEOPLE)
def person(posting_id: int) -> ResponseReturnValue:
    """One person of the unit: who, what they may, what happened, and what can be done."""
    helper = viewer.required()
    found = authority.member(helper, posting_id)
    acts = authority.possible(helper, found)
    return render_template(
        "staff/person.html",
        person=people.one(posting_id),
        acts=acts,
        words=WORDS,
        held=clients.assignments(found.posting.id) if found.state in PRESENT else [],
        elsewhere=authority.works_elsewhere(found),
        is_own=found.account.id == helper.account_id,
        served_by=authority.served_by(found),
        pending=mailboxes.pending(found.account.id),
        by_act=history.by_act(history.of(found.account.id, per_page=LATEST).happenings),
    )


def _asked(posting_id: int, act: str) -> tuple[Member, Act]:
    """The person and the act of an address. Raises as the act itself would."""
    if act not in [each.value for each in FORMS]:
        raise NotFound(N_("ไม่พบหน้านี้"))
    return _may(posting_id, Act(act)), Act(act)


def _may(posting_id: int, act: Act) -> Member:
    found = authority.member(viewer.required(), posting_id)
    authority.check(viewer.required(), found, act)
    return found


def _form(found: Member, act: Act) -> Form:
    form = FORMS[act]()
    if isinstance(form, LeaveForm):
        form.began_on = found.posting.starts_on
    return form


@blueprint.get("/staff/people/<int:posting_id>/<string:act>")
@requires(Permission.HELP_PEOPLE)
def ask(posting_id: int, act: str) -> ResponseReturnValue:
    """What it brings about, and why it is done."""
    found, wanted = _asked(posting_id, act)
    form = _form(found, wanted)
    if isinstance(form, LeaveForm):
        form.last_day.data = operations.usual_last_day(found)
    return _act_page(found, wanted, form)


@blueprint.post("/staff/people/<int:posting_id>/<string:act>")
@requires(Permission.HELP_PEOPLE)
def do(posting_id: int, act: str) -> ResponseReturnValue:
    """Do it."""
    found, wanted = _asked(posting_id, act)
    form = _form(found, wanted)
    if form.validate_on_submit():
        with form.showing_refusals():
            DOES[wanted](viewer.required(), posting_id, form)
            return done(wanted, posting_id)
    return _act_page(found, wanted, form), 422


def _recover(helper: Viewer, posting_id: int) -> None:
    throttle.admit("code.sent", f"help {authority.member(helper, posting_id).account.email}")
    operations.recover(helper, posting_id)


def _act_page(found: Member, act: Act, form: Form) -> str:
    return render_template(
        "staff/act.html", found=found, act=act, words=WORDS[act], form=form, next_deciders=_next_deciders(found, act)
    )


def _next_deciders(found: Member, act: Act) -> Unit | None:
    """Where the unit's requests go when an act takes a power away with it; None where it takes none."""
    takes = act in (Act.SUSPEND, Act.END_POSTING, Act.ANNUL_POSTING) and found.state == State.WORKING
    return authority.next_deciders(found) if takes else None


@blueprint.get("/staff/people/<int:posting_id>/roles/new")
@requires(Permission.HELP_PEOPLE)
def ask_role(posting_id: int) -> ResponseReturnValue:
    """Which role, and how long?"""
    found = _may(posting_id, Act.GIVE_ROLE)
    return render_template("staff/role.html", found=found, form=_role_form(found), words=WORDS[Act.GIVE_ROLE])


def _role_form(found: Member) -> RoleForm:
    form = RoleForm()
    form.role.choices = [(role.id, role.label) for role in roles.offered(found)]
    return form


@blueprint.post("/staff/people/<int:posting_id>/roles/new")
@requires(Permission.HELP_PEOPLE)
def give_role(posting_id: int) -> ResponseReturnValue:
    """Give it."""
    found = _may(posting_id, Act.GIVE_ROLE)
    form = _role_form(found)
    if form.validate_on_submit():
        with form.showing_refusals():
            roles.give(viewer.required(), posting_id, form.role.data, form.ends_on.data)
            return done(Act.GIVE_ROLE, posting_id)
    return render_template("staff/role.html", found=found, form=form, words=WORDS[Act.GIVE_ROLE]), 422


@blueprint.get("/staff/people/<int:posting_id>/roles/<int:assignment_id>/end")
@requires(Permission.HELP_PEOPLE)
def ask_end_role(posting_id: int, assignment_id: int) -> ResponseReturnValue:
    """Until when, and why?"""
    found = _may(posting_id, Act.END_ROLE)
    return _end_role_page(found, assignment_id, EndRoleForm())


def _end_role_page(found: Member, assignment_id: int, form: EndRoleForm) -> str:
    _assignment, role = roles.held(found, assignment_id)
    return render_template(
        "staff/act.html", found=found, act=Act.END_ROLE, words=WORDS[Act.END_ROLE], form=form, about=role.label
    )


@blueprint.post("/staff/people/<int:posting_id>/roles/<int:assignment_id>/end")
@requires(Permission.HELP_PEOPLE)
def end_role(posting_id: int, assignment_id: int) -> ResponseReturnValue:
    """End it."""
    found, form = _may(posting_id, Act.END_ROLE), EndRoleForm()
    if form.validate_on_submit():
        with form.showing_refusals():
            roles.end(viewer.required(), posting_id, assignment_id, form.last_day.data, str(form.reason.data))
            return done(Act.END_ROLE, posting_id)
    return _end_role_page(found, assignment_id, form), 422


def _own_unit(code: str) -> Unit:
    found = authority.unit_in_scope(viewer.required(), code)
    authority.check_decides_for(viewer.required(), found)
    return found


@blueprint.get("/staff/units/<string:code>/telephone")
@requires(Permission.HELP_PEOPLE)
def ask_telephone(code: str) -> ResponseReturnValue:
    """Returns the form."""
    unit = _own_unit(code)
    return render_template("staff/telephone.html", unit=unit, form=TelephoneForm(data={"telephone": unit.telephone}))


@blueprint.post("/staff/units/<string:code>/telephone")
@requires(Permission.HELP_PEOPLE)
def change_telephone(code: str) -> ResponseReturnValue:
    """Returns the way back to the unit's people, or the form with what was wrong."""
    unit, form = _own_unit(code), TelephoneForm()
    if form.validate_on_submit():
        with form.showing_refusals():
            units.change_telephone(unit, form.stored())
            flash(_("บันทึกโทรศัพท์ของหน่วยงานแล้ว"), "success")
            return redirect(url_for("staff.unit", code=unit.code), 303)
    return render_template("staff/telephone.html", unit=unit, form=form), 422
