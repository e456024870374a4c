"""The lists of cases, and the ones kept under a name."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from idp.access import viewer
from idp.access.guards import requires
from idp.access.rules import Permission
from idp.approval import filters as addresses
from idp.approval import queue, reviewing
from idp.approval.filters import Filters
from idp.approval.forms import SavedViewForm
from idp.approval.queue import Counts, Desk
from idp.approval.view_parts import blueprint
from idp.notifications.operations import undelivered
from idp.units.models import Unit
from idp.units.rules import full_name
from idp.web.requests import page_number
from thai_web import language


@blueprint.get("/approvals")
@requires(Permission.DECIDE_REGISTRATIONS)
def index() -> ResponseReturnValue:
    """The queue, as its address filters it."""
    filters = addresses.parse(request.args)
    if any(map(addresses.is_national_id, request.args.get("q", "").split())):
        flash(_("อย่าค้นหาด้วยเลขประจำตัวประชาชน ระบบไม่ค้นให้ โปรดใช้ชื่อหรือเลขที่คำขอ"), "warning")
        return redirect(url_for("approval.index", **filters.query()), 303)
    return _index(filters, SavedViewForm())


def _index(filters: Filters, form: SavedViewForm) -> str:
    desk, page = Desk(viewer.required()), page_number()
    rows, has_more = queue.listed(desk, filters, page)
    counts = queue.counts(desk, filters)
    decided = queue.decided(desk) if not filters.query() and page == 1 else []
    return render_template(
        "approval/index.html",
        filters=filters,
        rows=rows,
        page=page,
        has_more=has_more,
        form=form,
        first=(page - 1) * queue.PER_PAGE + 1,
        total=counts.by_choice.get(("show", filters.show)),
        facets=_facets(filters, counts),
        shows=_shows(filters, counts),
        decided=decided,
        undelivered=undelivered("registration", [row.case.id for row in [*rows, *decided]]),
        views=queue.saved_views(viewer.required().account_id),
        offices=_offices(rows),
        claims=reviewing.of([row.case.id for row in rows]),
    )


def _shows(filters: Filters, counts: Counts) -> list[tuple[str, str, int | None, bool]]:
    """The five lists: name, address, number where something waits, whether it is open now."""
    return [
        (
            _(name),
            url_for("approval.index", **filters.to("show", show).query()),
            counts.by_choice.get(("show", show)),
            show == filters.show,
        )
        for show, name in addresses.FACETS["show"].items()
    ]


def _facets(filters: Filters, counts: Counts) -> list[dict[str, Any]]:
    """Every filter with its choices: text, number, address that adds it or, where it is chosen, takes it away."""
    choices = {
        name: [(value, _(text), counts.by_choice[name, value]) for value, text in values.items()]
        for name, values in addresses.FACETS.items()
        if name != "show"
    }
    choices["unit"] = [(unit.code, full_name(unit, language.current()), number) for unit, number in counts.units]
    choices["role"] = [(str(role.id), role.label, number) for role, number in counts.roles]
    return [
        {
            "name": _(addresses.FACET_NAMES[facet]),
            "choices": [
                (
                    text,
                    number if filters.is_open else None,
                    chosen,
                    url_for("approval.index", **filters.to(facet, "" if chosen else value).query()),
                )
                for value, text, number in offered
                for chosen in (filters.chosen.get(facet) == value,)
                if number or chosen
            ],
        }
        for facet, offered in choices.items()
    ]


def _offices(rows: list[queue.Row]) -> dict[int, Unit]:
    return queue.offices({office.unit_id for row in rows for office in row.deciders})


@blueprint.post("/approvals/views")
@requires(Permission.DECIDE_REGISTRATIONS)
def save_view() -> ResponseReturnValue:
    """Keep the list that is open under a name."""
    filters, form = addresses.parse(request.args), SavedViewForm()
    if form.validate_on_submit():
        with form.showing_refusals("name"):
            queue.save_view(viewer.required().account_id, str(form.name.data), filters)
            flash(_("บันทึกมุมมอง “%(name)s” แล้ว", name=form.name.data), "success")
            return redirect(url_for("approval.index", **filters.query()), 303)
    return _index(filters, form), 422


@blueprint.post("/approvals/views/<int:view_id>/forget")
@requires(Permission.DECIDE_REGISTRATIONS)
def forget_view(view_id: int) -> ResponseReturnValue:
    """Delete one of one's own."""
    queue.forget_view(viewer.required().account_id, view_id)
    return redirect(url_for("approval.index", **addresses.parse(request.args).query()), 303)
