"""How long `make demo` takes, once everything is installed, until it tells how to sign in."""

import os
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from benchmarks.budgets import Report
from benchmarks.provider import BIN, ROOT

PORT_BASE = 18400
TOLD = b"Ctrl-C stops all"


def measure(report: Report) -> None:
    """The first start, which prepares keys, databases and the register, and the next one. Both cores are theirs."""
    os.sched_setaffinity(0, range(os.cpu_count() or 1))
    with tempfile.TemporaryDirectory() as folder:
        for key in ("demo-first", "demo-later"):
            report.add(key, _start(Path(folder)))


def _start(folder: Path) -> float:
    """Seconds. Raises `RuntimeError` with what the demo printed when it does not come up."""
    environment = {**os.environ, "PORT_BASE": str(PORT_BASE), "DEMO_FOLDER": str(folder)}
    log = folder / "demo.log"
    began = time.monotonic()
    with log.open("wb") as output:
        demo = subprocess.Popen(
            [str(BIN / "python"), "-m", "demo.run"], cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT
        )
        try:
            while TOLD not in log.read_bytes():
                if demo.poll() is not None or time.monotonic() > began + 300:
                    raise RuntimeError(log.read_text()[-600:])
                time.sleep(0.02)
            return time.monotonic() - began
        finally:
            demo.send_signal(signal.SIGTERM)
            demo.wait(60)
