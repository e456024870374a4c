"""Liveness and readiness, for the machines around us; the shipped nginx file keeps them from the public."""

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy import text

from idp import database
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
    with database.read() as connection:
        connection.execute(text("SELECT 1"))
    return jsonify(status="ok")
