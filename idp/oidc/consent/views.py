"""/consent: may this client be told?"""

from authlib.oauth2.rfc6749 import AccessDeniedError, OAuth2Error
from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from idp.access import viewer
from idp.access.guards import signed_in
from idp.clients.names import Named
from idp.oidc import server
from idp.oidc.authorize import flow
from idp.oidc.consent import operations, summary
from idp.oidc.responses import with_query
from idp.units import operations as units

blueprint = Blueprint("consent", __name__, template_folder="templates")


@blueprint.get("/consent")
@signed_in
def consent() -> ResponseReturnValue:
    """Ask whether a system may be told."""
    try:
        grant = flow.validated()
    except OAuth2Error as error:
        return server.current().server.handle_error_response(None, error)
    person, scopes = viewer.required(), flow.scopes_to_agree(grant)
    rows, unknown = summary.lines(scopes, summary.facts(grant.client.id, person.account_id, person.posting_id))
    return render_template(
        "consent/consent.html",
        client=grant.client,
        system=Named(grant.client.name_th, grant.client.name_en),
        owner=units.get(grant.client.owner_unit_id),
        rows=rows,
        unknown=unknown,
        offline="offline_access" in scopes,
        action=with_query(url_for(".decide"), request.args.items(multi=True)),
    )


@blueprint.post("/consent")
@signed_in
def decide() -> ResponseReturnValue:
    """Keep a yes together with what it allows, in one transaction; take a no to the system.

    The yes counts for this call alone: the same address asks again once it was taken back. It is the yes of whoever
    read the page: another person who signed in since, in another tab, is stopped by the guard.
    """
    person = viewer.required()
    try:
        grant = flow.validated()
    except OAuth2Error as error:
        return server.current().server.handle_error_response(None, error)
    if request.form.get("decision") != "allow":
        return flow.refuse(grant, AccessDeniedError())
    operations.remember_consent(person.account_id, grant.client, flow.scopes_to_agree(grant))
    return flow.go_on(grant, list(request.args.items(multi=True)), agreed=True)
