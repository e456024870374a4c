"""Liveness, readiness and numbers, for the machines around us; the proxy keeps them from the public."""

from flask import Blueprint, Response, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy import text

from idp import database, metrics
from idp.access.guards import public

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@public("liveness probe")
def alive() -> ResponseReturnValue:
    """This process answers."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
@public("readiness probe")
def ready() -> ResponseReturnValue:
    """The database answers too."""
    with database.alone() as connection:
        connection.execute(text("SELECT 1"))
    return jsonify(status="ok")


@blueprint.get("/metrics")
@public("the operator's monitoring reads it; nothing in it is about a person")
def measured() -> ResponseReturnValue:
    """How much there is to do and how late it is, in the text format of Prometheus."""
    return Response(metrics.exposition(), content_type=metrics.CONTENT_TYPE)
