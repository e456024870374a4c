"""`make demo`: prepare, start everything, print how to sign in, stop everything on Ctrl-C."""

import json
import os
import secrets
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType

from demo import certificate
from demo.ports import Ports, from_environment, settings, with_province
from thai_web import clock

BIN = Path(sys.executable).parent
FOLDER = Path(os.environ.get("DEMO_FOLDER") or "var")  # the journeys run a demo of their own beside yours


def main() -> int:
    """Run the demo in the foreground. Returns the exit code."""
    ports = from_environment()
    busy = [port for port in (*range(ports.base, ports.base + 4), ports.smtp) if _answers(ports.bind, port)]
    if busy:
        print(f"Port {busy[0]} is in use. Stop what runs there, or: PORT_BASE=18000 make demo")
        return 1
    FOLDER.mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, **settings(ports, FOLDER, *_info_secrets())}
    if ports.is_open:
        certificate.prepare(FOLDER, ports.host, clock.now())
    _write_settings_file(environment)
    started = time.monotonic()
    _prepare(ports, environment)
    processes = _start(ports, environment)
    signal.signal(signal.SIGTERM, _as_interrupt)
    try:
        _wait_for(ports)
        _after_start(environment)
        processes.append(_process(environment, "info", "work"))
        _announce(ports, time.monotonic() - started)
        while all(process.poll() is None for process in processes):
            time.sleep(0.5)
        print("One of the processes ended; see the lines above.")
        return 1
    except KeyboardInterrupt:
        return 0
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)  # stopping must not itself be stopped by a second Ctrl-C
        _stop(processes)


def _as_interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _answers(host: str, port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((host, port)) == 0


def _info_secrets() -> tuple[str, str]:
    """INFO's client secret and cookie key, made once and kept between starts."""
    path = FOLDER / "info-secrets.json"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(json.dumps([secrets.token_urlsafe(32), secrets.token_urlsafe(32)]))
    client_secret, key = json.loads(path.read_text())
    return client_secret, key


def _write_settings_file(environment: dict[str, str]) -> None:
    """What `.venv/bin/idp` and `.venv/bin/info` read, so that they act on this installation."""
    path = FOLDER / "settings.env"
    path.touch(mode=0o600)
    lines = [f"{name}={value}" for name, value in environment.items() if name.startswith(("IDP_", "INFO_"))]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _begin(environment: dict[str, str], *lines: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "demo.run_commands", *lines],
        env=environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def _end(*begun: subprocess.Popen[str]) -> None:
    for each in begun:
        told, _ = each.communicate()
        if each.returncode:
            print(told)
            raise SystemExit("the demo could not be prepared")


def _prepare(ports: Ports, environment: dict[str, str]) -> None:
    once: list[str] = []
    if not (FOLDER / "demo.json").exists():  # written last: a first start that broke off begins anew
        _forget_what_broke_off()
        print("Preparing keys, databases and the register of 8,804 offices (once) ...", flush=True)
        once = ["people", *(["province"] if with_province() else [])]
        if with_province():
            print("Playing a year of a province: 128 units, 400 invented people (once, about a minute) ...", flush=True)
    register = ["idp units import"] if once else []
    clients = f"idp clients import {shlex.quote(str(_client_file(ports, environment)))}"
    _end(
        _begin(environment, "idp keys prepare", "idp migrate", *register, clients, *once, "description"),
        _begin(environment, "info migrate"),
    )


def _forget_what_broke_off() -> None:
    for path in [*FOLDER.glob("*.sqlite*"), FOLDER / "province.json", FOLDER / "reports-played"]:
        path.unlink(missing_ok=True)
    shutil.rmtree(FOLDER / "evidence", ignore_errors=True)


def _client_file(ports: Ports, environment: dict[str, str]) -> Path:
    """INFO's own metadata file, with this demo's addresses and secret."""
    text = Path("relying_party_example/client.json").read_text()
    metadata = json.loads(text.replace("http://localhost:8001", ports.info))
    metadata.update(client_id="info", client_secret=environment["INFO_CLIENT_SECRET"])
    path = FOLDER / "info-client.json"
    path.touch(mode=0o600)
    path.write_text(json.dumps(metadata, ensure_ascii=False))
    return path


def _start(ports: Ports, environment: dict[str, str]) -> list[subprocess.Popen[bytes]]:
    own = str(FOLDER / certificate.FILE)
    gunicorn = ["gunicorn", "--log-level", "warning", *(["--certfile", own, "--keyfile", own] if ports.is_open else [])]
    listening = ["--host", ports.bind, *(["--certificate", own] if ports.is_open else [])]
    simulator = [str(ports.base + 2), "--issuer", ports.thaid, *listening]
    commands = [
        ["python", "-m", "demo.thaid_simulator", *simulator],
        ["python", "-m", "demo.inbox", str(ports.smtp), str(ports.base + 3), str(FOLDER / "demo.json"), *listening],
        [*gunicorn, "--bind", f"{ports.bind}:{ports.base}", "wsgi:app"],
        [*gunicorn, "--bind", f"{ports.bind}:{ports.base + 1}", "relying_party_example.wsgi:app"],
        ["idp", "work"],
    ]
    return [_process(environment, *command) for command in commands]


def _process(environment: dict[str, str], program: str, *arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([str(BIN / program), *arguments], env=environment, start_new_session=True)


def _wait_for(ports: Ports) -> None:
    deadline = time.monotonic() + 60
    for port in range(ports.base, ports.base + 4):
        while not _answers(ports.bind, port):
            if time.monotonic() > deadline:
                raise SystemExit(f"nothing answers on port {port}")
            time.sleep(0.1)


def _after_start(environment: dict[str, str]) -> None:
    """INFO takes its units from the provider's feed, and gets a period in which a report can be filed on time."""
    played = FOLDER / "reports-played"
    wanted = ["reports"] if (FOLDER / "province.json").exists() and not played.exists() else []
    opened = "info periods ensure-open --reason เปิดให้ทดลองใช้ในการสาธิต"
    _end(_begin(environment, "info units sync", opened, *wanted))
    if wanted:
        played.touch()


def _announce(ports: Ports, seconds: float) -> None:
    people = json.loads((FOLDER / "demo.json").read_text())["people"]
    print(f"\nReady after {seconds:.0f} s. Open in a browser:\n")
    addresses = {
        "START HERE": ports.inbox,
        "DLA SSO": ports.provider,
        "INFO": ports.info,
        "ThaID (simulated)": ports.thaid,
        "mail inbox": f"{ports.inbox}/mails",
    }
    print("".join(f"  {name:<18} {address}\n" for name, address in addresses.items()))
    print(f"Sign-ins (invented people; password of all: {people[0]['password']})")
    for person in people:
        does = ", ".join(person["powers"] + person["roles"])
        print(f"  {person['username']:<18} {person['name']} — {person['unit']}\n{'':<20} {does}")
    print("\nAddresses and people also in var/demo.json. Ctrl-C stops all.", flush=True)


def _stop(processes: list[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        if process.poll() is None:
            process.terminate()
    for process in processes:
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()


if __name__ == "__main__":
    sys.exit(main())
