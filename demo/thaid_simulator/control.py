"""The switchboard: `/control` for people, `/control.json` for programs."""

import time
from dataclasses import asdict
from typing import Any

from flask import Flask, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue

from demo.thaid_simulator.switches import FIELDS, turned
from demo.thaid_simulator.world import SCOPES, World


def add(app: Flask, world: World) -> None:
    """Add the switchboard."""

    @app.get("/")
    @app.get("/control")
    def control() -> ResponseReturnValue:
        return render_template("control.html", world=world, fields=FIELDS, scopes=SCOPES, now=time.time())

    @app.post("/control")
    def control_form() -> ResponseReturnValue:
        form = request.form
        if form.get("act") == "turn":
            _turn(world, {each.name: form.get(each.name, "") for each in FIELDS})
            for client in world.clients.values():
                client.scopes = form.getlist(f"scopes:{client.client_id}")
        else:
            _act(world, form.get("act", ""))
        return redirect("/control", 303)

    @app.get("/control.json")
    def control_json() -> ResponseReturnValue:
        return jsonify(_shown(world))

    @app.post("/control.json")
    def control_json_change() -> ResponseReturnValue:
        asked = request.get_json()
        try:
            _turn(world, asked.get("switches", {}))
            for client_id, scopes in asked.get("scopes", {}).items():
                world.clients[client_id].scopes = list(scopes)
            _act(world, asked.get("act", ""))
        except (ValueError, KeyError) as error:
            return jsonify(error=str(error)), 400
        return jsonify(_shown(world))


def _turn(world: World, changes: dict[str, Any]) -> None:
    world.switches = turned(world.switches, changes)


def _act(world: World, act: str) -> None:
    acts = {"rotate": world.rotate, "reset": world.reset}
    if act in acts:
        acts[act]()
    elif act:
        raise ValueError(f"{act} is none of {', '.join(acts)}")


def _shown(world: World) -> dict[str, Any]:
    return {
        "issuer": world.issuer,
        "switches": asdict(world.switches),
        "scopes": {client.client_id: client.scopes for client in world.clients.values()},
        "keys": [key.kid for key in world.keys],
        "personas": [persona.national_id for persona in world.personas.values()],
        "calls": dict(world.calls),
    }
