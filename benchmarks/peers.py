"""The providers that we measure ourselves against, installed once under `var/benchmarks` from their public packages."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

HERE = Path(__file__).parent / "peers"
NODE, CANAILLE, TOOLKIT = HERE / "node-oidc-provider", HERE / "canaille", HERE / "django-oauth-toolkit"
PACKAGES = {
    "canaille": ("canaille[oidc,postgresql,front]==0.3.6", "gunicorn"),
    "toolkit": ("django-oauth-toolkit==3.4.1", "Django==5.2.19", "psycopg[binary]", "gunicorn"),
}


class PeerMissing(Exception):
    """A peer cannot be had here; the message says why."""


def node(database_server: str) -> tuple[list[Path], dict[str, str]]:
    """oidc-provider on PostgreSQL. Returns its files for opbench, and the values for their places."""
    if not shutil.which("npm"):
        raise PeerMissing("npm is not installed")
    if not (NODE / "node_modules").exists():
        _run(["npm", "install", "--silent", "--no-audit", "--no-fund", "--no-package-lock"], cwd=NODE)
    _make_database(database_server, "oidcp")
    return [NODE / "pg-rs256.json", NODE / "pg-es256.json"], {}


def canaille(database_server: str, work: Path) -> tuple[list[Path], dict[str, str]]:
    """Canaille, the certified provider built on our own stack."""
    python = _environment(work, "canaille")
    folder = work / "canaille-files"
    if _make_database(database_server, "canaille") or not folder.exists():
        address = f"{database_server}/canaille".replace("+psycopg", "+psycopg2")
        _run([str(python), str(CANAILLE / "setup.py"), str(folder), address])
        _sql(database_server, "canaille", CANAILLE / "seed.sql", 100)
    return [CANAILLE / "rs256.json"], {"canaille_bin": str(python.parent), "canaille_dir": str(folder)}


def toolkit(database_server: str, work: Path) -> tuple[list[Path], dict[str, str]]:
    """django-oauth-toolkit with the hash of client secrets turned off."""
    python = _environment(work, "toolkit")
    key = work / "toolkit-key.pem"
    if _make_database(database_server, "dot"):
        places = {"RSA_KEY_FILE": str(key), "PGPORT": port_of(database_server)}
        _run([str(python), "setup.py"], cwd=TOOLKIT, environment=places)
        _sql(database_server, "dot", TOOLKIT / "seed.sql", 100)
    return [TOOLKIT / "rs256-plain-secret.json"], {"dot_bin": str(python.parent), "dot_key": str(key)}


def port_of(database_server: str) -> str:
    """The port of a server's address."""
    return database_server.rsplit(":", 1)[1]


def _environment(work: Path, name: str) -> Path:
    folder = work / f"environment-{name}"
    python = folder / "bin/python"
    ready, wanted = folder / "ready", " ".join(PACKAGES[name])
    if not ready.exists() or ready.read_text() != wanted:
        _run([sys.executable, "-m", "venv", str(folder)])
        _run([str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check", *PACKAGES[name]])
        ready.write_text(wanted)
    return python


def _make_database(database_server: str, name: str) -> bool:
    done = _psql(database_server, "postgres", "-c", f"CREATE DATABASE {name}", check=False)
    return done.returncode == 0


def _sql(database_server: str, database: str, file: Path, number: int) -> None:
    _psql(database_server, database, "-v", f"n={number}", "-f", str(file))


def _psql(server: str, database: str, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    command = ["psql", "-h", "127.0.0.1", "-p", port_of(server), "-U", "postgres", "-d", database, "-q", *arguments]
    return _run(command, check=check)


def _run(
    command: list[str], *, cwd: Path | None = None, environment: Mapping[str, str] | None = None, check: bool = True
) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        command, cwd=cwd, env={**os.environ, **(environment or {})}, text=True, capture_output=True, check=False
    )
    if check and done.returncode:
        raise PeerMissing(f"{' '.join(command[:4])}: {(done.stderr or done.stdout)[-400:]}")
    return done
