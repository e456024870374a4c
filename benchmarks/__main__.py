"""`make bench`: measure every budget and print the table. `--only flows,passwords` measures less, `--rounds` more."""

import argparse
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import create_engine, text

from benchmarks import auth_load, country, flows, sizes, starts
from benchmarks.budgets import Report
from benchmarks.provider import ROOT, Prepared
from tests.postgresql import server

SERVER_CORE = "0"
SECTIONS = ("flows", "views", "passwords", "country", "sizes", "growth", "demo")


def main() -> int:
    """Returns 1 when a *must* is missed."""
    arguments = _arguments()
    installed = ROOT / "var/benchmarks"
    installed.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix="sso-benchmarks-"))
    (work / "logs").mkdir()
    report = Report()
    options = "-c max_connections=200 -c shared_buffers=256MB"
    try:
        with server(options, ["taskset", "-c", SERVER_CORE], in_memory=False) as address:
            _lend_to_peers(address)
            ours = Prepared(address, work)
            acts: dict[str, Callable[[], None]] = {
                "flows": lambda: flows.measure(report, ours, address, installed, arguments.rounds),
                "views": lambda: auth_load.static_documents(report, ours),
                "passwords": lambda: auth_load.passwords(report, ours),
                "country": lambda: country.measure(report, ours, arguments.minutes),
                "sizes": lambda: sizes.measure(report, ours),
                "growth": lambda: flows.grow(report, Prepared(address, work / "growth", "growth"), address, work),
                "demo": lambda: starts.measure(report),
            }
            for name in arguments.only:
                print(f"# {name}", file=sys.stderr, flush=True)
                acts[name]()
    finally:
        shutil.rmtree(work, ignore_errors=True)
    print(report.table())
    return 1 if report.missed() else 0


def _lend_to_peers(address: str) -> None:
    engine = create_engine(f"{address}/postgres", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("CREATE ROLE postgres SUPERUSER LOGIN"))
    engine.dispose()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--only", type=lambda given: given.split(","), default=list(SECTIONS))
    parser.add_argument("--rounds", type=int, default=3, help="interleaved rounds beside the peers")
    parser.add_argument("--minutes", type=float, default=1, help="how long the whole country signs in")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
