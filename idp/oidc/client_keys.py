"""Where a system's public keys come from: its registration, or the `jwks_uri` that it publishes.

What was fetched is kept in the process. A key that is not known there is looked for once more at once, and then not for
a minute, whoever asks: nobody can make us hammer a system by inventing key ids.
"""

import json
import threading
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from flask import Flask, current_app
from joserfc.jwk import Key

from idp import clock, outbound
from idp.clients.keys import fitting, public_keys
from idp.oidc.registry import RegisteredClient

FRESH = timedelta(minutes=5)
AGAIN = timedelta(minutes=1)
# A system whose address is down is known by its old keys for so long, and then by none.
KEPT = timedelta(hours=1)
_NEVER = datetime.min.replace(tzinfo=UTC)


class PublishedKeys:
    """What a `jwks_uri` answered."""

    def __init__(self, uri: str) -> None:
        self._uri = uri
        self._lock = threading.Lock()
        self._keys: tuple[Key, ...] = ()
        self._fetched_at = self._asked_at = _NEVER

    def get(self, oldest: timedelta) -> tuple[Key, ...]:
        """The keys, at most `oldest` old, unless the address was asked within the last minute."""
        now = clock.now()
        if self._is_due(now, oldest):
            with self._lock:
                if self._is_due(now, oldest):
                    self._fetch(now)
        elif not self._keys:
            with self._lock:  # the first answer may be on its way
                pass
        return self._keys if now - self._fetched_at < KEPT else ()

    def _is_due(self, now: datetime, oldest: timedelta) -> bool:
        return now - self._fetched_at >= oldest and now - self._asked_at >= AGAIN

    def _fetch(self, now: datetime) -> None:
        self._asked_at = now
        try:
            answer = outbound.call("GET", self._uri, headers={"Accept": "application/jwk-set+json, application/json"})
            if answer.status == 200:
                self._keys, self._fetched_at = public_keys(answer.json()), now
        except (outbound.OutboundError, ValueError):
            pass  # the old keys serve on


def begin(app: Flask) -> None:
    """An empty memory for an application."""
    app.extensions["oidc.client_keys"] = {}


def keys_for(client: RegisteredClient, alg: str, kid: str | None) -> list[Key]:
    """The system's keys that may have signed a token with this header."""
    if client.jwks:
        return fitting(_registered(client.jwks), alg, kid)
    if not client.jwks_uri:
        return []
    memory: dict[str, PublishedKeys] = current_app.extensions["oidc.client_keys"]
    published = memory.setdefault(client.jwks_uri, PublishedKeys(client.jwks_uri))
    return fitting(published.get(FRESH), alg, kid) or fitting(published.get(timedelta(0)), alg, kid)


@lru_cache(maxsize=1000)
def _registered(jwks: str) -> tuple[Key, ...]:
    return public_keys(json.loads(jwks))
