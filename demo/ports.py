"""Where everything listens, and the settings that follow from it."""

import os
from dataclasses import dataclass
from pathlib import Path

from demo import certificate
from idp.clients.rules import is_loopback


@dataclass(frozen=True)
class Ports:
    """Every port, counted from one base, on this machine alone or, when `host` names one, on an address of it."""

    base: int
    host: str = "localhost"

    @property
    def provider(self) -> str:
        return self._address(0)

    @property
    def info(self) -> str:
        return self._address(1)

    @property
    def thaid(self) -> str:
        return self._address(2)

    @property
    def inbox(self) -> str:
        return self._address(3)

    @property
    def smtp(self) -> int:
        return self.base + 25

    @property
    def is_open(self) -> bool:
        """Whether other machines reach it: then by https, since no system may be registered under plain http."""
        return not is_loopback(self.host)

    @property
    def bind(self) -> str:
        """Where the servers listen."""
        return "127.0.0.1" if self.host == "localhost" else self.host

    def _address(self, step: int) -> str:
        return f"{'https' if self.is_open else 'http'}://{self.host}:{self.base + step}"


def from_environment() -> Ports:
    """`PORT_BASE` and `HOST`: 8000, and this machine alone, when they are not set."""
    return Ports(int(os.environ.get("PORT_BASE") or "8000"), os.environ.get("HOST") or "localhost")


def with_province() -> bool:
    """Whether a province lives around the cast; `DEMO_PROVINCE=no` leaves it out, for tests that count."""
    return os.environ.get("DEMO_PROVINCE", "yes") != "no"


def settings(ports: Ports, folder: Path, info_secret: str, info_key: str) -> dict[str, str]:
    """The variables of a demo whose data lies in `folder`; the usual one keeps its keys in `keys/`."""
    return {
        "IDP_VAR": str(folder),
        "IDP_KEYS": "keys" if folder == Path("var") else str(folder / "keys"),
        "IDP_DATABASE_URL": f"sqlite:///{folder.resolve() / 'idp.sqlite'}",
        "IDP_SETTINGS_FILE": str(folder / "settings.env"),
        "INFO_SETTINGS_FILE": str(folder / "settings.env"),
        "INFO_VAR": str(folder),
        "INFO_DATABASE_URL": f"sqlite:///{folder.resolve() / 'info.sqlite'}",
        "IDP_ISSUER": ports.provider,
        "IDP_THAID_ISSUER": ports.thaid,
        "IDP_THAID_CLIENT_ID": "thaid-simulator-client",
        "IDP_THAID_CLIENT_SECRET": "thaid-simulator-secret",
        "IDP_SUPPORT_CONTACT": "ศูนย์ช่วยเหลือสมมติ โทร. 0 2000 0000",
        "IDP_SMTP_PORT": str(ports.smtp),
        "IDP_OUTBOUND_HOSTS": "localhost,127.0.0.0/8,::1/128",  # a developer's own systems, too
        "INFO_SUPPORT_CONTACT": "ศูนย์ช่วยเหลือสมมติ โทร. 0 2000 0000",
        "INFO_ISSUER": ports.provider,
        "INFO_BASE_URL": ports.info,
        "INFO_CLIENT_ID": "info",
        "INFO_CLIENT_SECRET": info_secret,
        "INFO_SECRET_KEY": info_key,
        **(_believing_itself(ports, folder) if ports.is_open else {}),
    }


def _believing_itself(ports: Ports, folder: Path) -> dict[str, str]:
    """What the demo's own certificate asks for."""
    bundle = str((folder / certificate.FILE).resolve())
    hosts = f"localhost,127.0.0.0/8,::1/128,{ports.host}"
    return {"IDP_OUTBOUND_HOSTS": hosts, "IDP_OUTBOUND_CA_BUNDLE": bundle, "INFO_OUTBOUND_CA_BUNDLE": bundle}
