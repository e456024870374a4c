"""The way over ThaID within a registration: there, and back to the question that it answers."""

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from idp.access.guards import public
from idp.registration import answers, applicant_cookie
from idp.registration.rules import Step
from idp.registration.view_parts import WHY_PUBLIC, blueprint
from idp.thaid import browser as thaid
from idp.thaid.rules import Intent
from idp.throttle import operations as throttle


@blueprint.post("/register/thaid")
@public(WHY_PUBLIC)
def to_thaid() -> ResponseReturnValue:
    """Off to ThaID for this very registration."""
    throttle.admit("thaid.begun", request.remote_addr)
    return thaid.depart(Intent.REGISTER, "/register/thaid", applicant_cookie.editable(Step.PERSON).id)


@blueprint.post("/register/thaid/forget")
@public(WHY_PUBLIC)
def forget_thaid() -> ResponseReturnValue:
    """Not me: ThaID proved whoever sat here before."""
    answers.forget_proof(applicant_cookie.editable(Step.PERSON).id)
    return redirect(url_for("registration.person"), 303)


@blueprint.get("/register/thaid")
@public(WHY_PUBLIC)
def from_thaid() -> ResponseReturnValue:
    """Back from ThaID: name and number are answered and proven."""
    registration_id = applicant_cookie.editable(Step.PERSON).id
    identity = thaid.arrive(Intent.REGISTER, registration_id)
    answers.prove_person(registration_id, identity, applicant_cookie.secret())
    return redirect(url_for("registration.person"), 303)
