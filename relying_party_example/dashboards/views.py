"""The first page, each person's home, and the boards."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from relying_party_example.periods import operations as periods
from relying_party_example.periods.models import Period
from relying_party_example.periods.rules import PeriodKey
from relying_party_example.reports import dossier as dossiers
from relying_party_example.reports import overview
from relying_party_example.reports.dossier import Dossier
from relying_party_example.reports.overview import Area
from relying_party_example.reports.rules import State
from relying_party_example.signin.guards import person, requires, signed_in, viewer
from relying_party_example.signin.rules import Person, Role
from relying_party_example.units.rules import DISTRICT_ROUTED, UnitKind
from relying_party_example.web.application import settings
from relying_party_example.web.guards import public
from thai_web import clock
from thai_web.refusal import N_, NotFound

blueprint = Blueprint("dashboards", __name__, template_folder="templates")
LOOKERS = (Role.CERTIFIER, Role.VIEWER, Role.PERIOD_MANAGER)


@blueprint.get("/")
@public("says what INFO is and offers to sign in")
def welcome() -> ResponseReturnValue:
    if viewer() is not None:
        return redirect(url_for(".home"), 303)
    current = periods.current(clock.now())
    return render_template("dashboards/welcome.html", period=current, provider=settings().issuer)


@blueprint.get("/dashboards/")
@signed_in
def home() -> ResponseReturnValue:
    caller = person()
    if not caller.roles or caller.office is None:
        return render_template("dashboards/no_role.html", person=caller)
    current = periods.current(clock.now())
    area = _area(caller)
    looks = current is not None and caller.has(*LOOKERS)
    return render_template(
        "dashboards/home.html",
        person=caller,
        period=current,
        own=_own_report(current, caller),
        today=clock.today(),
        progress=overview.progress(current, area) if current and looks else None,
        waiting=_waiting(current, area) if current and caller.has(Role.CERTIFIER) else 0,
    )


def _own_report(period: Period | None, caller: Person) -> Dossier | None:
    if period is None or caller.office is None or not caller.has(Role.REPORTER):
        return None
    try:
        return dossiers.look_up(period.key, caller.office.code, caller, clock.now())
    except NotFound:  # founded after the window opened: nobody expects a report yet
        return None


def _waiting(period: Period, area: Area) -> int:
    return overview.counts_by_state(period, area)[State.SUBMITTED]


def _area(caller: Person) -> Area:
    """What the person's office looks after."""
    office = caller.office
    if office is None or office.kind is UnitKind.DLA:
        return Area()
    if office.kind is UnitKind.DISTRICT_OFFICE:
        return Area(office.province_code or "", office.district_code or "", DISTRICT_ROUTED)
    return Area(office.province_code or "")


@blueprint.get("/dashboards/board")
@requires(*LOOKERS)
def board() -> ResponseReturnValue:
    current = periods.current(clock.now())
    if current is None:
        return redirect(url_for("periods.index"), 303)
    province = _area(person()).province
    if province is None:
        return redirect(url_for(".country", key=current.key), 303)
    return redirect(url_for(".province", key=current.key, province=province), 303)


@blueprint.get("/dashboards/<period:key>/")
@requires(*LOOKERS)
def country(key: PeriodKey) -> ResponseReturnValue:
    if _area(person()).province is not None:
        raise NotFound(N_("หน้านี้สำหรับส่วนกลาง"), next_step=N_("โปรดเปิดภาพรวมของจังหวัดจากเมนู “ภาพรวม”"))
    period = periods.find(key)
    return render_template(
        "dashboards/country.html",
        period=period,
        periods=periods.opened(clock.now()),
        provinces=overview.progress_by_province(period),
        progress=overview.progress(period, Area()),
        official=overview.official(period, Area()),
    )


@blueprint.get("/dashboards/<period:key>/<province>")
@requires(*LOOKERS)
def province(key: PeriodKey, province: str) -> ResponseReturnValue:
    own, period = _area(person()), periods.find(key)
    districts = overview.districts(period, province)
    if own.province not in (None, province) or not districts:
        raise NotFound(N_("ไม่พบข้อมูลของจังหวัดนี้ในงวดนี้"))
    area = Area(province, own.district or request.args.get("district") or None, own.kinds)
    return render_template(
        "dashboards/province.html",
        period=period,
        area=area,
        name=overview.province_name(period, province),
        page=overview.page_of_units(period, area),
        districts=[] if own.district else districts,
        progress=overview.progress(period, area),
        official=overview.official(period, area),
    )
