"""A spent code or refresh token comes again: whoever brings it, somebody else has it (RFC 9700, section 4.14.2)."""

from authlib.oauth2.rfc6749 import InvalidGrantError
from flask import request as http

from idp.audit.operations import traffic_at_once
from idp.oidc.store import statements
from idp.oidc.store.rows import Grant


def revoke_replayed(grant: Grant, what: str) -> None:
    """Somebody presents a spent secret: it was stolen before or after its rightful use, so nothing of it may live."""
    statements.revoke_grant(grant.id)
    traffic_at_once("replay", grant.account_id, http.remote_addr, what=what, grant_id=grant.id)


def already_spent(grant: Grant, what: str) -> InvalidGrantError:
    """The error for the loser of two simultaneous uses; both lose, since one of them is a thief's."""
    revoke_replayed(grant, what)
    return InvalidGrantError("it was used already")
