"""The menu of the person who is looking, and their way back to the provider's portal."""

from flask import Flask, request, url_for
from flask_babel import gettext as _

from relying_party_example.signin.guards import viewer
from relying_party_example.signin.rules import Role
from relying_party_example.web.application import settings
from thai_web.menu import Entry


def begin(app: Flask) -> None:
    """Give the layout its menu and its sign-out address."""
    app.context_processor(
        lambda: {
            "navigation": _menu(),
            "sign_out_url": "/signin/sign-out",
            "portal": (_("ระบบของฉันใน SSO"), f"{settings().issuer}/") if viewer() else None,
            "foot_links": [(_("การเข้าถึงเว็บไซต์"), url_for("frame.accessibility"))],
        }
    )


def _menu() -> list[Entry]:
    person = viewer()
    if person is None:
        return []
    items = [(_("หน้าแรก"), "dashboards.home")]
    if person.has(Role.REPORTER):
        items.append((_("รายงานของหน่วยงาน"), "reports.index"))
    if person.has(Role.CERTIFIER):
        items.append((_("ตรวจและรับรอง"), "certification.current"))
    if person.has(Role.CERTIFIER, Role.VIEWER, Role.PERIOD_MANAGER):
        items.append((_("ภาพรวม"), "dashboards.board"))
    items.append((_("งวดรายงาน"), "periods.index"))
    room = request.blueprint
    return [Entry(text, url_for(endpoint), _is_here(room, endpoint)) for text, endpoint in items]


def _is_here(room: str | None, endpoint: str) -> bool:
    if room == "dashboards":  # two items of the menu lie in this room
        return (request.endpoint == "dashboards.home") == (endpoint == "dashboards.home") and endpoint.startswith(room)
    return endpoint.startswith(f"{room}.")
