"""Requests that a system let the browser post, kept here until they are answered.

A post from another site comes without our sign-in cookie (SameSite=Lax); a redirect brings it back. The request must
not stand in the address of that redirect: addresses end up in histories, and an id_token_hint names a person. So it
waits in the database, and the address holds a secret that leads to it.
"""

from collections.abc import Iterable
from datetime import timedelta

from idp.oidc.authorize import signed_query
from idp.oidc.store import statements
from idp.secrets_at_rest import digest, new_secret
from thai_web import clock
from thai_web.refusal import N_, Refusal

REFERENCE = "idp_posted"
LIFETIME = timedelta(hours=2)  # a sign-in page may stay open over lunch
LONGEST = 8000  # characters: as much as an address would hold
BEGIN_AGAIN = N_("โปรดกลับไปเริ่มใหม่จากระบบที่ท่านใช้")


def keep(parameters: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """What stands in the address in place of these parameters. Raises `Refusal` for more than an address would hold.

    How pages look stays in the address, where the person may change it; marks are ours alone and are not posted.
    """
    given = [pair for pair in signed_query.unmarked(parameters) if pair[0] != REFERENCE]
    kept = [pair for pair in given if pair[0] != signed_query.HOW_PAGES_LOOK]
    if sum(len(name) + len(value) for name, value in kept) > LONGEST:
        raise Refusal(N_("คำขอที่ระบบนั้นส่งมายาวเกินไป (the request is too long)"), next_step=BEGIN_AGAIN)
    secret = new_secret()
    statements.keep_posted_request(digest(secret), kept, clock.now() + LIFETIME)
    return [(REFERENCE, secret), *(pair for pair in given if pair not in kept)]


def whole(parameters: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The parameters of an address with those that wait for it. Raises `Refusal` when they wait no more."""
    secret = next((value for name, value in parameters if name == REFERENCE), None)
    if not secret:
        return parameters
    kept = statements.posted_request(digest(secret))
    if kept is None:
        raise Refusal(
            N_("คำขอนี้หมดเวลาแล้ว หรือไม่ได้มาจากระบบที่ท่านใช้ (the request has expired)"),
            next_step=BEGIN_AGAIN,
            code="request_expired",
        )
    return [*kept, *(pair for pair in parameters if pair[0] != REFERENCE)]
