"""Where a system's public keys come from: its registration, or the `jwks_uri` that it publishes.

What was fetched is kept in the process. A key that is not known there is looked for once more at once, and then not for
a minute, whoever asks: nobody can make us hammer a system by inventing key ids. Nobody waits for a fetch that another
began, except in its first second, and where there are no old keys: anybody may send assertions in a system's name, and
its `jwks_uri` may be slow.
"""

import json
import threading
import time
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from flask import Flask, current_app
from joserfc.jwk import Key

from idp import outbound
from idp.clients.keys import fitting, public_keys
from idp.oidc.store.registered_client import RegisteredClient
from thai_web import clock

FRESH = timedelta(minutes=5)
AGAIN = timedelta(minutes=1)
# A system whose address is down is known by its old keys for so long, and then by none.
KEPT = timedelta(hours=1)
MOMENT = 1.0  # seconds after its beginning in which a first fetch is waited for
WAITING = 6  # requests that do so at once, half the threads of a process
_NEVER = datetime.min.replace(tzinfo=UTC)


class PublishedKeys:
    """What a `jwks_uri` answered."""

    def __init__(self, uri: str) -> None:
        self._uri = uri
        self._fetching = threading.Lock()
        self._waiting = threading.BoundedSemaphore(WAITING)
        self._begun_at = 0.0  # in monotonic seconds
        self._keys: tuple[Key, ...] = ()
        self._fetched_at = self._asked_at = _NEVER

    def get(self, oldest: timedelta) -> tuple[Key, ...]:
        """The keys, at most `oldest` old, unless the address was asked within the last minute, or is being asked."""
        now = clock.now()
        if self._is_due(now, oldest) and self._fetching.acquire(blocking=False):
            try:
                if self._is_due(now, oldest):
                    self._fetch(now)
            finally:
                self._fetching.release()
        elif not self._keys:
            self._wait_for_the_first()
        return self._keys if now - self._fetched_at < KEPT else ()

    def _is_due(self, now: datetime, oldest: timedelta) -> bool:
        return now - self._fetched_at >= oldest and now - self._asked_at >= AGAIN

    def _wait_for_the_first(self) -> None:
        left = self._begun_at + MOMENT - time.monotonic()
        if left > 0 and self._waiting.acquire(blocking=False):
            try:
                if self._fetching.acquire(timeout=left):
                    self._fetching.release()
            finally:
                self._waiting.release()

    def _fetch(self, now: datetime) -> None:
        self._asked_at, self._begun_at = now, time.monotonic()
        try:
            answer = outbound.fetch(self._uri, "application/jwk-set+json, application/json")
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
