"""How gunicorn serves the provider, and INFO: read from the folder in which it starts; its command line goes first."""

import gc
import os

# Whatever a process writes (documents, SQLite, key files) is its owner's alone.
os.umask(0o077)

# One process for each processor: a second one on the same processor takes turns with the first and serves less.
_processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
workers = int(os.environ.get("WEB_CONCURRENCY", _processors))
# While some wait for the database, or for their turn to hash a password, the others go on.
threads = 12
preload_app = True
# An authorization request with `claims` is a long address.
limit_request_line = 8190
# As much as the proxy lets through (docs/how-to/nginx.conf): cookies of all neighbours under one domain come together.
limit_request_field_size = 16384


def when_ready(_server: object) -> None:
    """What was loaded before the processes part is never collected: looking through it holds a request up for a tenth
    of a second, and would copy the memory that they share. What a request makes dies as it ends, nearly all of it
    without the collector, which by Python's defaults looks at it several times meanwhile: a twelfth of a sign-in."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
