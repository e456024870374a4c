"""The menu of the person who is looking."""

from flask import Flask, request, url_for
from flask_babel import gettext as _

from relying_party_example.signin.guards import viewer
from relying_party_example.signin.rules import Role


def begin(app: Flask) -> None:
    """Give the layout its menu and its sign-out address."""
    app.context_processor(lambda: {"navigation": _menu(), "sign_out_url": "/signin/sign-out"})


def _menu() -> list[tuple[str, str, bool]]:
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
    return [(text, url_for(endpoint), _is_here(room, endpoint)) for text, endpoint in items]


def _is_here(room: str | None, endpoint: str) -> bool:
    if room == "dashboards":  # two items of the menu lie in this room
        return (request.endpoint == "dashboards.home") == (endpoint == "dashboards.home") and endpoint.startswith(room)
    return endpoint.startswith(f"{room}.")
