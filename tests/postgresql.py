"""A PostgreSQL server for the tests: the one that TEST_POSTGRESQL_URL names, else one of our own on a free port."""

import glob
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL, NullPool, create_engine, text


class PostgresqlMissing(Exception):
    """No server to test with; the message says how to get one."""


MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
ROOM = 4 * 1024**3  # bytes; two servers of tests need a tenth of it


@contextmanager
def server(options: str = "-c fsync=off", before: Sequence[str] = (), in_memory: bool = True) -> Iterator[str]:
    """The address of a server on which databases may be made, without a database's name at its end.

    Arguments: `options` for the server, by default those of tests, which need not survive a crash; `before`, words that
    stand before the command that starts it (`taskset -c 0`); `in_memory`, whether its files may lie in memory where
    there is room: making a database for a test takes a fifth of the time there.
    """
    given = os.environ.get("TEST_POSTGRESQL_URL")
    if given:
        yield given.rstrip("/")
        return
    folder = Path(tempfile.mkdtemp(prefix="sso-postgresql-", dir=MEMORY if in_memory and _has_room(MEMORY) else None))
    as_owner = _owner(folder)
    port = _free_port()
    data = folder / "data"
    try:
        _run(
            [*as_owner, _tool("initdb"), "-D", str(data), "-U", "sso", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"]
        )
        own = f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories={folder} {options}"
        start = [_tool("pg_ctl"), "-D", str(data), "-w", "-o", own, "-l", str(folder / "log"), "start"]
        _run([*before, *as_owner, *start])
        yield f"postgresql+psycopg://sso@127.0.0.1:{port}"
    finally:
        subprocess.run(
            [*as_owner, _tool("pg_ctl"), "-D", str(data), "-m", "immediate", "stop"], capture_output=True, check=False
        )
        shutil.rmtree(folder, ignore_errors=True)


def _has_room(place: Path) -> bool:
    return place.is_dir() and os.access(place, os.W_OK) and shutil.disk_usage(place).free > ROOM


def _owner(folder: Path) -> list[str]:
    """PostgreSQL refuses to run as root, so root lends the folder to the account that Debian's package made."""
    if os.geteuid() != 0:
        return []
    shutil.chown(folder, "postgres", "postgres")
    folder.chmod(0o755)
    runuser = shutil.which("runuser", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if not runuser:
        raise PostgresqlMissing("root cannot start PostgreSQL without runuser; set TEST_POSTGRESQL_URL")
    return [runuser, "-u", "postgres", "--"]


def _tool(name: str) -> str:
    found = sorted(glob.glob(f"/usr/lib/postgresql/*/bin/{name}"))
    path = found[-1] if found else shutil.which(name)
    if not path:
        raise PostgresqlMissing("PostgreSQL is not installed: apt-get install postgresql, or set TEST_POSTGRESQL_URL")
    return path


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _run(command: list[str]) -> None:
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd="/", check=False)
    if done.returncode:
        raise PostgresqlMissing(done.stderr.decode(errors="replace")[-400:])


def close_from_outside(url: URL, process_id: int) -> None:
    """End a connection as a restart of the server or a firewall would: its client is not told."""
    other = create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with other.connect() as connection:
        connection.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": process_id})
