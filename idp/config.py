"""Settings: read once from the environment, complete and safe, or the process does not start."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from idp.addresses import networks_of


class SettingsError(Exception):
    """A setting is missing or unsafe; the message names it and says what to do."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Every setting of the provider. The variable is the field's name in capitals after `IDP_`."""

    environment: str = field(default="development", metadata={"help": "`development` or `production`"})
    issuer: str = field(default="http://localhost:8000", metadata={"help": "Public address; `iss` of every token"})
    database_url: str = field(
        default="sqlite:///var/idp.sqlite", metadata={"help": "SQLAlchemy address of the database", "secret": True}
    )
    var: Path = field(default=Path("var"), metadata={"help": "Folder for the vault of documents and for SQLite"})
    keys: Path = field(default=Path("keys"), metadata={"help": "Folder of the key files; see `keys/README.md`"})
    key_rotation_days: int = field(
        default=90,
        metadata={"help": "Days after which the worker rotates a signing key; 0: only by `idp keys rotate`"},
    )
    keys_password: str = field(default="", metadata={"help": "Encrypts the files of `keys/` at rest", "secret": True})
    smtp_host: str = field(default="localhost", metadata={"help": "Mail relay"})
    smtp_port: int = field(default=8025, metadata={"help": "Its port"})
    smtp_username: str = field(default="", metadata={"help": "Sign-in at the relay, if it wants one"})
    smtp_password: str = field(default="", metadata={"help": "Its password", "secret": True})
    smtp_tls: bool = field(default=False, metadata={"help": "Use STARTTLS; required in production unless local"})
    smtp_timeout: int = field(
        default=10, metadata={"help": "Seconds of silence before the relay counts as down; thrice that for one mail"}
    )
    mail_bounces_to: str = field(
        default="", metadata={"help": "Envelope sender, to which mails that cannot be delivered come back"}
    )
    mail_sender: str = field(default="no-reply@sso.localhost", metadata={"help": "Sender address of every mail"})
    support_contact: str = field(
        default="",
        metadata={"help": "Whom people may ask, at the end of every mail and page: an office and its telephone"},
    )
    mark: str = field(
        default="",
        metadata={
            "help": "A square picture (SVG or PNG) in the head of every page and in the browser's tab; empty: ours"
        },
    )
    outbound_hosts: tuple[str, ...] = field(
        default=(),
        metadata={
            "help": "Hosts on private addresses that outside calls may reach, comma-separated; a network such as "
            "`10.20.0.0/16` allows every host that lies in it"
        },
    )
    outbound_ca_bundle: str = field(default="", metadata={"help": "Extra CA bundle for outside calls"})
    proxy_hops: int = field(default=0, metadata={"help": "Reverse proxies in front whose X-Forwarded-* are trusted"})
    throttle_scale: int = field(
        default=1, metadata={"help": "Multiplies every limit on attempts; 1 in production, more for load tests"}
    )
    upload_limit: int = field(default=10 * 1024 * 1024, metadata={"help": "Bytes of one uploaded document"})
    documents_limit: int = field(
        default=64 * 1024 * 1024, metadata={"help": "Bytes of all page images of one request together"}
    )
    vault_reserve: int = field(
        default=1024**3,
        metadata={"help": "Bytes that stay free on the disk of documents; below them no document is taken"},
    )
    session_idle_minutes: int = field(default=60, metadata={"help": "A sign-in ends after so long without use"})
    session_hours: int = field(default=12, metadata={"help": "A sign-in ends after so long in any case"})
    grant_days: int = field(
        default=90, metadata={"help": "Days after a sign-in until which systems may refresh without the person"}
    )
    thaid_issuer: str = field(
        default="https://imauth.bora.dopa.go.th", metadata={"help": "Address of ThaID; `iss` of its ID tokens"}
    )
    thaid_client_id: str = field(default="", metadata={"help": "Our name at ThaID; while empty, ThaID is not offered"})
    thaid_client_secret: str = field(default="", metadata={"help": "Our secret at ThaID", "secret": True})
    thaid_scopes: str = field(
        default="openid pid title given_name middle_name family_name ial",
        metadata={"help": "What we ask ThaID for, separated by spaces; DOPA must have granted each"},
    )
    thaid_audiences: tuple[str, ...] = field(
        default=(),
        metadata={"help": "Accepted `aud` of ThaID's ID tokens, comma-separated; while empty, the client id"},
    )
    thaid_require_nonce: bool = field(
        default=True,
        metadata={"help": "Refuse ThaID's ID tokens without a nonce; false only if DOPA does not return it"},
    )
    thaid_minimum_ial: str = field(
        default="2.1", metadata={"help": "Lowest identity assurance level accepted from ThaID; empty accepts any"}
    )
    thaid_api_key: str = field(
        default="", metadata={"help": "`Header: value` sent to ThaID, if DOPA gave out an API key", "secret": True}
    )
    returned_days: int = field(
        default=60,
        metadata={"help": "Days without a change after which a request that was sent back is closed (at least 14)"},
    )
    evidence_days: int = field(
        default=30,
        metadata={"help": "Days after a decision before its request's documents are destroyed (at least 15)"},
    )
    escalation_days: int = field(
        default=5, metadata={"help": "Working days after which the office above may decide a request too"}
    )
    audit_heads: str = field(
        default="",
        metadata={
            "help": "File to which the worker appends the audit's heads, best one that the database's administrator "
            "cannot change; while empty, `audit-heads` in the folder of `IDP_VAR`"
        },
    )
    retention_days: int = field(default=90, metadata={"help": "Days that traffic records are kept (at least 90)"})

    @property
    def is_production(self) -> bool:
        return self.environment == "production"

    @property
    def is_https(self) -> bool:
        return self.issuer.startswith("https://")

    @property
    def audit_heads_file(self) -> Path:
        """Where the worker of this machine keeps the audit's heads."""
        return Path(self.audit_heads) if self.audit_heads else self.var / "audit-heads"

    def cookie_name(self, name: str) -> str:
        """`__Host-` binds a cookie to this host and to https; browsers refuse the prefix on plain http."""
        return f"__Host-idp_{name}" if self.is_https else f"idp_{name}"


