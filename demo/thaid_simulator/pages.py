"""What people see: the QR page of the browser, the app on the phone, the sandbox's number entry. No script."""

import time
from base64 import b64encode
from pathlib import Path

from flask import Flask, abort, redirect, render_template, request, send_from_directory
from flask.typing import ResponseReturnValue

import thai_web
from demo.thaid_simulator.world import Transaction, World


def add(app: Flask, world: World) -> None:
    """Add the pages."""

    def found(id: str) -> Transaction:
        return world.transactions.get(id) or abort(404)

    @app.get("/fonts/<name>")
    def font(name: str) -> ResponseReturnValue:
        """The product's own letters: a bare machine has none for Thai."""
        return send_from_directory(Path(thai_web.__file__).parent / "static/fonts", name)

    @app.get("/qr/")
    def qr() -> ResponseReturnValue:
        """Looks again every two seconds, as DOPA's page polls."""
        transaction = found(request.args.get("txID", ""))
        if transaction.redirect:
            return redirect(transaction.redirect)
        left = max(0, round(transaction.expires_at - time.time()))
        if transaction.outcome or not left:
            return render_template("over.html", transaction=transaction)
        picture = _picture(f"{world.issuer}/phone/{transaction.id}/", transaction.reference)
        return render_template("qr.html", transaction=transaction, left=left, picture=picture)

    @app.get("/phone/<id>/")
    def phone(id: str) -> ResponseReturnValue:
        """The app after the scan."""
        transaction = found(id)
        if _is_over(transaction):
            return render_template("over.html", transaction=transaction)
        transaction.is_scanned = True
        same = request.args.get("same", "")
        return render_template("phone.html", transaction=transaction, personas=world.personas.values(), same=same)

    @app.post("/phone/<id>/")
    def decide(id: str) -> ResponseReturnValue:
        """Approve, deny, or let the time run out."""
        transaction = found(id)
        if not _is_over(transaction):
            act = request.form.get("act")
            if act == "approve":
                world.approve(transaction, world.persona(request.form["national_id"]))
            elif act == "deny":
                world.deny(transaction)
            else:
                transaction.expires_at = 0
        if request.form.get("same") and transaction.redirect:
            return redirect(transaction.redirect, 303)
        return render_template("over.html", transaction=transaction)

    @app.get("/sandbox/")
    def sandbox() -> ResponseReturnValue:
        """A page that takes any thirteen digits, as DOPA's sandbox has it."""
        return render_template("sandbox.html", transaction=found(request.args.get("txID", "")), personas=world.personas)

    @app.post("/sandbox/")
    def enter() -> ResponseReturnValue:
        """Be whoever was typed; a name makes up a new person."""
        transaction, typed = found(request.form.get("txID", "")), request.form.get("national_id", "").strip()
        if _is_over(transaction):
            return render_template("over.html", transaction=transaction)
        if len(typed) != 13 or not (typed.isascii() and typed.isdigit()):
            page = render_template("sandbox.html", transaction=transaction, personas=world.personas, wrong=True)
            return page, 422
        names = [request.form.get(name, "").strip() for name in ("given_name", "family_name")]
        world.approve(transaction, world.persona(typed, *names))
        return redirect(transaction.redirect, 303)


def _is_over(transaction: Transaction) -> bool:
    return bool(transaction.outcome) or time.time() > transaction.expires_at


def _picture(address: str, reference: str) -> str:
    """The QR code as a `data:` address; where no library can draw one, the reference code in a frame."""
    try:
        import segno
    except ModuleNotFoundError:
        drawing = (
            '<svg xmlns="http://www.w3.org/2000/svg" width="200" height="200">'
            '<rect x="5" y="5" width="190" height="190" fill="white" stroke="black" stroke-width="6"/>'
            f'<text x="100" y="112" font-size="34" text-anchor="middle">{reference}</text></svg>'
        )
        return "data:image/svg+xml;base64," + b64encode(drawing.encode()).decode()
    drawn: str = segno.make(address).svg_data_uri(scale=5)
    return drawn
