"""The public pages of the register and its open feed."""

from datetime import date, datetime

from flask import Blueprint, Response, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from idp.access.guards import public
from idp.throttle import operations as throttle
from idp.units import feed, operations, rules
from idp.units.models import Unit
from thai_web import clock, language

RESULTS = 50
SUGGESTIONS = 10
blueprint = Blueprint("units", __name__, template_folder="templates")


@blueprint.app_template_filter("unit_name")
def unit_name(unit: Unit) -> str:
    """The unit's full name in the reader's language."""
    return rules.full_name(unit, language.current())


@blueprint.app_template_filter("unit_short_name")
def unit_short_name(unit: Unit) -> str:
    """Kind and name, where the place stands beside it."""
    return rules.short_name(unit, language.current())


@blueprint.app_template_filter("unit_place")
def unit_place(unit: Unit) -> str:
    """District and province, as far as the name does not say them."""
    return unit_name(unit).removeprefix(unit_short_name(unit)).lstrip(", ")


@blueprint.app_template_filter("unit_kind")
def unit_kind(kind: str) -> str:
    """A kind of unit in the reader's language."""
    return rules.label(kind, language.current())


@blueprint.get("/units")
@public("the register is open data")
def search() -> ResponseReturnValue:
    """Search the register."""
    query = request.args.get("q", "").strip()
    results = operations.search(query, RESULTS + 1)
    return render_template(
        "units/search.html",
        query=query,
        results=results[:RESULTS],
        more=len(results) > RESULTS,
        alternatives=operations.alternatives(query) if not results else [],
    )


@blueprint.get("/units/suggest")
@public("the register is open data")
def suggest() -> ResponseReturnValue:
    """The best matches while one types; where nothing matches, those of the nearest spelling."""
    query = request.args.get("q", "")
    found = operations.search(query, SUGGESTIONS)
    if not found and (meant := operations.alternatives(query)):
        found = operations.search(meant[0], SUGGESTIONS)
    return jsonify(
        units=[
            {"code": each.code, "name": unit_name(each), "short": unit_short_name(each), "place": unit_place(each)}
            for each in found
        ]
    )


@blueprint.get("/units.json")
@public("the register is open data")
def register() -> ResponseReturnValue:
    """The whole register, or what changed on or after the day `since`."""
    try:
        since = _midnight(request.args["since"]) if "since" in request.args else None
    except (ValueError, OverflowError):
        return jsonify(error="invalid_request", error_description="since must be a day such as 2026-11-30"), 400
    return _open_data(feed.version(), since)


def _midnight(day: str) -> datetime:
    return clock.start_of_day(date.fromisoformat(day))


def _open_data(version: feed.Version, since: datetime | None) -> ResponseReturnValue:
    response = Response(mimetype="application/json")
    # Weak: a proxy may compress the body and keep the tag.
    response.set_etag(version.stamp, weak=True)
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Expose-Headers"] = "ETag"
    response.cache_control.public = True
    response.cache_control.max_age = 300
    if not request.if_none_match.contains_weak(version.stamp):
        throttle.admit("units.feed", request.remote_addr)  # megabytes for whoever asks; what is unchanged costs nothing
        response.set_data(feed.document(version, since))
    return response.make_conditional(request)
