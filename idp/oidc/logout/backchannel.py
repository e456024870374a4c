"""OpenID Connect Back-Channel Logout 1.0: systems are told of sign-ins that ended, whatever ended them.

Nothing that ends a session has to think of it: the worker finds what ended and whom that concerns.
"""

import logging
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Select, func, select, update

from idp import outbound
from idp.accounts.models import Account
from idp.clients.models import Client
from idp.clients.rules import Status
from idp.clients.subjects import subject_for
from idp.database import db, job
from idp.oidc import server
from idp.oidc.store.models import AuthorizationGrant, LogoutDelivery
from idp.outbound import OutboundError
from idp.outbox import DeliveryState, Outbox
from idp.secrets_at_rest import new_secret
from idp.signin.models import SignInSession
from thai_web import clock

log = logging.getLogger("idp.oidc")

EVENT = "http://schemas.openid.net/event/backchannel-logout"
LIFETIME = timedelta(minutes=2)  # section 2.4 advises two minutes at most
RETRY_AFTER = tuple(timedelta(minutes=each) for each in (1, 5, 15, 60, 240))
BATCH = 100
OUTBOX = Outbox(LogoutDelivery, RETRY_AFTER, claim_lifetime=timedelta(minutes=5), batch=BATCH)


def queue_ended(batch: int = BATCH) -> int:
    """For sessions that ended, one delivery to each system that had a code redeemed in them. Returns how many."""
    untold = (
        select(SignInSession)
        .where(SignInSession.ended_at.is_not(None), SignInSession.logout_told_at.is_(None))
        .order_by(SignInSession.ended_at)
        .limit(batch)
        .with_for_update(skip_locked=True)
    )
    now, queued = clock.now(), 0
    for session in list(db.session.scalars(untold)):
        session.logout_told_at = now
        for client_id in db.session.scalars(_systems_of(session.id)):
            db.session.add(
                LogoutDelivery(
                    client_id=client_id,
                    account_id=session.account_id,
                    sid=session.sid,
                    created_at=now,
                    next_attempt_at=now,
                )
            )
            queued += 1
    db.session.flush()
    return queued


def _systems_of(session_id: int) -> Select[Any]:
    return (
        select(Client.id)
        .join(AuthorizationGrant, AuthorizationGrant.client_id == Client.id)
        .where(AuthorizationGrant.session_id == session_id, AuthorizationGrant.redeemed_at.is_not(None))
        .where(Client.backchannel_logout_uri.is_not(None), Client.status == Status.ACTIVE)
        .distinct()
    )


def counts(client_id: int) -> dict[str, int]:
    """How many deliveries to a system stand in each state, since the oldest that is kept."""
    statement = (
        select(LogoutDelivery.state, func.count())
        .where(LogoutDelivery.client_id == client_id)
        .group_by(LogoutDelivery.state)
        .order_by(LogoutDelivery.state)
    )
    return {row.state: row[1] for row in db.session.execute(statement)}


def newest(client_id: int, limit: int = 50) -> list[LogoutDelivery]:
    """The newest deliveries to a system."""
    told = select(LogoutDelivery).where(LogoutDelivery.client_id == client_id)
    return list(db.session.scalars(told.order_by(LogoutDelivery.id.desc()).limit(limit)))


def deliver_due() -> int:
    """Tell every system what is due, one system after the other. Returns how many logouts were told."""
    return sum(deliver_to(client_id) for client_id in job(systems_due))


def systems_due() -> list[int]:
    """The systems for which a logout is due, whose oldest waits longest first."""
    statement = select(LogoutDelivery.client_id).where(OUTBOX.is_due()).group_by(LogoutDelivery.client_id)
    return list(db.session.scalars(statement.order_by(func.min(LogoutDelivery.id))))


def deliver_to(client_id: int) -> int:
    """Tell one system what is due, until it fails: then the rest waits with the one that failed. Returns how many."""
    told = 0
    for delivery_id in OUTBOX.claimed(LogoutDelivery.client_id == client_id):
        if not _deliver(delivery_id):
            break
        told += 1
    return told


def _deliver(delivery_id: int) -> bool:
    address, token = job(partial(_message, delivery_id))  # nothing stays open while the system is spoken to
    try:
        response = outbound.call("POST", address, form={"logout_token": token}, patience=outbound.LONGEST)
        result = "" if response.status in (200, 204) else f"answered {response.status}"
    except OutboundError as error:
        result = str(error)[:100]
    job(partial(_settle, delivery_id, result))
    return not result


def _message(delivery_id: int) -> tuple[str, str]:
    statement = (
        select(Client, Account.subject, LogoutDelivery.sid)
        .join(LogoutDelivery, LogoutDelivery.client_id == Client.id)
        .join(Account, Account.id == LogoutDelivery.account_id)
        .where(LogoutDelivery.id == delivery_id)
    )
    client, subject, sid = db.session.execute(statement).one()
    return client.backchannel_logout_uri or "", logout_token(client, subject_for(client.sector, subject), sid)


def _settle(delivery_id: int, result: str) -> None:
    delivery = db.session.get_one(LogoutDelivery, delivery_id)
    delivery.result, now = result, clock.now()
    if not result:
        delivery.state, delivery.done_at = DeliveryState.DONE, now
    else:
        OUTBOX.retry(delivery, now)
        if delivery.state == DeliveryState.FAILED:
            delivery.done_at = now
        else:
            _put_off_the_others(delivery.client_id, now + RETRY_AFTER[0])
        log.warning("logout of a session not delivered to client %s: %s", delivery.client_id, result)


def _put_off_the_others(client_id: int, until: datetime) -> None:
    """A system that did not answer is left alone for a while, by every worker."""
    waiting = (LogoutDelivery.client_id == client_id, LogoutDelivery.state == DeliveryState.QUEUED)
    later = update(LogoutDelivery).where(*waiting, LogoutDelivery.next_attempt_at < until)
    db.session.execute(later.values(next_attempt_at=until).execution_options(synchronize_session=False))


def logout_token(client: Client, subject: str, sid: str) -> str:
    """Section 2.4: who, which session, to whom; never a nonce, so that it cannot pass for an ID token."""
    now, provider = clock.now(), server.current()
    claims = {
        "iss": provider.issuer,
        "aud": client.client_id,
        "iat": int(now.timestamp()),
        "exp": int((now + LIFETIME).timestamp()),
        "jti": new_secret(18),
        "sub": subject,
        "sid": sid,
        "events": {EVENT: {}},
    }
    return provider.ring.sign(claims, client.id_token_signed_response_alg, now, typ="logout+jwt")
