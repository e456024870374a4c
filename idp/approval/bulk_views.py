"""Deciding several cases at once, with a result for each."""

import re

from flask import render_template, request
from flask.typing import ResponseReturnValue

from idp.access import viewer
from idp.access.guards import requires
from idp.access.rules import Permission
from idp.approval import bulk, reasons
from idp.approval import filters as addresses
from idp.approval.bulk import Picked
from idp.approval.forms import BulkForm
from idp.approval.operations import Verdict
from idp.approval.queue import Desk, listed_by_reference
from idp.approval.reasons import Outcome
from idp.approval.view_parts import back, blueprint
from idp.registration.rules import read_version
from thai_web.messages import say

PICKED = re.compile("(R[0-9A-Z]{10}):([0-9]{1,9})")


def _picked(values: list[str]) -> list[Picked]:
    found = [PICKED.fullmatch(value) for value in values[: bulk.MOST]]
    return [Picked(each[1], read_version(each[2])) for each in found if each]


@blueprint.get("/approvals/bulk")
@requires(Permission.DECIDE_REGISTRATIONS)
def pick() -> ResponseReturnValue:
    """Which were picked, and what shall become of them?"""
    return _bulk(_picked(request.args.getlist("case")), BulkForm(formdata=None))


def _bulk(picked: list[Picked], form: BulkForm) -> str:
    desk = Desk(viewer.required())
    rows = listed_by_reference(desk, [each.reference for each in picked])
    versions = {each.reference: each.version for each in picked}
    return render_template(
        "approval/bulk.html",
        rows=rows,
        versions=versions,
        form=form,
        back=back(),
        query=addresses.parse(request.args).query(),
    )


@blueprint.post("/approvals/bulk")
@requires(Permission.DECIDE_REGISTRATIONS)
def decide_picked() -> ResponseReturnValue:
    """Decide each by itself and tell each result."""
    picked, form = _picked(request.form.getlist("case")), BulkForm()
    if form.validate_on_submit() and picked:
        verdict = Verdict(
            Outcome(form.outcome.data),
            form.reason.data or "",
            0,
            (),
            form.reason_code.data or "",
            form.mail_text.data or "",
        )
        faults = reasons.faults(verdict.outcome, verdict.reason, verdict.reason_code, verdict.mail_text)
        form.blame(faults)
        if not faults:
            results = bulk.decide_each(viewer.required(), picked, verdict)
            told = [(each.picked.reference, each.name, say(each.refusal) if each.refusal else "") for each in results]
            return render_template("approval/results.html", results=told, outcome=verdict.outcome, back=back())
    return _bulk(picked, form), 422
