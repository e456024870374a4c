"""Settings: read once from the environment, complete and safe, or the process does not start."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

DEVELOPMENT_KEY = "info-development-only"
SHORTEST_SECRET = 32  # characters


class SettingsError(Exception):
    """A setting is missing or unsafe; the message names it and says what to do."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Every setting of INFO. The variable is the field's name in capitals after `INFO_`."""

    environment: str = field(default="development", metadata={"help": "`development` or `production`"})
    base_url: str = field(default="http://localhost:8001", metadata={"help": "Public address of INFO"})
    issuer: str = field(default="http://localhost:8000", metadata={"help": "Address of the OpenID provider"})
    client_id: str = field(default="info", metadata={"help": "INFO's client id at the provider"})
    client_secret: str = field(default="", metadata={"help": "Its secret", "secret": True})
    database_url: str = field(
        default="sqlite:///var/info.sqlite",
        metadata={"help": "SQLAlchemy address of the database", "secret": True},
    )
    secret_key: str = field(
        default=DEVELOPMENT_KEY,
        metadata={"help": "Signs the cookies of forms and sign-ins; the same on every node", "secret": True},
    )
    var: Path = field(default=Path("var"), metadata={"help": "Folder for the SQLite database"})
    session_hours: int = field(default=8, metadata={"help": "A sign-in at INFO ends after so long"})
    support_contact: str = field(
        default="", metadata={"help": "Whom people may ask, at the end of every page: an office and its telephone"}
    )
    mark: str = field(
        default="",
        metadata={
            "help": "A square picture (SVG or PNG) in the head of every page and in the browser's tab; empty: ours"
        },
    )
    outbound_ca_bundle: str = field(default="", metadata={"help": "Extra CA bundle for outside calls"})
    proxy_hops: int = field(default=0, metadata={"help": "Reverse proxies in front whose X-Forwarded-* are trusted"})

    @property
    def is_production(self) -> bool:
        return self.environment == "production"

    @property
    def is_https(self) -> bool:
        return self.base_url.startswith("https://")

    def cookie_name(self, name: str) -> str:
        """`__Host-` binds a cookie to this host and to https; browsers refuse the prefix on plain http."""
        return f"__Host-info_{name}" if self.is_https else f"info_{name}"


def from_environment(environment: Mapping[str, str] | None = None) -> Settings:
    """Read `INFO_…`. Raises `SettingsError`, naming each variable that is wrong."""
    environment = os.environ if environment is None else environment
    values: dict[str, Any] = {}
    for each in fields(Settings):
        text = environment.get(f"INFO_{each.name.upper()}")
        if text:
            values[each.name] = _parse(each.name, each.default, text)
    settings = Settings(**values)
    problems = _problems(settings, environment)
    if problems:
        raise SettingsError("\n".join(problems))
    return settings


def _parse(name: str, default: object, text: str) -> object:
    if isinstance(default, int):
        if not text.isdigit():
            raise SettingsError(f"INFO_{name.upper()} must be a whole number")
        return int(text)
    return Path(text) if isinstance(default, Path) else text


def _problems(settings: Settings, environment: Mapping[str, str]) -> list[str]:
    problems = []
    if settings.environment not in ("development", "production"):
        problems.append("INFO_ENVIRONMENT must be development or production")
    if not settings.database_url.startswith(("sqlite:///", "postgresql+psycopg://")):
        problems.append("INFO_DATABASE_URL must begin with postgresql+psycopg:// or sqlite:///")
    for name in ("issuer", "base_url"):
        address = urlsplit(getattr(settings, name))
        if address.scheme not in ("http", "https") or not address.netloc or address.query or address.fragment:
            problems.append(f"INFO_{name.upper()} must be an absolute address without query or fragment")
        if address.path.endswith("/"):
            problems.append(f"INFO_{name.upper()} must not end with a slash")
        if settings.is_production and address.scheme != "https":
            problems.append(f"INFO_{name.upper()} must begin with https:// in production")
    if settings.mark and not Path(settings.mark).is_file():
        problems.append("INFO_MARK must name a file")
    if settings.is_production:
        problems += _production_problems(settings, environment)
    return problems


def _production_problems(settings: Settings, environment: Mapping[str, str]) -> list[str]:
    wanted = ("BASE_URL", "ISSUER", "CLIENT_ID", "CLIENT_SECRET", "DATABASE_URL", "SECRET_KEY")
    problems = [f"INFO_{name} is not set" for name in wanted if not environment.get(f"INFO_{name}")]
    if settings.database_url.startswith("sqlite"):
        problems.append("INFO_DATABASE_URL must name a PostgreSQL database in production")
    if settings.secret_key == DEVELOPMENT_KEY or len(settings.secret_key) < SHORTEST_SECRET:
        problems.append(f"INFO_SECRET_KEY must be random and at least {SHORTEST_SECRET} characters long")
    return problems
