"""`python -m demo.thaid_simulator PORT`."""

import argparse
import logging
from pathlib import Path

from werkzeug.serving import run_simple

from demo.thaid_simulator.application import create_app
from demo.thaid_simulator.world import World, default_world, world_from


def main() -> None:
    """Serve until Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python -m demo.thaid_simulator", description="ThaID, simulated")
    parser.add_argument("port", type=int)
    parser.add_argument("--issuer", help="public address, without a slash at the end")
    parser.add_argument("--world", type=Path, help="clients and personas, as JSON")
    parser.add_argument("--host", default="localhost", help="where to listen")
    parser.add_argument("--certificate", type=Path, help="certificate and key in one file: serve by https")
    chosen = parser.parse_args()
    issuer = chosen.issuer or f"http://localhost:{chosen.port}"
    world: World = world_from(issuer, chosen.world) if chosen.world else default_world(issuer)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # its request lines would carry codes
    own = (str(chosen.certificate), str(chosen.certificate)) if chosen.certificate else None
    run_simple(chosen.host, chosen.port, create_app(world), threaded=True, ssl_context=own)


if __name__ == "__main__":
    main()
