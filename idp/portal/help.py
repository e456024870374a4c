"""The manual at `/help`: its pages, their pictures, and the QR code under which each is found."""

from io import BytesIO

import segno
from flask import Blueprint, Response, abort, render_template, send_from_directory
from flask.typing import ResponseReturnValue

from idp.access.guards import public
from idp.portal import manual
from idp.web import links

blueprint = Blueprint("help", __name__, template_folder="templates")
WHY_PUBLIC = "whoever cannot get in needs the manual most"
DAY = 86400


@blueprint.get(manual.HOME, defaults={"slug": manual.START})
@blueprint.get(f"{manual.HOME}/<string:slug>")
@public(WHY_PUBLIC)
def page(slug: str) -> ResponseReturnValue:
    """A page of the manual."""
    found = _find(slug)
    order = list(manual.PAGES)
    place = order.index(slug)
    return render_template(
        "help/page.html",
        page=found,
        start=manual.START,
        opens=manual.PAGES[slug],
        before=manual.read(order[place - 1]) if place else None,
        after=manual.read(order[place + 1]) if place + 1 < len(order) else None,
        address=links.absolute("help.page", slug=slug),
    )


def _find(slug: str) -> manual.Page:
    if slug not in manual.PAGES:
        abort(404)
    return manual.read(slug)


@blueprint.get(f"{manual.HOME}/<string:slug>/qr-code")
@public(WHY_PUBLIC)
def qr(slug: str) -> ResponseReturnValue:
    """The page's address to hold a telephone against, on paper or on a poster."""
    _find(slug)
    file = BytesIO()
    segno.make_qr(links.absolute("help.page", slug=slug), error="m").save(file, "svg", scale=4, light="white")
    return Response(file.getvalue(), mimetype="image/svg+xml", headers={"Cache-Control": f"public, max-age={DAY}"})


@blueprint.get(f"{manual.HOME}/pictures/<string:name>")
@public(WHY_PUBLIC)
def picture(name: str) -> ResponseReturnValue:
    """A picture in a page."""
    return send_from_directory(manual.PICTURES, name, max_age=DAY)
