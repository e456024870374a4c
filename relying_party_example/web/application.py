"""The Flask application class: one commit per request, one place that reads the settings."""

from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any

from flask import Flask, current_app
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from relying_party_example import database
from relying_party_example.config import Settings
from relying_party_example.web import errors, headers
from thai_web import characters, frame

csrf = CSRFProtect()


class Application(Flask):
    """Commits when a view has answered well. One that raised never commits, and neither does a refused form, whatever
    its operation had done before the rule said no; a failing commit is an error like any other."""

    def dispatch_request(self) -> ResponseReturnValue:
        response = self.make_response(super().dispatch_request())
        if response.status_code < 400:
            database.db.session.commit()
        else:
            database.db.session.rollback()
        return response


def build(settings: Settings) -> Application:
    """The empty frame: settings, database, language, error pages, headers. Rooms are added by `create_app`."""
    app = Application("relying_party_example", static_folder="web/static", template_folder="web/templates")
    app.config.update(_flask_settings(settings))
    database.begin(app)
    csrf.init_app(app)
    mark = Path(settings.mark) if settings.mark else None
    office = frame.Office(short_name="INFO", mark=mark, contact=settings.support_contact, version=version("dla-sso"))
    frame.begin(app, _("INFO ระบบข้อมูลกลาง อปท."), settings.cookie_name("language"), office=office)
    headers.begin(app)
    errors.begin(app)
    characters.begin(app, in_forms=False)
    if settings.proxy_hops:
        hops = settings.proxy_hops
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    return app


def _flask_settings(settings: Settings) -> dict[str, Any]:
    url = settings.database_url
    if url.startswith("sqlite:///"):
        url = f"sqlite:///{_private(Path(url.removeprefix('sqlite:///')).resolve())}"
    return {
        "SETTINGS": settings,
        "SECRET_KEY": settings.secret_key,
        "SQLALCHEMY_DATABASE_URI": url,
        "SQLALCHEMY_ENGINE_OPTIONS": {"hide_parameters": True, "pool_pre_ping": not url.startswith("sqlite")},
        "SESSION_COOKIE_NAME": settings.cookie_name("form"),
        "SESSION_COOKIE_SECURE": settings.is_https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        # A page may stay open over lunch; the token is bound to the browser's form cookie, not to a clock.
        "WTF_CSRF_TIME_LIMIT": None,
        "MAX_CONTENT_LENGTH": 256 * 1024,
        "MAX_FORM_MEMORY_SIZE": 256 * 1024,
        "MAX_FORM_PARTS": 500,
    }


def _private(path: Path) -> Path:
    """A SQLite file that its owner alone may read; what SQLite makes beside it gets the same mode."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    for each in (path, *path.parent.glob(f"{path.name}-*")):
        with suppress(PermissionError, FileNotFoundError):  # somebody else's; a journal that went meanwhile
            each.chmod(0o600)
    return path


def settings() -> Settings:
    """The running application's settings."""
    found: Settings = current_app.config["SETTINGS"]
    return found