def from_environment(environment: Mapping[str, str] | None = None) -> Settings:
    """Read `IDP_…`. Raises `SettingsError`, naming each variable that is wrong."""
    environment = os.environ if environment is None else environment
    values: dict[str, Any] = {}
    for each in fields(Settings):
        text = environment.get(f"IDP_{each.name.upper()}")
        if text is not None and text != "":
            values[each.name] = _parse(each.name, str(each.type), text)
    settings = Settings(**values)
    problems = list(_problems(settings, environment))
    if problems:
        raise SettingsError("\n".join(problems))
    return settings


def _parse(name: str, kind: str, text: str) -> object:
    if "bool" in kind:
        if text.lower() not in ("0", "1", "true", "false", "yes", "no"):
            raise SettingsError(f"IDP_{name.upper()} must be true or false")
        return text.lower() in ("1", "true", "yes")
    if "int" in kind:
        if not text.isdigit():
            raise SettingsError(f"IDP_{name.upper()} must be a whole number")
        return int(text)
    if "Path" in kind:
        return Path(text)
    if "tuple" in kind:
        return tuple(part.strip() for part in text.split(",") if part.strip())
    return text


def _problems(settings: Settings, environment: Mapping[str, str]) -> list[str]:
    problems = []
    address = urlsplit(settings.issuer)
    if settings.environment not in ("development", "production"):
        problems.append("IDP_ENVIRONMENT must be development or production")
    if address.scheme not in ("http", "https") or not address.netloc or address.query or address.fragment:
        problems.append("IDP_ISSUER must be an absolute address without query or fragment")
    if settings.issuer.endswith("/"):
        problems.append("IDP_ISSUER must not end with a slash")
    if settings.escalation_days < 1:
        problems.append("IDP_ESCALATION_DAYS must be at least 1")
    if settings.retention_days < 90:
        problems.append("IDP_RETENTION_DAYS must be at least 90 (Computer Crime Act, section 26)")
    if settings.evidence_days < 15:
        problems.append("IDP_EVIDENCE_DAYS must be at least 15, the time to appeal (Act B.E. 2539, section 44)")
    if settings.grant_days < 1:
        problems.append("IDP_GRANT_DAYS must be at least 1")
    if settings.returned_days < 14:
        problems.append("IDP_RETURNED_DAYS must be at least 14, so that the reminders can be answered")
    if not settings.database_url.startswith(("sqlite:///", "postgresql+psycopg://")):
        problems.append("IDP_DATABASE_URL must begin with postgresql+psycopg:// or sqlite:///")
    if settings.mark and not Path(settings.mark).is_file():
        problems.append("IDP_MARK must name a file")
    try:
        networks_of(settings.outbound_hosts)
    except ValueError as error:
        problems.append(f"IDP_OUTBOUND_HOSTS must be names of hosts, or networks such as 10.20.0.0/16: {error}")
    if settings.thaid_client_id:
        problems += _thaid_problems(settings)
    if settings.is_production:
        problems += _production_problems(settings, environment)
    return problems


def _thaid_problems(settings: Settings) -> list[str]:
    problems = []
    address, scopes = urlsplit(settings.thaid_issuer), settings.thaid_scopes.split()
    if address.scheme not in ("http", "https") or not address.netloc or settings.thaid_issuer.endswith("/"):
        problems.append("IDP_THAID_ISSUER must be an absolute address that does not end with a slash")
    if not settings.thaid_client_secret:
        problems.append("IDP_THAID_CLIENT_SECRET is not set")
    if "pid" not in scopes:
        problems.append("IDP_THAID_SCOPES must contain pid")
    if not re.fullmatch(r"(\d{1,2}(\.\d{1,2})?)?", settings.thaid_minimum_ial):
        problems.append("IDP_THAID_MINIMUM_IAL must be a level such as 2.1")
    if settings.thaid_api_key and ":" not in settings.thaid_api_key:
        problems.append("IDP_THAID_API_KEY must be a header's name, a colon and its value")
    if settings.is_production:
        # The sandbox and the simulator let anybody be whoever's number is typed; without `openid` nothing is signed.
        if address.scheme != "https" or address.hostname == "imauthsbx.bora.dopa.go.th":
            problems.append("IDP_THAID_ISSUER must be the real ThaID, by https, in production")
        if "openid" not in scopes:
            problems.append("IDP_THAID_SCOPES must contain openid in production")
    return problems


def _production_problems(settings: Settings, environment: Mapping[str, str]) -> list[str]:
    wanted = ("ISSUER", "DATABASE_URL", "KEYS", "KEYS_PASSWORD", "SMTP_HOST", "SMTP_PORT", "MAIL_SENDER", "VAR")
    problems = [f"IDP_{name} is not set" for name in wanted if not environment.get(f"IDP_{name}")]
    if not settings.is_https:
        problems.append("IDP_ISSUER must begin with https:// in production")
    if settings.database_url.startswith("sqlite"):
        problems.append("IDP_DATABASE_URL must name a PostgreSQL database in production")
    if settings.throttle_scale != 1:
        problems.append("IDP_THROTTLE_SCALE must be 1 in production")
    if not settings.smtp_tls and settings.smtp_host not in ("localhost", "127.0.0.1", "::1"):
        problems.append("IDP_SMTP_TLS must be true for a relay on another machine")
    return problems
