"""Starting a server for a measurement, counting its processor time, and asking it again and again."""

import asyncio
import os
import socket
import subprocess
import time
from collections.abc import Awaitable, Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from benchmarks.opbench.__main__ import timed
from benchmarks.opbench.http1 import Client
from benchmarks.opbench.provider import tree

Operation = Callable[[], Awaitable[float]]


@contextmanager
def serving(command: Sequence[str], environment: Mapping[str, str], port: int, cwd: str) -> Generator[int]:
    """Run a server until it answers on `port`; yields its process id, ends it afterwards."""
    process = subprocess.Popen(command, env=dict(environment), cwd=cwd, start_new_session=True)
    try:
        deadline = time.monotonic() + 60
        while not _answers(port):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{command[0]} does not answer on {port}")
            time.sleep(0.05)
        yield process.pid
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def processor_seconds(*roots: int) -> float:
    """User and system seconds of process trees, ended children included."""
    ticks = 0
    for root in roots:
        for pid in tree(root):
            try:
                with open(f"/proc/{pid}/stat") as file:
                    fields = file.read().rsplit(")", 1)[1].split()
            except OSError:
                continue
            ticks += int(fields[11]) + int(fields[12])
            ticks += int(fields[13]) + int(fields[14]) if pid == root else 0
    return ticks / os.sysconf("SC_CLK_TCK")


def getter(port: int, path: str, headers: tuple[tuple[str, str], ...] = ()) -> Callable[[int], Operation]:
    """For `timed`: workers that each keep a connection and fetch one page."""

    def factory(_worker: int) -> Operation:
        client = Client("127.0.0.1", port)

        async def fetch() -> float:
            response = await client.request("GET", path, headers)
            if response.status != 200:
                raise ValueError(f"{path}: {response.status}")
            elapsed: float = response.elapsed
            return elapsed

        return fetch

    return factory


def ask(factory: Callable[[int], Operation], concurrency: int, seconds: float) -> dict[str, Any]:
    """Rate and percentiles of one operation. Raises `RuntimeError` when any of them failed."""
    found: dict[str, Any] = asyncio.run(timed(factory, concurrency, seconds, 0, warm=0.5))
    if found["errors"]:
        raise RuntimeError(f"errors while measuring: {found['error_kinds']}")
    return found
