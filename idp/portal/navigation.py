"""The layout's navigation: what the viewer can reach, and how much waits for them there."""

from collections.abc import Iterator

from flask import Flask, request, url_for
from flask_babel import gettext as _

from idp.access import viewer
from idp.access.rules import Permission, Viewer
from idp.appointments import requests
from idp.approval import queue
from idp.clients.read_access import owns_any
from idp.portal import manual
from idp.units import operations as units
from idp.units.rules import UnitKind
from thai_web.menu import Entry, Folded

# Pages that stand in the room of another entry.
ROOMS = {"asking": "appointments", "clients": "client_support"}
OFFICES_ABOVE = {UnitKind.DLA, UnitKind.PROVINCIAL_OFFICE, UnitKind.DISTRICT_OFFICE}


def begin(app: Flask) -> None:
    """Hand the navigation to every page."""
    app.context_processor(_navigation)


def _navigation() -> dict[str, object]:
    person = viewer.current()
    return {
        "navigation": list(_daily(person)) if person else [],
        "more": Folded(_("จัดการระบบ"), list(_rarer(person)) if person else []),
        "person_links": [(_("บัญชีของฉัน"), url_for("account.index"))] if person else [],
        "search_url": url_for("search.index") if person and person.may(Permission.READ_APPOINTMENTS) else None,
        "sign_out_url": url_for("signin.sign_out"),
        "home_url": url_for("portal.front"),
        "help_url": url_for("help.page", slug=manual.START),
        "foot_links": [
            (_("ความเป็นส่วนตัว"), url_for("privacy.notice")),
            (_("การเข้าถึงเว็บไซต์"), url_for("portal.accessibility")),
        ],
    }


def _daily(person: Viewer) -> Iterator[Entry]:
    """At most five words, of daily work."""
    yield _entry(_("หน้าแรก"), "portal.home")
    # A case's own pages count nothing: what else waits would cost them a third more statements.
    counts = request.endpoint == "approval.index" or not (request.endpoint or "").startswith("approval.")
    if person.may(Permission.DECIDE_REGISTRATIONS):
        yield _entry(_("คำขอ"), "approval.index", queue.number_waiting(person) if counts else 0)
    if person.may(Permission.HELP_PEOPLE):
        yield _entry(_("บุคลากร"), "staff.index")
    if person.may(Permission.READ_APPOINTMENTS):
        waiting = len(requests.waiting_for(person)) if counts and person.may(Permission.APPOINT) else 0
        yield _entry(_("การมอบหมาย"), "appointments.index", waiting)
        if any(units.get(held.unit_id).kind in OFFICES_ABOVE for held in person.holdings):
            yield _entry(_("ภาพรวม"), "oversight.index")


def _rarer(person: Viewer) -> Iterator[Entry]:
    if person.may(Permission.READ_AUDIT):
        yield _entry(_("บันทึกการตรวจสอบ"), "audit.index")
    if person.holdings and owns_any(person):
        yield _entry(_("ระบบที่เชื่อมโยง"), "client_support.clients")
    if person.may(Permission.MANAGE_REQUIREMENTS):
        yield _entry(_("เอกสารหลักฐาน"), "requirements.index")
    if person.may(Permission.MANAGE_HOLIDAYS):
        yield _entry(_("วันหยุดราชการ"), "workdays.index")
    if person.may(Permission.READ_MAIL_TEMPLATES):
        yield _entry(_("อีเมลที่ระบบส่ง"), "notifications.index")


def _entry(text: str, endpoint: str, waiting: int = 0) -> Entry:
    room = (request.endpoint or "").partition(".")[0]
    return Entry(text, url_for(endpoint), endpoint.partition(".")[0] == ROOMS.get(room, room), waiting)
