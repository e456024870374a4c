"""Every mail, to be read before anybody gets it."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from idp.access.guards import requires
from idp.access.rules import Permission
from idp.notifications.catalogue import BY_SLUG, BY_TEMPLATE, MAILS
from idp.notifications.rendering import render
from thai_web.refusal import N_, NotFound

blueprint = Blueprint("notifications", __name__, template_folder="templates")


@blueprint.app_template_filter("mail_name")
def mail_name(template: str) -> str:
    """What a mail is called, in the reader's language."""
    known = BY_TEMPLATE.get(template)
    return _(known.name) if known else template


@blueprint.get("/mails")
@requires(Permission.READ_MAIL_TEMPLATES)
def index() -> ResponseReturnValue:
    """The list."""
    return render_template("notifications/index.html", mails=MAILS)


@blueprint.get("/mails/<string:slug>")
@requires(Permission.READ_MAIL_TEMPLATES)
def preview(slug: str) -> ResponseReturnValue:
    """One mail with invented values, as it arrives."""
    mail = BY_SLUG.get(slug)
    if mail is None:
        raise NotFound(N_("ไม่พบอีเมลนี้"))
    subject, body = render(mail.template, dict(mail.example))
    return render_template("notifications/preview.html", mail=mail, subject=subject, body=body)
