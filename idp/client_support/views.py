"""The list of clients; what a client would be told of a person, or why they cannot get in, each look on record; and
what became of the logouts that a client was told of."""

import re
from urllib.parse import urlsplit

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from idp.access import viewer
from idp.access.guards import requires
from idp.access.rules import Permission
from idp.accounts import operations as accounts
from idp.accounts.models import Account
from idp.client_support import access_checks, client_list, operations
from idp.client_support.client_list import SHOWN_NAMES, Shown
from idp.clients import admin_operations
from idp.clients.read_access import readable
from idp.database import db
from idp.oidc.logout import backchannel
from idp.outbound import NOT_PUBLIC
from idp.outbox import DeliveryState
from idp.units import operations as units
from idp.web.requests import page_number
from thai_web import clock
from thai_web.refusal import N_

blueprint = Blueprint("client_support", __name__, template_folder="templates")
RESULTS = 20
LARGEST = 2**31 - 1
DELIVERY_STATE_NAMES: dict[str, str] = {
    DeliveryState.QUEUED: N_("รอแจ้ง"),
    DeliveryState.SENDING: N_("กำลังแจ้ง"),
    DeliveryState.DONE: N_("แจ้งแล้ว"),
    DeliveryState.FAILED: N_("แจ้งไม่สำเร็จ"),
}


@blueprint.app_template_filter("delivery_state")
def delivery_state(state: str) -> str:
    """Where a delivery stands, in the reader's language."""
    return _(DELIVERY_STATE_NAMES[state])


# What `backchannel` keeps of a delivery that failed, and what it means.
DELIVERY_RESULTS = (
    (r"answered (\d+)", N_("ปลายทางตอบด้วยรหัส %(what)s")),
    (r"too slow|is slow", N_("ปลายทางตอบช้าเกินไป")),
    (r"does not resolve", N_("ไม่พบที่อยู่ของปลายทาง (DNS)")),
    (re.escape(NOT_PUBLIC), N_("ปลายทางอยู่ในเครือข่ายภายใน ระบบกลางจึงไม่เรียก")),
    (r"did not answer", N_("ปลายทางไม่ตอบ")),
    (r"too large", N_("คำตอบของปลายทางใหญ่เกินไป")),
)


@blueprint.app_template_filter("delivery_result")
def delivery_result(result: str) -> str:
    """Why a delivery failed, in the reader's language; what has no sentence of its own as it was kept."""
    for pattern, sentence in DELIVERY_RESULTS:
        if found := re.search(pattern, result):
            return _(sentence) % {"what": found[1] if found.groups() else ""}
    return result


@blueprint.get("/clients")
@requires(Permission.READ_CLIENTS)
def clients() -> ResponseReturnValue:
    """Returns the list: every client for DLA, the unit's own for its SSO admin; found by name, owner or state."""
    person, asked = viewer.required(), request.args.get("show", "")
    text = request.args.get("q", "")[: client_list.LONGEST_SEARCH]
    shown = Shown(asked) if asked in list(Shown) else Shown.ALL
    return render_template(
        "client_support/clients.html",
        page=client_list.found(person, text, shown, page_number()),
        query=text,
        shown=shown,
        names=SHOWN_NAMES,
        may_manage=person.may(Permission.MANAGE_CLIENTS),
    )


@blueprint.get("/clients/<int:client_pk>/people")
@requires(Permission.MANAGE_CLIENTS)
def choose_person(client_pk: int) -> ResponseReturnValue:
    """Returns the page on which a person is named, by username or from a unit."""
    return _choice(client_pk)


def _choice(client_pk: int, error: str = "") -> str:
    query, unit = request.args.get("q", "")[:100], units.find(request.args.get("unit", "")[:20])
    found = units.search(query, RESULTS)
    return render_template(
        "client_support/choose_person.html",
        client=admin_operations.get(client_pk),
        query=query,
        unit=unit,
        error=error,
        found=found,
        alternatives=units.alternatives(query) if not found else [],
        typed=request.form.get("username", "")[:80],
        people=accounts.people_of(unit.id, clock.today()) if unit else [],
    )


def _chosen() -> Account | None:
    key = request.form.get("account", type=int)
    if key is not None:
        return db.session.get(Account, key) if 0 < key <= LARGEST else None
    typed = request.form.get("username", "")[:80]
    return accounts.find_by_username(typed) if typed.strip() else None


@blueprint.post("/clients/<int:client_pk>/told")
@requires(Permission.MANAGE_CLIENTS)
def preview_claims(client_pk: int) -> ResponseReturnValue:
    """Returns what the client would be told of the person."""
    client, account = admin_operations.get(client_pk), _chosen()
    if account is None:
        return _choice(client_pk, _("ไม่พบผู้ใช้นี้ โปรดตรวจสอบชื่อผู้ใช้ หรือเลือกจากหน่วยงาน")), 422
    operations.record_look(client, account, "claims")
    rows = operations.preview_claims(client, account)
    return render_template("client_support/claims_preview.html", client=client, person=account, rows=rows)


@blueprint.post("/clients/<int:client_pk>/entrance")
@requires(Permission.MANAGE_CLIENTS)
def check_access(client_pk: int) -> ResponseReturnValue:
    """Returns what lets the person into the client's system and what keeps them out."""
    client, account = admin_operations.get(client_pk), _chosen()
    if account is None:
        return _choice(client_pk, _("ไม่พบผู้ใช้นี้ โปรดตรวจสอบชื่อผู้ใช้ หรือเลือกจากหน่วยงาน")), 422
    operations.record_look(client, account, "entrance")
    found = access_checks.findings(operations.facts(client, account))
    return render_template(
        "client_support/access_checks.html",
        client=client,
        person=account,
        found=found,
        stops=access_checks.verdict(found),
    )


@blueprint.get("/clients/<int:client_pk>/logouts")
@requires(Permission.READ_CLIENTS)
def logout_deliveries(client_pk: int) -> ResponseReturnValue:
    """Returns how many are in each state, and the newest with their results; whose sessions they were is not told."""
    client = readable(viewer.required(), client_pk)
    rows = backchannel.newest(client.id)
    is_inside = any(NOT_PUBLIC in row.result for row in rows if row.state != DeliveryState.DONE)
    host = urlsplit(client.backchannel_logout_uri or "").hostname if is_inside else None
    return render_template(
        "client_support/logout_deliveries.html",
        client=client,
        counts=backchannel.counts(client.id),
        rows=rows,
        inside_host=host,
    )
