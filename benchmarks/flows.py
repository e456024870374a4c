"""The protocol beside its peers: opbench in interleaved rounds, read into the report."""

import json
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

from benchmarks import peers, provider
from benchmarks.budgets import Report
from benchmarks.provider import Prepared

CONCURRENCY = "flow c=8"


def measure(report: Report, ours: Prepared, server: str, work: Path, rounds: int) -> None:
    """Full flow and single endpoints against node, Canaille and django-oauth-toolkit."""
    files, values = [provider.HERE / "rs256.json", provider.HERE / "es256.json"], ours.values()
    for prepare in (
        lambda: peers.node(server),
        lambda: peers.canaille(server, work),
        lambda: peers.toolkit(server, work),
    ):
        try:
            more_files, more_values = prepare()
        except peers.PeerMissing as error:
            print(f"# left out: {error}", file=sys.stderr)
            continue
        files += more_files
        values |= more_values
    found = _opbench("run", files, {**values, "pgport": peers.port_of(server)}, work, "--rounds", str(rounds))
    _read(report, found)


def grow(report: Report, ours: Prepared, server: str, work: Path) -> None:
    """The flow's rate as the database fills to the size of the country."""
    values = {**ours.values(), "pgport": peers.port_of(server)}
    found = _opbench("grow", [provider.HERE / "rs256.json"], values, work, "--sizes", "1000,250000", "--seconds", "10")
    rates = [row["flow"]["rate"] for row in found["ours"]["growth"].values()] if found else []
    if len(rates) == 2:
        report.add("growth", rates[1] / rates[0], f"{rates[0]:.0f} and {rates[1]:.0f} flows/s")


def _opbench(command: str, files: list[Path], values: dict[str, str], work: Path, *more: str) -> dict[str, Any]:
    out = work / f"{command}.json"
    places = [word for name, value in values.items() for word in ("--var", f"{name}={value}")]
    arguments = [command, *map(str, files), *places, "--log-dir", str(work / "logs"), "--out", str(out), *more]
    out.unlink(missing_ok=True)
    subprocess.run([sys.executable, "-m", "benchmarks.opbench", *arguments], cwd=provider.ROOT, check=False)
    found: dict[str, Any] = json.loads(out.read_text()) if out.exists() else {}
    return found


def _read(report: Report, found: dict[str, Any]) -> None:
    def ratio(key: str, step: str, own: str, peer: str) -> None:
        """The median of the rounds' ratios: of each, both sides were measured within seconds."""
        try:
            a, b = ([each[step]["rate"] for each in found[name]["rounds"]] for name in (own, peer))
            ratios = [mine / theirs for mine, theirs in zip(a, b, strict=True)]
            rates = f"{statistics.median(a):.0f} and {statistics.median(b):.0f} /s"
            report.add(key, statistics.median(ratios), f"{rates}, {min(ratios):.2f} to {max(ratios):.2f}")
        except (KeyError, ValueError, ZeroDivisionError, statistics.StatisticsError):
            report.add(key, None, f"no figure of {peer}")

    ratio("flow", CONCURRENCY, "ours", "node-pg")
    ratio("flow-es256", CONCURRENCY, "ours-es256", "node-pg-es256")
    for step in ("authorize", "refresh", "userinfo"):
        ratio(step, step, "ours", "node-pg")
    ratio("flow-canaille", CONCURRENCY, "ours", "canaille")
    ratio("flow-toolkit", CONCURRENCY, "ours", "dot-plain-secret")
    if "ours" in found:
        # The master beside two workers is counted with them.
        report.add("memory", found["ours"]["memory_loaded"][1] / 2)
        report.add("start-up", found["ours"]["startup_s"])
