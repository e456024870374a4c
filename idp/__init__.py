"""DLA SSO: the identity provider. `create_app` is the table of contents of the system."""

import logging

from flask import Flask

from idp.config import Settings, from_environment


def create_app(settings: Settings | None = None) -> Flask:
    """Build the provider from settings (the environment's, when none are given)."""
    from idp import commands, health
    from idp.access import viewer
    from idp.accounts import views as own_details
    from idp.appointments import absence_views as absences
    from idp.appointments import request_views as asking
    from idp.appointments import views as appointments
    from idp.approval import bulk_views, canned_reply_views, decision_views, offices, own_mail_views, queue_views
    from idp.approval import views as approval
    from idp.audit import operations as audit
    from idp.client_support import views as client_support
    from idp.clients import change_views, role_views, secret_views
    from idp.clients import views as clients
    from idp.notifications import views as notifications
    from idp.oidc import endpoints as protocol
    from idp.oversight import audit_views
    from idp.oversight import views as oversight
    from idp.portal import account_views as own_account
    from idp.portal import help_views as manual
    from idp.portal import navigation, privacy_views
    from idp.portal import views as portal
    from idp.registration import evidence_views, existing_account_views, status_views, summary
    from idp.registration import thaid_views as registration_by_thaid
    from idp.registration import views as registration
    from idp.requirements import views as requirements
    from idp.search import views as search
    from idp.signin import claim_views as claiming
    from idp.signin import own_email_views as own_email
    from idp.signin import own_password_views as own_password
    from idp.signin import own_session_views as own_signins
    from idp.signin import posting_views as posting
    from idp.signin import recovery_views as recovery
    from idp.signin import thaid_views as thaid_signin
    from idp.signin import views as signin
    from idp.staff import data_views, invitation_views
    from idp.staff import invited_views as invitation
    from idp.staff import own_views as staff_own
    from idp.staff import views as staff
    from idp.thaid import views as thaid
    from idp.units import views as units
    from idp.web import application
    from idp.workdays import views as workdays
    from thai_web import log_format

    log_format.begin("idp")
    logging.getLogger("idp.audit").setLevel(logging.INFO)  # the heads of the audit, too: a log host keeps them
    app = application.build(settings or from_environment())
    # The inversions. Lower floors are told who can name the viewer, who records a refusal, and who decides; at the end
    # the protocol hands `web` the documents that it answers before a view, and the navigation goes into every page.
    viewer.begin(app, signin.name_viewer)
    app.extensions["record_refusal"] = audit.record_refusal
    summary.begin(app, offices.may_decide)

    pages = (
        health,
        units,
        appointments,
        asking,
        absences,
        clients,
        change_views,
        role_views,
        secret_views,
        notifications,
        thaid,
        signin,
        thaid_signin,
        own_details,
        own_email,
        own_password,
        own_signins,
        posting,
        recovery,
        claiming,
        requirements,
        workdays,
        registration,
        evidence_views,
        existing_account_views,
        registration_by_thaid,
        status_views,
        *protocol.ROOMS,
        client_support,
        approval,
        bulk_views,
        canned_reply_views,
        decision_views,
        own_mail_views,
        queue_views,
        staff,
        data_views,
        invitation_views,
        staff_own,
        invitation,
        oversight,
        audit_views,
        search,
        portal,
        own_account,
        privacy_views,
        manual,
    )
    for blueprint in dict.fromkeys(each.blueprint for each in pages):  # several files may share one
        app.register_blueprint(blueprint)
    protocol.begin(app)
    navigation.begin(app)
    commands.begin(app)
    return app
