"""The layout's navigation: what the viewer can reach."""

from flask import Flask, request, url_for
from flask_babel import gettext as _

from idp.access import viewer
from idp.access.rules import Permission
from idp.clients.read_access import owns_any
from idp.portal import manual

# Pages that stand in the room of another entry.
ROOMS = {"asking": "appointments", "clients": "client_support"}


def begin(app: Flask) -> None:
    """Hand the navigation to every page."""
    app.context_processor(_navigation)


def _navigation() -> dict[str, object]:
    person = viewer.current()
    items = [(_("ระบบของฉัน"), "portal.home")] if person else []
    if person and person.may(Permission.DECIDE_REGISTRATIONS):
        items.append((_("คำขอ"), "approval.index"))
    if person and person.may(Permission.HELP_PEOPLE):
        items.append((_("บุคลากร"), "staff.index"))
    if person and person.may(Permission.READ_APPOINTMENTS):
        items.append((_("การมอบหมาย"), "appointments.index"))
    if person and person.may(Permission.READ_APPOINTMENTS):
        items.append((_("ภาพรวม"), "oversight.index"))
    if person and person.may(Permission.READ_AUDIT):
        items.append((_("บันทึกการตรวจสอบ"), "audit.index"))
    if person and person.holdings and owns_any(person):
        items.append((_("ระบบที่เชื่อมโยง"), "client_support.clients"))
    if person and person.may(Permission.MANAGE_REQUIREMENTS):
        items.append((_("เอกสารหลักฐาน"), "requirements.index"))
    if person and person.may(Permission.MANAGE_HOLIDAYS):
        items.append((_("วันหยุดราชการ"), "workdays.index"))
    if person and person.may(Permission.READ_MAIL_TEMPLATES):
        items.append((_("อีเมลที่ระบบส่ง"), "notifications.index"))
    room = (request.endpoint or "").partition(".")[0]
    room = ROOMS.get(room, room)
    return {
        "navigation": [(text, url_for(endpoint), endpoint.partition(".")[0] == room) for text, endpoint in items],
        "sign_out_url": url_for("signin.sign_out"),
        "home_url": url_for("portal.front"),
        "help_url": url_for("help.page", slug=manual.START),
    }
