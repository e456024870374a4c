"""A mailbox for every address: takes mail by SMTP, shows it on pages, behind the demo's start page."""

import argparse
import email
import logging
import threading
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from flask import Flask, Response, abort, jsonify, render_template, send_file, send_from_directory
from werkzeug.serving import make_server

from demo import start_page

KEEP = 500
HERE = Path(__file__).parent
# A mail may bring styles along, and lead away when somebody clicks; all else of it stays still.
OF_A_MAIL = (
    "default-src 'none'; style-src 'self' 'unsafe-inline'; font-src 'self'; base-uri 'none'; "
    "sandbox allow-top-navigation-by-user-activation"
)


@dataclass(frozen=True)
class Mail:
    """One mail as received."""

    number: int
    to: str
    subject: str
    body: str
    page: str
    message_id: str


class Inbox:
    """The mails, newest last, and the SMTP handler that fills it."""

    def __init__(self) -> None:
        self.mails: list[Mail] = []
        self._lock = threading.Lock()

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        self.take(envelope)
        return "250 taken"

    def take(self, envelope: Any) -> None:
        """Keep a mail as it came by SMTP: `content` in bytes, and `rcpt_tos`."""
        message = email.message_from_bytes(envelope.content, EmailMessage, policy=default)
        with self._lock:
            number = self.mails[-1].number + 1 if self.mails else 1
            to, subject, message_id = ", ".join(envelope.rcpt_tos), str(message["Subject"]), str(message["Message-ID"])
            self.mails.append(Mail(number, to, subject, _part(message, "plain"), _part(message, "html"), message_id))
            del self.mails[:-KEEP]


def _part(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return str(part.get_content()) if part else ""


def application(inbox: Inbox, told: Path, certificate: Path | None = None) -> Flask:
    """The pages. `told` is `var/demo.json`; `certificate`, by which the provider shows who it is, where by https."""
    app = Flask("inbox", template_folder=str(HERE / "templates"))
    start_page.add(app, told, certificate)
    app.context_processor(lambda: {"count": len(inbox.mails)})

    def find(number: int) -> Mail:
        return next((mail for mail in inbox.mails if mail.number == number), None) or abort(404)

    @app.get("/mails")
    def index() -> str:
        return render_template("mails.html", mails=inbox.mails[::-1], mail=None)

    @app.get("/mails/<int:number>")
    def show(number: int) -> str:
        return render_template("mails.html", mails=[], mail=find(number))

    @app.get("/mails/<int:number>/page")
    def page(number: int) -> Response:
        """Shown in a frame of the page above: it may bring styles, and run and fetch nothing."""
        more = '<base target="_top"><link rel="stylesheet" href="/fonts.css">'
        framed = find(number).page.replace("<head>", f"<head>{more}", 1)
        return Response(framed, headers={"Content-Security-Policy": OF_A_MAIL})

    @app.get("/mails.json")
    def as_json() -> Any:
        return jsonify([vars(mail) for mail in inbox.mails])

    @app.get("/fonts.css")
    def fonts() -> Any:
        return send_file(HERE / "fonts.css")

    @app.get("/fonts/<name>")
    def font(name: str) -> Any:
        """The product's own letters: a bare machine has none for Thai."""
        response = send_from_directory(HERE.parent / "thai_web/static/fonts", name)
        response.access_control_allow_origin = "*"  # a sandboxed frame has no origin of its own
        return response

    return app


def serve() -> None:
    """Run both until interrupted."""
    parser = argparse.ArgumentParser(prog="python -m demo.inbox", description="The start page, and a mailbox for all")
    parser.add_argument("smtp_port", type=int)
    parser.add_argument("page_port", type=int)
    parser.add_argument("told", type=Path, help="the demo's demo.json")
    parser.add_argument("--host", default="127.0.0.1", help="where the pages listen; mail is taken from this machine")
    parser.add_argument("--certificate", type=Path, help="certificate and key in one file: serve by https")
    chosen = parser.parse_args()
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    inbox = Inbox()
    Controller(inbox, hostname="127.0.0.1", port=chosen.smtp_port).start()
    own = (str(chosen.certificate), str(chosen.certificate)) if chosen.certificate else None
    pages = application(inbox, chosen.told, chosen.certificate)
    make_server(chosen.host, chosen.page_port, pages, threaded=True, ssl_context=own).serve_forever()


if __name__ == "__main__":
    serve()
