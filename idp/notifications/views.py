"""Every mail, to be read before anybody gets it."""

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from idp.access.guards import requires
from idp.access.rules import Permission
from idp.notifications.catalogue import BY_SLUG, BY_TEMPLATE, MAILS, Mail
from idp.notifications.rendering import as_page, compose, render
from thai_web.refusal import N_, NotFound

blueprint = Blueprint("notifications", __name__, template_folder="templates")
# A mail brings its styles along; nothing else of it may run or be fetched.
OF_A_MAIL = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'; sandbox"


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
    mail = _find(slug)
    subject, body = render(mail.template, dict(mail.example))
    return render_template("notifications/preview.html", mail=mail, subject=subject, body=body)


@blueprint.get("/mails/<string:slug>/page")
@requires(Permission.READ_MAIL_TEMPLATES)
def page(slug: str) -> ResponseReturnValue:
    """The same mail as programs show it that show pages."""
    mail = _find(slug)
    shown = as_page(mail.template, compose(mail.template, dict(mail.example)))
    return Response(shown, headers={"Content-Security-Policy": OF_A_MAIL})


def _find(slug: str) -> Mail:
    mail = BY_SLUG.get(slug)
    if mail is None:
        raise NotFound(N_("ไม่พบอีเมลนี้"))
    return mail
