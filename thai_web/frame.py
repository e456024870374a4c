"""Where an application takes the frame: `begin`, once, in the place where it is built."""

from dataclasses import dataclass
from pathlib import Path

from flask import Blueprint, Flask

from thai_web import formatting, language, static_files

blueprint = Blueprint(
    "thai_web", __name__, static_folder="static", static_url_path="/static/thai-web", template_folder="templates"
)


@dataclass(frozen=True)
class Office:
    """What stands in the frame of every page: `short_name` of the service for a telephone's head; a picture in place of
    the application's mark; whom people may ask; the running version."""

    short_name: object = ""
    mark: Path | None = None
    contact: str = ""
    version: str = ""


def begin(
    app: Flask,
    service_name: object,
    language_cookie: str,
    wished: language.Wish = lambda: None,
    office: Office = Office(),
) -> None:
    """Take templates, static files, filters and languages.

    Arguments: `service_name`, a lazy text for the head of every page; `language_cookie` and `wished`, as
    `language.begin` has them. Raises `RuntimeError` where `CSRFProtect` was not begun before.
    """
    if "csrf" not in app.extensions:
        raise RuntimeError("begin flask_wtf.CSRFProtect before the frame: its forms look for no token themselves")
    static_files.begin(app, blueprint, office.mark)
    language.begin(app, language_cookie, wished)
    formatting.begin(app, service_name)
    app.jinja_env.globals.setdefault("signed_in_as", str)
    told = {"short_name": office.short_name or service_name, "contact": office.contact, "version": office.version}
    app.context_processor(lambda: told)
    app.register_blueprint(blueprint)
