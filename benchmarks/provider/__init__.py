"""Our own provider, prepared for measurement on PostgreSQL."""

import os
import subprocess
import sys
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from benchmarks import seed

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
BIN = Path(sys.executable).parent


class Prepared:
    """A database with the register, clients and people, and the environment that points a process at it."""

    def __init__(self, database_server: str, work: Path, name: str = "measured", accounts: int = 1000) -> None:
        """Make the database, migrate it, load the register and `accounts` invented people: about half a minute."""
        self._server = database_server
        self.database = self.create(name)
        self.work = work
        self.environment = {
            **os.environ,
            "IDP_ISSUER": "http://127.0.0.1:8300",
            "IDP_DATABASE_URL": self.database,
            "IDP_KEYS": str(work / "keys"),
            "IDP_VAR": str(work / "var"),
            "IDP_THROTTLE_SCALE": "100000",
        }
        for command in ("keys prepare", "migrate", "units import", f"clients import {HERE / 'clients.json'}"):
            self.run(str(BIN / "idp"), *command.split())
        seed.fill(self.database, accounts)

    def create(self, name: str) -> str:
        """The address of a new database, still empty."""
        engine = create_engine(f"{self._server}/postgres", isolation_level="AUTOCOMMIT", poolclass=NullPool)
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        return f"{self._server}/{name}"

    def run(self, *command: str) -> None:
        """Run a command of ours on this installation. Raises `RuntimeError` with what it printed."""
        done = subprocess.run(command, env=self.environment, cwd=ROOT, text=True, capture_output=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{' '.join(command)}: {done.stdout[-300:]}{done.stderr[-600:]}")

    def values(self) -> dict[str, str]:
        """For the places in our files for opbench."""
        return {"bin": str(BIN), "root": str(ROOT), "database": self.database, "work": str(self.work)}
