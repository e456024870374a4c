"""The audit viewer: the list, one event, one case, and a file that proves itself."""

from flask import Blueprint, Response, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import and_

from idp.access import viewer
from idp.access.guards import requires, signed_in
from idp.access.rules import Permission
from idp.appointments import operations as appointments
from idp.appointments import read_access
from idp.approval.view_parts import case_of
from idp.audit import excerpt
from idp.audit.catalogue import CATALOGUE
from idp.database import will_write
from idp.oversight import audit_filters, audit_list, case_summary, event_texts
from idp.oversight.audit_filters import Inquiry
from idp.registration import evidence_access
from idp.web.application import key_files, settings
from thai_web import clock
from thai_web.refusal import N_, NotFound

blueprint = Blueprint("audit", __name__, template_folder="templates")
blueprint.add_app_template_filter(event_texts.event_name, "event_name")


def _asked() -> Inquiry:
    """The question of the address; reading is recorded, so this request writes."""
    will_write()
    return audit_filters.parse(request.args)


def _path(name: str, asked: Inquiry) -> str:
    """What was read, for the record: the question without names."""
    return f"{name}?" + "&".join(f"{key}={value}" for key, value in asked.query().items())


@blueprint.get("/audit")
@requires(Permission.READ_AUDIT)
def index() -> ResponseReturnValue:
    """The events of the viewer's units, newest first."""
    asked, person = _asked(), viewer.required()
    before = request.args.get("before", type=int)
    for name in asked.unread:
        label = _("ตั้งแต่วันที่") if name == "since" else _("ถึงวันที่")
        flash(_("อ่านวันที่ในช่อง “%(field)s” ไม่ได้ โปรดใช้รูปแบบ 25/11/2569", field=label), "warning")
    rows, has_more = audit_list.listed(person, asked, before if before and 0 < before < 2**63 else None)
    audit_list.note(person, _path("audit", asked))
    return render_template(
        "oversight/audit.html",
        asked=asked,
        rows=rows,
        has_more=has_more,
        before=before,
        actor=event_texts.actor,
        choices=_choices(),
    )


def _choices() -> list[tuple[str, str, list[tuple[str, str]]]]:
    """Every group of events with its events, in words."""
    return [
        (
            group,
            _(event_texts.GROUP_NAMES.get(group, group)),
            [(name, event_texts.event_name(name)) for name in CATALOGUE if name.startswith(f"{group}.")],
        )
        for group in audit_filters.GROUPS
    ]


@blueprint.get("/audit/events/<int:event_id>")
@requires(Permission.READ_AUDIT)
def event(event_id: int) -> ResponseReturnValue:
    """One event: its facts in words, and the authority under which it was done."""
    will_write()
    person = viewer.required()
    row = audit_list.find(person, event_id)
    audit_list.note(person, f"audit/events/{event_id}")
    return render_template(
        "oversight/event.html",
        row=row,
        facts=event_texts.facts(row.event.facts),
        actor=event_texts.actor,
        authority=read_access.authority(row.event.appointment_id, person),
        case=case_summary.of_event(row.event),
    )


@blueprint.get("/audit/export")
@requires(Permission.READ_AUDIT)
def export() -> ResponseReturnValue:
    """The events of a question as a piece of the chain, for `idp audit verify`."""
    asked, person = _asked(), viewer.required()
    about: dict[str, object] = {
        "issuer": settings().issuer,
        "made_at": clock.now().isoformat(),
        "by": person.name,
        "account": person.account_id,
        "filters": asked.query(),
    }
    shown = and_(audit_list.within(person), *audit_list.fits(asked))
    body = "".join(excerpt.write(shown, about, key_files().audit))
    audit_list.note(person, _path("audit/export", asked))
    response = Response(body, mimetype="application/jsonl")
    response.headers["Content-Disposition"] = f'attachment; filename="audit-{clock.today()}.jsonl"'
    return response


@blueprint.get("/audit/cases/<string:reference>")
@requires(Permission.READ_AUDIT)
def case(reference: str) -> ResponseReturnValue:
    """A case for the auditor: what was decided under which letter, and who opened its documents."""
    will_write()
    person = viewer.required()
    summary = case_summary.find(person, reference)
    audit_list.note(person, f"audit/cases/{summary.case.reference}")
    return render_template("oversight/case.html", summary=summary)


@blueprint.get("/approvals/<string:reference>/opened")
@requires(Permission.DECIDE_REGISTRATIONS)
def opened(reference: str) -> ResponseReturnValue:
    """Who opened a case's documents, for whoever may decide it."""
    found = case_of(reference)
    return render_template(
        "oversight/opened.html",
        looks=evidence_access.of(found.id),
        title=found.reference,
        purpose=_("พิจารณาคำขอ %(reference)s", reference=found.reference),
        back=url_for("approval.dossier", reference=found.reference),
    )


@blueprint.get("/appointments/<int:appointment_id>/opened")
@signed_in
def letter_opened(appointment_id: int) -> ResponseReturnValue:
    """Who opened the letter of an appointment, for whoever may read it: its holder, too."""
    found = appointments.get(appointment_id)
    if not read_access.may_read(viewer.required(), found):
        raise NotFound(N_("ไม่พบการมอบหมายนี้"))
    return render_template(
        "oversight/opened.html",
        looks=evidence_access.of_letter(found.id),
        title=found.letter_number or "",
        purpose=_("ดูอำนาจตามหนังสือ %(number)s", number=found.letter_number),
        back=url_for("appointments.show", appointment_id=found.id),
    )
