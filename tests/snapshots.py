"""Scenes that many tests begin with: played once in a process, then copied, database and documents."""

import os
import shutil
from collections.abc import Callable
from datetime import timedelta
from itertools import count
from pathlib import Path

import time_machine
from flask import Flask
from sqlalchemy import URL, create_engine, make_url, text
from sqlalchemy.pool import NullPool

from idp.database import db
from thai_web import clock

_numbers = count(1)


def administer(url: URL, statement: str) -> None:
    """Run a statement beside the databases of a PostgreSQL server."""
    engine = create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


class Snapshots:
    """What scenes left behind, by kind of database and by who played them.

    Arguments: `folder`, where copies lie; `is_kept`, false where scenes are to be played anew each time.
    """

    def __init__(self, folder: Path, *, is_kept: bool) -> None:
        self._folder, self._is_kept = folder, is_kept
        self._kept: dict[tuple[str, Callable[[Flask], object]], str] = {}

    def furnish(self, app: Flask, play: Callable[[Flask], object]) -> Flask:
        """Bring a fresh application to where `play` leaves one."""
        url = make_url(app.config["SQLALCHEMY_DATABASE_URI"])
        kept = self._kept.get((url.get_backend_name(), play))
        if not self._is_kept:
            play(app)
            return app
        if kept is None:
            # Whoever signs in at a test's first instant does so after the scene.
            with time_machine.travel(clock.now() - timedelta(minutes=1)):
                play(app)
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
        var = app.config["SETTINGS"].var
        if kept is not None:
            self._restore(kept, url, var)
        else:
            self._kept[url.get_backend_name(), play] = self._keep(url, var)
        return app

    def _keep(self, url: URL, var: Path) -> str:
        name = f"scene_{os.getpid()}_{next(_numbers)}"
        if url.get_backend_name() == "postgresql":
            administer(url, f"CREATE DATABASE {name} TEMPLATE {url.database}")
        shutil.copytree(var, self._folder / name)
        return name

    def _restore(self, name: str, url: URL, var: Path) -> None:
        if url.get_backend_name() == "postgresql":
            administer(url, f"DROP DATABASE {url.database} WITH (FORCE)")
            administer(url, f"CREATE DATABASE {url.database} TEMPLATE {name}")
        shutil.copytree(self._folder / name, var, dirs_exist_ok=True)
