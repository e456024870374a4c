"""The manual at `/help`: its pages, the whole of it, a search, its pictures, and the QR codes that lead to it."""

from io import BytesIO
from urllib.parse import urlsplit

import segno
from flask import Blueprint, Response, abort, render_template, request, send_from_directory
from flask.typing import ResponseReturnValue

from idp.access.guards import public
from idp.portal import manual, manual_search
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
        only_here=_is_only_here(),
    )


@blueprint.context_processor
def _list() -> dict[str, object]:
    """What the list beside every page shows."""
    return {"manual_groups": manual.GROUPS, "manual_page": manual.read}


def _is_only_here() -> bool:
    """Nobody else's telephone finds this installation: a code that is printed now leads nowhere."""
    return urlsplit(links.absolute("help.page", slug=manual.START)).hostname in {"localhost", "127.0.0.1", "::1"}


@blueprint.get(f"{manual.HOME}/search")
@public(WHY_PUBLIC)
def search() -> ResponseReturnValue:
    """Where in the manual the words stand."""
    query = request.args.get("q", "")[:200].strip()
    return render_template("help/search.html", query=query, found=manual_search.search(query))


@blueprint.get(f"{manual.HOME}/all")
@public(WHY_PUBLIC)
def book() -> ResponseReturnValue:
    """The whole manual on one page, to be printed."""
    return render_template(
        "help/book.html",
        pages=manual.book(),
        address=links.absolute("help.page", slug=manual.START),
        only_here=_is_only_here(),
        is_printed=(manual.FOLDER / manual.PRINTED).is_file(),
    )


@blueprint.get(f"{manual.HOME}/all/pdf")
@public(WHY_PUBLIC)
def printed() -> ResponseReturnValue:
    """The whole manual as it was printed when its pictures were taken."""
    return send_from_directory(manual.FOLDER, manual.PRINTED, max_age=DAY)


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
