"""The pages on which DLA says which evidence is asked of whom, and the example pictures that applicants see."""

from flask import Blueprint, flash, redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from idp.access import viewer
from idp.access.guards import public, requires
from idp.access.rules import Permission
from idp.clients import operations as clients
from idp.evidence import uploads
from idp.evidence.page_images import page_response
from idp.requirements import operations
from idp.requirements.forms import NO_ROLE, ExampleForm, KindForm, RequirementForm
from idp.requirements.models import EvidenceKind
from idp.requirements.operations import KindAnswers, RequirementAnswers
from idp.requirements.rules import ASKED_OF_NAMES, OTHER, AskedOf
from idp.units.rules import LABELS, UnitKind
from thai_web import language
from thai_web.refusal import N_, NotFound

blueprint = Blueprint("requirements", __name__, template_folder="templates")


@blueprint.app_template_filter("evidence_kind")
def evidence_kind(code: str) -> str:
    """What a document is said to be, in the reader's language."""
    return operations.name(operations.kind(code))


@blueprint.app_template_filter("in_language")
def in_language(of: EvidenceKind) -> str:
    """The name of a kind or a requirement, in the reader's language."""
    return operations.name(of)


@blueprint.app_template_filter("evidence_hint")
def evidence_hint(of: EvidenceKind) -> str:
    """What a kind of document must show, in the reader's language."""
    return operations.hint(of)


@blueprint.get("/evidence-kinds")
@requires(Permission.MANAGE_REQUIREMENTS)
def index() -> ResponseReturnValue:
    """Every requirement and every kind."""
    roles = {
        role.id: role.label
        for role in clients.roles_by_id(
            {each.role_id for each in operations.requirements() if each.role_id is not None}
        )
    }
    rows = [
        (
            each,
            _(ASKED_OF_NAMES[AskedOf(each.asked_of)]),
            [_unit_kind(kind) for kind in each.unit_kinds],
            roles.get(each.role_id or 0, ""),
            [evidence_kind(code) for code in each.kinds],
        )
        for each in operations.requirements()
    ]
    kinds = operations.kinds(with_retired=True)
    with_example = {each.code for each in kinds if operations.has_example(each)}
    return render_template("requirements/index.html", requirements=rows, kinds=kinds, with_example=with_example)


def _unit_kind(kind: str) -> str:
    label = LABELS[UnitKind(kind)]
    return label.long_en if language.current() == "en" else label.long_th


@blueprint.get("/evidence-kinds/new")
@requires(Permission.MANAGE_REQUIREMENTS)
def new_kind() -> ResponseReturnValue:
    """An empty form."""
    form = KindForm()
    del form.retired
    return render_template("requirements/kind.html", form=form, kind=None)


@blueprint.post("/evidence-kinds/new")
@requires(Permission.MANAGE_REQUIREMENTS)
def add_kind() -> ResponseReturnValue:
    """Add the kind."""
    form = KindForm()
    del form.retired
    if form.validate_on_submit():
        with form.showing_refusals("code"):
            added = operations.add_kind(str(form.code.data), _kind_answers(form))
            flash(_("บันทึกชนิดเอกสารแล้ว เพิ่มภาพตัวอย่างได้ในหน้านี้"), "success")
            return redirect(url_for("requirements.kind", code=added.code), 303)
    return render_template("requirements/kind.html", form=form, kind=None), 422


def _kind_answers(form: KindForm) -> KindAnswers:
    most_files, most_pages = form.most_files.data, form.most_pages.data
    assert most_files is not None  # the form required both
    assert most_pages is not None
    return KindAnswers(
        str(form.name_th.data),
        str(form.name_en.data),
        form.hint_th.data or "",
        form.hint_en.data or "",
        most_files,
        most_pages,
    )


def _kind_form(kind: EvidenceKind) -> KindForm:
    form = KindForm(obj=kind)
    del form.code
    if kind.code == OTHER:
        del form.retired  # what fits no kind must remain possible
    return form


@blueprint.get("/evidence-kinds/<string:code>")
@requires(Permission.MANAGE_REQUIREMENTS)
def kind(code: str) -> ResponseReturnValue:
    """One kind and its example."""
    found = operations.kind(code)
    return _kind_page(found, _kind_form(found), ExampleForm())


def _kind_page(kind: EvidenceKind, form: KindForm, example: ExampleForm) -> str:
    return render_template(
        "requirements/kind.html", form=form, kind=kind, example=example, has_example=operations.has_example(kind)
    )


