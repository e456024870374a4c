"""What opbench does not measure: static documents beside a bare view, passwords, tokens while passwords are hashed."""

import asyncio
import os
import statistics
import subprocess
import time

from benchmarks import provider, serving
from benchmarks.budgets import Report
from benchmarks.opbench.__main__ import Bench
from benchmarks.opbench.forms import Browser
from benchmarks.opbench.http1 import Jar
from benchmarks.opbench.provider import Provider
from benchmarks.provider import BIN, ROOT, Prepared

OURS, BARE = 8300, 8309
ON_ONE_CORE = ("taskset", "-c", "0")
CLIENT_CORE = {1}
ROUNDS = 5
# By OpenSSL, as fast as the argon2-cffi by which the study of the budgets took a machine's rate; and by libsodium,
# which `idp` hashes by.
HASHES = """
import time
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from idp.signin.passwords import hash_password, matches
stored = hash_password("river-lamp-garden-2569")

def by_openssl():
    Argon2id.verify_phc_encoded(b"river-lamp-garden-2569", stored)

def by_libsodium():
    assert matches("river-lamp-garden-2569", stored)

for check in by_openssl, by_libsodium:
    check()
    begun = time.perf_counter()
    for _ in range(60):
        check()
    print(60 / (time.perf_counter() - begun))
"""


def gunicorn(port: int, application: str, before: tuple[str, ...] = ON_ONE_CORE) -> list[str]:
    """As the product's own `gunicorn.conf.py` has it."""
    settings = ["--config", str(ROOT / "gunicorn.conf.py"), "--log-level", "warning"]
    return [*before, str(BIN / "gunicorn"), *settings, "--bind", f"127.0.0.1:{port}", application]


def static_documents(report: Report, ours: Prepared) -> None:
    """Discovery and JWKS against the least that a Flask view can do, in turn, on one core."""
    os.sched_setaffinity(0, CLIENT_CORE)
    with (
        serving.serving(gunicorn(OURS, "wsgi:app"), ours.environment, OURS, str(ROOT)),
        serving.serving(gunicorn(BARE, "benchmarks.bare_flask:app"), os.environ, BARE, str(ROOT)),
    ):
        for key, path in (("discovery", "/.well-known/openid-configuration"), ("jwks", "/jwks")):
            ratios = []
            for _round in range(ROUNDS):
                own = serving.ask(serving.getter(OURS, path), 8, 1.5)["rate"]
                ratios.append(own / serving.ask(serving.getter(BARE, "/"), 8, 1.5)["rate"])
            report.add(key, statistics.median(ratios), f"{min(ratios):.2f} to {max(ratios):.2f}")


def passwords(report: Report, ours: Prepared) -> None:
    """The rate of sign-ins by password against that of bare hashes; token requests while passwords are hashed."""
    os.sched_setaffinity(0, CLIENT_CORE)
    asyncio.run(_passwords(report, ours))


async def _passwords(report: Report, ours: Prepared) -> None:
    server = Provider(provider.HERE / "rs256.json", 0)
    log_dir = ours.work / "logs"
    await server.start({**ours.values(), "log_dir": str(log_dir)})
    try:
        bench = Bench(server, _Arguments())
        await bench.setup()
        hashes, logins = [], []
        for _round in range(ROUNDS):
            hashes.append(_hash_rates())
            logins.append((await bench.login_step(4))["rate"])
        signed_in = statistics.median(logins)
        for key, rates in zip(("passwords", "passwords-here"), zip(*hashes, strict=True), strict=True):
            hashed = statistics.median(rates)
            report.add(key, signed_in / hashed, f"{signed_in:.0f} sign-ins, {hashed:.0f} hashes a second")
        idle = await bench.token_step(2)
        flood = asyncio.ensure_future(_sign_in_for(server, 12.0))
        await asyncio.sleep(1)
        busy = await bench.token_step(2)
        flood.cancel()
        ratio = busy["p95_ms"] / idle["p95_ms"]
        report.add("tokens-while-hashing", ratio, f"{idle['p95_ms']:.0f} ms idle, {busy['p95_ms']:.0f} ms busy")
        bench.close()
    finally:
        server.stop()


class _Arguments:
    """What opbench's command line would have given."""

    sessions, mid, conc, seconds, warm, codes, logins, verify, server_core = 8, 8, [8], 3.0, 0.5, 300, 96, False, 0


def _hash_rates() -> list[float]:
    """By OpenSSL, by libsodium."""
    done = subprocess.run(
        [*ON_ONE_CORE, str(BIN / "python"), "-c", HASHES], cwd=ROOT, text=True, capture_output=True, check=True
    )
    return [float(line) for line in done.stdout.split()]


async def _sign_in_for(server: Provider, seconds: float, at_once: int = 8) -> None:
    """Wrong passwords cost as much as right ones and leave nothing behind."""
    until = time.monotonic() + seconds

    async def work(number: int) -> None:
        browser = Browser(server.client(), Jar())
        target, _extra = server.authorize_request()
        address = f"http://{browser.client.netloc}{target}"
        while time.monotonic() < until:
            page = await server.driver.prepare(browser, address, server.user(number))
            await server.driver.submit(browser, page, "not-the-password")

    await asyncio.gather(*(work(number) for number in range(at_once)))
