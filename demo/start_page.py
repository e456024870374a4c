"""The demo's start page: the cast to press on, stories to play. Development only: it knows every password."""

import json
import os
import secrets
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import segno
from flask import Flask, abort, redirect, render_template, request, send_file, send_from_directory
from flask.typing import ResponseReturnValue

import thai_web
from demo import stories
from demo.cast import CLERK, fictional_national_id
from demo.entering import Browser, CannotEnter, enter
from demo.province import papers
from idp.clients.rules import is_loopback
from thai_web import clock

DEVICES = ("idp_device", "__Host-idp_device")  # by http and by https: the cookie by which the provider knows a browser
FRAME = Path(thai_web.__file__).parent / "static"
HERE = Path(__file__).parent
STRANGERS = 7000  # fictional national IDs from here on belong to nobody of the cast or the province


class RefusedToStart(RuntimeError):
    """The page signs anybody in as somebody else."""


def add(app: Flask, told: Path, certificate: Path | None) -> None:
    """Add the page. `told` is `var/demo.json`; `certificate`, the provider's. Raises `RefusedToStart` in production."""
    if "production" in (os.environ.get("IDP_ENVIRONMENT"), os.environ.get("INFO_ENVIRONMENT")):
        raise RefusedToStart("the demo's start page does not run in production")

    def demo() -> tuple[dict[str, str], dict[str, dict[str, Any]]]:
        found = json.loads(told.read_text())
        return found["addresses"], {person["username"]: person for person in found["people"]}

    @app.get("/")
    def start() -> ResponseReturnValue:
        addresses, people = demo()
        return render_template(
            "start.html",
            addresses=addresses,
            people=people,
            parts=stories.parts(people),
            stories=stories.stories(people),
            number=fictional_national_id(STRANGERS + secrets.randbelow(90_000)),
            qr=_qr(addresses["inbox"]),
        )

    @app.post("/enter")
    def go_in() -> ResponseReturnValue:
        """Sign in as somebody by the provider's own page, and go through a door."""
        addresses, people = demo()
        person, door = people.get(request.form.get("username", "")), stories.DOORS.get(request.form.get("door", "home"))
        if person is None or door is None:
            abort(404)
        if request.headers.get("Origin", addresses["inbox"]) != addresses["inbox"]:
            abort(403)  # another site must not choose who one is
        try:
            browser = Browser(request.user_agent.string, _held(), str(certificate) if certificate else None)
            cookies = enter(addresses["provider"], person["username"], person["password"], browser)
        except CannotEnter as error:
            return render_template("failed.html", error=error, person=person, addresses=addresses), 502
        response = redirect(addresses[door[0]] + door[1], 303)
        for cookie in cookies:
            response.headers.add("Set-Cookie", cookie)
        for name in request.cookies:
            if name.removeprefix("__Host-") == "info_sid":  # whoever was in INFO before is not this person
                response.delete_cookie(name, secure=name != "info_sid")
        return response

    @app.get("/papers/<name>")
    def paper(name: str) -> ResponseReturnValue:
        """Something to attach to a registration."""
        office, today = "องค์การบริหารส่วนตำบลสระกรวด", papers.day_of(clock.today())
        drawn = {
            "staff-card.jpg": lambda: papers.staff_card(
                office, replace(CLERK, given_name="สมมุติ", family_name="ลงทะเบียน")
            ),
            "order.pdf": lambda: papers.order("1", office, today, "นางสาวสมมุติ ลงทะเบียน", CLERK.position),
        }
        if name not in drawn:
            abort(404)
        return send_file(BytesIO(drawn[name]()), download_name=name, as_attachment=True)

    @app.get("/start.css")
    def style() -> ResponseReturnValue:
        return send_file(HERE / "start.css")

    @app.get("/frame/<path:name>")
    def frame(name: str) -> ResponseReturnValue:
        """The frame that both applications share: style sheet and letters."""
        return send_from_directory(FRAME, name)


def _held() -> str:
    return "; ".join(f"{name}={request.cookies[name]}" for name in DEVICES if name in request.cookies)


def _qr(address: str) -> str:
    """The address as a picture for a telephone; nothing where a telephone cannot reach it."""
    if is_loopback(urlsplit(address).hostname or ""):
        return ""
    return segno.make(address).svg_inline(scale=5, border=2, dark="#000", light="#fff", omitsize=True)