@blueprint.post("/evidence-kinds/<string:code>")
@requires(Permission.MANAGE_REQUIREMENTS)
def change_kind(code: str) -> ResponseReturnValue:
    """Change it."""
    found = operations.kind(code)
    form = _kind_form(found)
    if form.validate_on_submit():
        with form.showing_refusals("retired"):
            operations.change_kind(
                code, _kind_answers(form), retired=bool(form.retired.data) if form.retired else False
            )
            flash(_("บันทึกชนิดเอกสารแล้ว"), "success")
            return redirect(url_for("requirements.index"), 303)
    return _kind_page(operations.kind(code), form, ExampleForm(formdata=None)), 422


@blueprint.post("/evidence-kinds/<string:code>/example")
@requires(Permission.MANAGE_REQUIREMENTS)
def change_example(code: str) -> ResponseReturnValue:
    """Show another example picture."""
    form = ExampleForm()
    if form.validate_on_submit():
        with form.showing_refusals("picture"):
            with uploads.received(form.picture.data, f"account:{viewer.required().account_id}") as picture:
                operations.show_example(code, picture)
            flash(_("บันทึกภาพตัวอย่างแล้ว"), "success")
            return redirect(url_for("requirements.kind", code=code), 303)
    found = operations.kind(code)
    kind_form = KindForm(formdata=None, obj=found)
    del kind_form.code
    return _kind_page(found, kind_form, form), 422


@blueprint.get("/evidence-examples/<string:code>")
@public("an example shows an invented document, to applicants who have no account yet")
def example(code: str) -> ResponseReturnValue:
    """How such a document looks."""
    found = operations.kind(code)
    if found.example_id is not None:
        return page_response(found.example_id, 1)
    drawing = operations.example_file(found.code)
    if drawing is None:
        raise NotFound(N_("ยังไม่มีภาพตัวอย่างของเอกสารชนิดนี้"))
    return send_file(drawing, "image/png")


def _requirement_form(requirement_id: int | None) -> RequirementForm:
    found = operations.requirement(requirement_id) if requirement_id else None
    form = RequirementForm(obj=found)
    offered = [kind for kind in operations.kinds() if kind.code != OTHER]
    form.kinds.choices = [(kind.code, operations.name(kind)) for kind in offered]
    if language.current() == "en":
        form.unit_kinds.choices = [(kind.value, LABELS[kind].long_en) for kind in UnitKind]
    roles = clients.every_role()
    form.role.choices = [(NO_ROLE, _("ทุกสิทธิ์ และผู้ที่ไม่ขอสิทธิ์")), *((str(role.id), role.label) for role in roles)]
    if found and not form.is_submitted():
        form.role.data = str(found.role_id) if found.role_id else NO_ROLE
    return form


@blueprint.get("/evidence-requirements/new")
@requires(Permission.MANAGE_REQUIREMENTS)
def new_requirement() -> ResponseReturnValue:
    """An empty form."""
    return render_template("requirements/requirement.html", form=_requirement_form(None), requirement=None)


@blueprint.post("/evidence-requirements/new")
@requires(Permission.MANAGE_REQUIREMENTS)
def add_requirement() -> ResponseReturnValue:
    """Add the requirement."""
    return _save_requirement(None)


@blueprint.get("/evidence-requirements/<int:requirement_id>")
@requires(Permission.MANAGE_REQUIREMENTS)
def requirement(requirement_id: int) -> ResponseReturnValue:
    """One requirement."""
    form = _requirement_form(requirement_id)
    return render_template(
        "requirements/requirement.html", form=form, requirement=operations.requirement(requirement_id)
    )


@blueprint.post("/evidence-requirements/<int:requirement_id>")
@requires(Permission.MANAGE_REQUIREMENTS)
def change_requirement(requirement_id: int) -> ResponseReturnValue:
    """Change it."""
    return _save_requirement(requirement_id)


def _save_requirement(requirement_id: int | None) -> ResponseReturnValue:
    form = _requirement_form(requirement_id)
    if not form.validate_on_submit():
        found = operations.requirement(requirement_id) if requirement_id else None
        return render_template("requirements/requirement.html", form=form, requirement=found), 422
    role = form.role.data
    answers = RequirementAnswers(
        str(form.name_th.data),
        str(form.name_en.data),
        str(form.asked_of.data),
        list(form.unit_kinds.data or []),
        int(role) if role else None,
        list(form.kinds.data or []),
    )
    operations.save_requirement(requirement_id, answers)
    flash(_("บันทึกข้อกำหนดแล้ว"), "success")
    return redirect(url_for("requirements.index"), 303)


@blueprint.post("/evidence-requirements/<int:requirement_id>/remove")
@requires(Permission.MANAGE_REQUIREMENTS)
def remove_requirement(requirement_id: int) -> ResponseReturnValue:
    """Ask for it no more."""
    operations.remove_requirement(requirement_id)
    flash(_("ลบข้อกำหนดแล้ว"), "success")
    return redirect(url_for("requirements.index"), 303)
