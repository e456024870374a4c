"""The overview of the units below: level by level, narrowed, as an Excel file."""

from io import BytesIO

from flask import Blueprint, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from idp.access import viewer
from idp.access.guards import requires
from idp.access.rules import Permission
from idp.appointments import read_access
from idp.database import will_write
from idp.oversight import rules, scope
from idp.oversight.overview import PER_PAGE, Territory
from idp.oversight.rules import Filters
from idp.oversight.spreadsheet import workbook
from idp.units import operations as units
from idp.units.models import Unit
from idp.units.rules import UnitKind, full_name
from idp.web.requests import page_number
from thai_web import clock, language

blueprint = Blueprint("oversight", __name__, template_folder="templates")
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.get("/oversight")
@requires(Permission.READ_APPOINTMENTS)
def index() -> ResponseReturnValue:
    """The overview of the viewer's own office."""
    top = scope.tops(viewer.required(), Permission.READ_APPOINTMENTS)[0]
    return redirect(url_for("oversight.unit", code=top.code, **rules.parse(request.args).query()), 303)


@blueprint.get("/oversight/units/<string:code>")
@requires(Permission.READ_APPOINTMENTS)
def unit(code: str) -> ResponseReturnValue:
    """An office and the units below it."""
    found, filters, page = _found(code), rules.parse(request.args), page_number()
    territory = Territory(found)
    chosen = territory.chosen(filters)
    shown = dict(list(chosen.items())[(page - 1) * PER_PAGE : page * PER_PAGE])
    total = territory.total()
    return render_template(
        "oversight/overview.html",
        unit=found,
        filters=filters,
        rows=territory.rows(shown, filters),
        total=total,
        page=page,
        found=len(chosen),
        first=(page - 1) * PER_PAGE + 1,
        has_more=len(chosen) > page * PER_PAGE,
        long_ago=clock.now() - rules.LONG,
        others=_others(found),
        **_choices(found, filters),
    )


@blueprint.get("/oversight/units/<string:code>/excel")
@requires(Permission.READ_APPOINTMENTS)
def excel(code: str) -> ResponseReturnValue:
    """The same list as a file, with all its rows."""
    found, filters = _found(code), rules.parse(request.args)
    territory = Territory(found)
    rows = territory.rows(territory.chosen(filters), filters)
    title = f"{full_name(found, language.current())} · {_(rules.SHOWS[filters.show])}"
    file = BytesIO(workbook(rows, title, clock.now()))
    return send_file(file, EXCEL, as_attachment=True, download_name=f"oversight-{found.code}-{clock.today()}.xlsx")


def _found(code: str) -> Unit:
    """The unit, if it is the viewer's to look over; that an auditor looked is noted."""
    person = viewer.required()
    found = scope.unit_within(person, Permission.READ_APPOINTMENTS, code)
    if read_access.auditing(person, found.id) is not None:
        will_write()
        found = scope.unit_within(person, Permission.READ_APPOINTMENTS, code)
        read_access.note(person, found.id, request.path)
    return found


def _others(found: Unit) -> list[Unit]:
    """The viewer's other offices, where they hold powers at several."""
    return [each for each in scope.tops(viewer.required(), Permission.READ_APPOINTMENTS) if each.id != found.id]


def _choices(found: Unit, filters: Filters) -> dict[str, object]:
    """The lists and the path down to this office, beginning where the viewer's own reach begins."""
    own = {each.id for each in scope.tops(viewer.required(), Permission.READ_APPOINTMENTS)}
    path = [found]
    for office in units.chain(found)[1:]:
        if path[-1].id in own:
            break
        path.append(office)
    shows = [
        (_(name), url_for("oversight.unit", code=found.code, **filters.query(show=show)), show == filters.show)
        for show, name in rules.SHOWS.items()
    ]
    return {"shows": shows, "path": path[::-1], "kinds": [kind.value for kind in UnitKind]}
