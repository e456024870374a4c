"""The frame's own addresses: the language switch, and what a load balancer asks."""

from flask import Blueprint, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import text

from relying_party_example.database import db
from relying_party_example.web.guards import public
from thai_web import language

blueprint = Blueprint("frame", __name__)


@blueprint.post("/language")
@public("the language of a page concerns nobody else")
def switch_language() -> ResponseReturnValue:
    return language.switch(request.form.get("next"))


@blueprint.get("/accessibility")
@public("who cannot use a page may read here what to do")
def accessibility() -> ResponseReturnValue:
    return render_template("thai_web/accessibility.html")


@blueprint.get("/healthz")
@public("tells only that the process runs")
def alive() -> ResponseReturnValue:
    return jsonify(status="ok")


@blueprint.get("/readyz")
@public("tells only whether the database answers")
def ready() -> ResponseReturnValue:
    db.session.execute(text("SELECT 1"))
    return jsonify(status="ok")
