"""The worker's care for the signing keys."""

import logging
from datetime import timedelta

from idp.audit.operations import record
from idp.audit.rules import WORKER
from idp.signing_keys import files
from idp.web.application import settings
from thai_web import clock

log = logging.getLogger("idp.signing_keys")


def tend() -> list[str]:
    """Rotate every key that has signed for as long as the installation allows, record it, and delete those whose life
    is over. Returns the new kids."""
    folder, now, days = settings().keys, clock.now(), settings().key_rotation_days
    if not days:
        return []
    try:
        new = files.rotate_when_due(folder, now, settings().keys_password, timedelta(days=days))
        files.remove_dropped(folder, now)
    except OSError:
        log.error("a signing key is due, but the worker may not write the folder of keys: run `idp keys rotate all`")
        return []
    for key in new:
        record("key.rotated", subject=("key", key.kid), actor=WORKER, kid=key.kid)
    return [key.kid for key in new]
