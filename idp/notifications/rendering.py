"""A mail from its two stored templates: as text, and as a page for programs that show one."""

import json
from dataclasses import asdict, dataclass
from typing import Any

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _
from jinja2 import Environment, StrictUndefined

from idp.notifications.blocks import Block, blocks
from idp.notifications.buttons import BUTTONS, OTHERWISE
from idp.web.application import settings

LANGUAGES = ("th", "en")
DIVIDER = "\n\n" + "-" * 30 + "\n\n"


@dataclass(frozen=True)
class Letter:
    """A mail that is written: its body and its closing in Thai and in English; the link that it is about, and the code,
    where it has one."""

    subject: str
    bodies: tuple[str, ...]
    closings: tuple[str, ...]
    link: str = ""
    code: str = ""

    @property
    def text(self) -> str:
        """The whole mail for whoever reads it without a page."""
        parts = (f"{body}\n\n{closing}" for body, closing in zip(self.bodies, self.closings, strict=True))
        return DIVIDER.join(parts) + "\n"

    def stored(self) -> bytes:
        """As it waits in the outbox, before it is encrypted."""
        return json.dumps(asdict(self)).encode()


def read(stored: bytes) -> Letter:
    """What `stored` kept; also of a mail that was queued when mails were text alone."""
    found = json.loads(stored)
    if isinstance(found, list):
        subject, body = found
        return Letter(subject, (body.rstrip("\n"),), ("",))
    return Letter(
        found["subject"], tuple(found["bodies"]), tuple(found["closings"]), link=found["link"], code=found["code"]
    )


def compose(template: str, values: dict[str, Any]) -> Letter:
    """Subject (Thai / English), bodies and closings. The first line of a template is its subject."""
    subjects, bodies, closings = [], [], []
    support = settings().support_contact
    for language in LANGUAGES:
        with force_locale(language):  # dates within the Thai part are Thai, whatever language the page was in
            text = _environment().get_template(f"{template}.{language}.txt").render(values)
            closing = _environment().get_template(f"notifications/closing.{language}.txt").render(support=support)
        first, _line, rest = text.partition("\n")
        # One line only: a name with a line break in it must not become a header of its own.
        subjects.append(" ".join(first.removeprefix("Subject:").split()))
        bodies.append(rest.strip())
        closings.append(closing.strip())
    link, code = str(values.get("link", "")), str(values.get("code", ""))
    return Letter(" / ".join(subjects), tuple(bodies), tuple(closings), link, code)


def render(template: str, values: dict[str, Any]) -> tuple[str, str]:
    """Subject and text of a mail."""
    letter = compose(template, values)
    return letter.subject, letter.text


def as_page(template: str, letter: Letter) -> str:
    """The same mail as a page, from its own text: nothing stands in one that the other does not say."""
    button = BUTTONS.get(template, OTHERWISE)
    parts: list[tuple[str, list[Block], str, str]] = []
    for language, body, closing in zip(LANGUAGES, letter.bodies, letter.closings, strict=False):
        with force_locale(language):
            parts.append((language, blocks(body, letter.link, letter.code, settings().issuer), closing, _(button)))
    return _environment().get_template("notifications/mail.html").render(parts=parts)


def _environment() -> Environment:
    """The pages' environment, where a missing word is an error: a mail with a hole in it cannot be called back."""
    found: Environment | None = current_app.extensions.get("mail_templates")
    if found is None:
        found = current_app.jinja_env.overlay(undefined=StrictUndefined)
        current_app.extensions["mail_templates"] = found
    return found
