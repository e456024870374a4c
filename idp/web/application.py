"""The Flask application class: one commit per request, one place that reads settings and keys."""

from importlib.metadata import version
from pathlib import Path
from typing import Any

from flask import Flask, current_app, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _
from flask_mail import Mail
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from idp import database, fast_sql, secrets_at_rest
from idp.config import Settings
from idp.web import errors, headers, ui_locales
from idp.web.requests import KeyConverter, LimitedRequest
from thai_web import characters, frame

csrf = CSRFProtect()
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})  # RFC 9110, section 9.2.1; TRACE is answered nowhere


class Application(Flask):
    """Looks for a form's token before the view, unless the method is safe; commits when the view has returned. A view
    that raised never commits, a commit that fails is an error page."""

    request_class = LimitedRequest

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.popup_paths: set[str] = set()  # shown in a popup that another site opened

    def dispatch_request(self) -> ResponseReturnValue:
        if request.method not in SAFE_METHODS:
            csrf.protect(apply_exemptions=True)
        response = super().dispatch_request()
        if database.db.session.registry.has():  # the hot paths of the protocol never open it
            database.db.session.commit()
        return response


def build(settings: Settings) -> Application:
    """The empty frame: settings, keys, database, language, error pages, headers. Rooms are added by `create_app`."""
    app = Application("idp", static_folder="web/static", template_folder="web/templates")
    app.config.update(_flask_settings(settings))
    app.url_map.converters["int"] = KeyConverter
    database.begin(app)
    fast_sql.begin(app)
    characters.begin(app)
    csrf.init_app(app)
    frame.begin(
        app,
        _("ระบบยืนยันตัวตนกลาง สถ."),
        settings.cookie_name("language"),
        ui_locales.wished,
        office=frame.Office(
            short_name=_("SSO สถ."),
            mark=Path(settings.mark) if settings.mark else None,
            contact=settings.support_contact,
            version=version("dla-sso"),
        ),
    )
    headers.begin(app, app.popup_paths)
    Mail(app)
    errors.begin(app)
    if settings.proxy_hops:
        hops = settings.proxy_hops
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    return app


def _flask_settings(settings: Settings) -> dict[str, Any]:
    secrets_at_rest.hide_memory()
    keys = secrets_at_rest.load(settings.keys, settings.keys_password, wrapped=settings.is_production)
    url = settings.database_url
    if url.startswith("sqlite:///") and not url.startswith("sqlite:////"):
        url = f"sqlite:///{Path(url.removeprefix('sqlite:///')).resolve()}"
    return {
        "SETTINGS": settings,
        "KEY_FILES": keys,
        "SECRET_KEY": keys.cookies,
        "SQLALCHEMY_DATABASE_URI": url,
        # All fifteen are kept: opening one costs the database as much as thirty statements.
        "SQLALCHEMY_ENGINE_OPTIONS": {
            "hide_parameters": True,
            "pool_size": 15,
            "max_overflow": 0,
            "pool_use_lifo": True,
        },
        "SESSION_COOKIE_NAME": settings.cookie_name("form"),
        "SESSION_COOKIE_SECURE": settings.is_https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        # By `dispatch_request`: asked before each GET, too, it costs as much as half a view of the protocol.
        "WTF_CSRF_CHECK_DEFAULT": False,
        # A page may stay open over lunch; the token is bound to the browser's form cookie, not to a clock.
        "WTF_CSRF_TIME_LIMIT": None,
        "MAX_CONTENT_LENGTH": settings.upload_limit + 64 * 1024,
        "MAX_FORM_MEMORY_SIZE": 256 * 1024,
        "MAX_FORM_PARTS": 200,
        "MAIL_SERVER": settings.smtp_host,
        "MAIL_PORT": settings.smtp_port,
        "MAIL_USERNAME": settings.smtp_username or None,
        "MAIL_PASSWORD": settings.smtp_password or None,
        "MAIL_USE_TLS": settings.smtp_tls,
        "MAIL_DEFAULT_SENDER": settings.mail_sender,
    }


def settings() -> Settings:
    """The running application's settings."""
    found: Settings = current_app.config["SETTINGS"]
    return found


def key_files() -> secrets_at_rest.KeyFiles:
    """The running application's symmetric keys."""
    found: secrets_at_rest.KeyFiles = current_app.config["KEY_FILES"]
    return found
