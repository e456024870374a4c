"""Start `make demo` once, see every part answer, stop it."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import urllib3

from demo.ports import from_environment


def main() -> int:
    """Returns the exit code."""
    ports = from_environment()
    demo = subprocess.Popen(["make", "demo"], start_new_session=True)
    try:
        _answers(f"{ports.provider}/.well-known/openid-configuration", "issuer", demo)
        _answers(ports.info, "INFO", demo)
        _answers(ports.inbox, "กล่องจดหมาย", demo)
        for _ in range(300):
            if Path("var/demo.json").exists():
                break
            time.sleep(0.2)
        people = json.loads(Path("var/demo.json").read_text())["people"]
        print(f"demo answers; {len(people)} demo people")
        return 0
    finally:
        demo.send_signal(signal.SIGINT)
        subprocess.run(["pkill", "-INT", "-g", str(demo.pid)], check=False)
        demo.wait(30)


def _answers(url: str, text: str, demo: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 240
    while time.monotonic() < deadline:
        if demo.poll() is not None:
            raise SystemExit("make demo ended by itself")
        try:
            if text in urllib3.request("GET", url, timeout=5, retries=3).data.decode():
                return
        except urllib3.exceptions.HTTPError:
            pass
        time.sleep(0.5)
    raise SystemExit(f"{url} does not answer")


if __name__ == "__main__":
    sys.exit(main())
