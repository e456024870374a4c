"""A mail's text from its two stored templates."""

from typing import Any

from flask import current_app
from flask_babel import force_locale
from jinja2 import Environment, StrictUndefined

DIVIDER = "\n\n" + "-" * 30 + "\n\n"


def render(template: str, values: dict[str, Any]) -> tuple[str, str]:
    """Subject (Thai / English) and body (Thai, a rule, English). The first line of a template is its subject."""
    subjects, bodies = [], []
    for language in ("th", "en"):
        with force_locale(language):  # dates within the Thai part are Thai, whatever language the page was in
            text = _environment().get_template(f"{template}.{language}.txt").render(values)
        first, _, rest = text.partition("\n")
        # One line only: a name with a line break in it must not become a header of its own.
        subjects.append(" ".join(first.removeprefix("Subject:").split()))
        bodies.append(rest.strip())
    return " / ".join(subjects), DIVIDER.join(bodies) + "\n"


def _environment() -> Environment:
    """The pages' environment, where a missing word is an error: a mail with a hole in it cannot be called back."""
    found: Environment | None = current_app.extensions.get("mail_templates")
    if found is None:
        found = current_app.jinja_env.overlay(undefined=StrictUndefined)
        current_app.extensions["mail_templates"] = found
    return found
