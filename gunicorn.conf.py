"""How gunicorn serves the provider, and INFO: read from the folder in which it starts; its command line goes first."""

import os

# One process for each processor: a second one on the same processor takes turns with the first and serves less.
_processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
workers = int(os.environ.get("WEB_CONCURRENCY", _processors))
# While some wait for the database, or for their turn to hash a password, the others go on.
threads = 12
preload_app = True
# An authorization request with `claims` is a long address.
limit_request_line = 8190
