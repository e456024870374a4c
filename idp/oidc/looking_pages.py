"""Choosing a person, then what a system would be told about her, or why she cannot get in; each look is on record."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from idp import clock
from idp.access.guards import requires
from idp.access.rules import Permission
from idp.accounts import operations as accounts
from idp.accounts.models import Account
from idp.clients import changing
from idp.database import db
from idp.oidc import entrance, looking
from idp.units import operations as units

blueprint = Blueprint("looking", __name__, template_folder="templates")
RESULTS = 20
LARGEST = 2**31 - 1


def _choice(client_key: int, error: str = "") -> str:
    query, unit = request.args.get("q", "")[:100], units.find(request.args.get("unit", "")[:20])
    found = units.search(query, RESULTS)
    return render_template(
        "oidc/looking.html", client=changing.get(client_key), query=query, unit=unit, error=error,
        found=found, alternatives=units.alternatives(query) if not found else [],
        typed=request.form.get("username", "")[:80],
        people=accounts.people_of(unit.id, clock.today()) if unit else [],
    )  # fmt: skip


@blueprint.get("/clients/<int:client_key>/people")
@requires(Permission.MANAGE_CLIENTS)
def choose(client_key: int) -> ResponseReturnValue:
    """Whom, by username or from a unit."""
    return _choice(client_key)


def _chosen() -> Account | None:
    key = request.form.get("account", type=int)
    if key is not None:
        return db.session.get(Account, key) if 0 < key <= LARGEST else None
    typed = request.form.get("username", "")[:80]
    return accounts.find_by_username(typed) if typed.strip() else None


@blueprint.post("/clients/<int:client_key>/told")
@requires(Permission.MANAGE_CLIENTS)
def told(client_key: int) -> ResponseReturnValue:
    """What would this client be told about this person?"""
    client, account = changing.get(client_key), _chosen()
    if account is None:
        return _choice(client_key, _("ไม่พบผู้ใช้นี้ ตรวจชื่อผู้ใช้ หรือเลือกจากหน่วยงาน")), 422
    looking.note(client, account, "claims")
    return render_template("oidc/looking_told.html", client=client, person=account, rows=looking.told(client, account))


@blueprint.post("/clients/<int:client_key>/entrance")
@requires(Permission.MANAGE_CLIENTS)
def why_not(client_key: int) -> ResponseReturnValue:
    """Why can this person not get in?"""
    client, account = changing.get(client_key), _chosen()
    if account is None:
        return _choice(client_key, _("ไม่พบผู้ใช้นี้ ตรวจชื่อผู้ใช้ หรือเลือกจากหน่วยงาน")), 422
    looking.note(client, account, "entrance")
    found = entrance.findings(looking.facts(client, account))
    return render_template(
        "oidc/looking_entrance.html", client=client, person=account, found=found, stops=entrance.verdict(found)
    )
