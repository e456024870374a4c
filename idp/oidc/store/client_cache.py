"""Systems as the protocol sees them, kept in the process for a few seconds.

A changed or suspended *system* is felt within `STALE` seconds on every node; a suspended *person* at once, since
nothing about persons is ever kept.
"""

from datetime import datetime, timedelta

from flask import Flask, current_app

from idp.clients.rules import CLIENT_ID
from idp.oidc.store import statements
from idp.oidc.store.registered_client import RegisteredClient, registered_client_from
from thai_web import clock

STALE = timedelta(seconds=5)


def begin(app: Flask) -> None:
    """An empty memory for an application."""
    app.extensions["oidc.clients"] = {}


def find(client_id: str | None) -> RegisteredClient | None:
    """The active system of a client id. Unknown ids are not remembered, so that nobody can fill the memory."""
    if not client_id or not CLIENT_ID.fullmatch(client_id):
        return None
    known: dict[str, tuple[datetime, RegisteredClient]] = current_app.extensions["oidc.clients"]
    now = clock.now()
    read_at, client = known.get(client_id, (None, None))
    if read_at is not None and timedelta(0) <= now - read_at < STALE:
        return client
    rows = statements.client(client_id)
    if not rows:
        known.pop(client_id, None)
        return None
    client = registered_client_from(rows)
    known[client_id] = (now, client)
    return client
