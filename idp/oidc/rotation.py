"""The worker's rotation of the signing key."""

import logging
from datetime import timedelta

from idp import clock
from idp.audit.operations import record
from idp.audit.rules import WORKER
from idp.oidc import keys
from idp.web.application import settings

log = logging.getLogger("idp.oidc")


def rotate_when_due() -> bool:
    """Rotate the key when it has signed for as long as the installation allows, and record it."""
    days = settings().key_rotation_days
    if not days:
        return False
    try:
        new = keys.rotate_when_due(settings().keys, clock.now(), settings().keys_password, timedelta(days=days))
    except OSError:
        log.error("the signing key is due, but the worker may not write the folder of keys: run `idp keys rotate`")
        return False
    if new is not None:
        record("key.rotated", subject=("key", new.kid), actor=WORKER, kid=new.kid)
    return new is not None
