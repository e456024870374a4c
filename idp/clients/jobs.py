"""Mails to a system's contacts before its last secret expires. What was sent stands in the outbox alone."""

from datetime import datetime, timedelta
from math import ceil

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import aliased

from idp.clients import rules
from idp.clients.models import Client, ClientSecret
from idp.clients.rules import Status
from idp.database import db
from idp.notifications.operations import has_been_queued, queue
from idp.notifications.rules import is_address
from thai_web import clock

SECRET_EXPIRES = "clients/mail/secret_expires"  # noqa: S105 - a template's name


def last_secrets(now: datetime) -> Select[ClientSecret, Client]:
    """The secrets that end soon, or did, and after which an active system has none; each with its system."""
    later = aliased(ClientSecret)
    outlived = (
        select(later.id)
        .where(later.client_id == ClientSecret.client_id)
        .where(or_(later.expires_at.is_(None), later.expires_at > ClientSecret.expires_at))
        .exists()
    )
    return (
        select(ClientSecret, Client)
        .join(Client, Client.id == ClientSecret.client_id)
        .where(ClientSecret.expires_at <= now + max(rules.WARN_BEFORE), ~outlived)
        .where(Client.status == Status.ACTIVE, Client.token_endpoint_auth_method.in_(rules.SECRET_METHODS))
        .order_by(ClientSecret.id)
    )


def warn() -> int:
    """Queue what is due, each step once. Returns how many mails."""
    now, sent = clock.now(), 0
    statement = last_secrets(now).where(ClientSecret.expires_at > now)
    for secret, client in db.session.execute(statement.with_for_update(of=ClientSecret, skip_locked=True)):
        ends_at = secret.expires_at
        assert ends_at is not None
        step = rules.warning_due(secret.created_at, ends_at, now)
        if step is None or has_been_queued(SECRET_EXPIRES, "client_secret", secret.id, ends_at - step):
            continue
        values = {"client": client, "ends_at": ends_at, "days": ceil((ends_at - now) / timedelta(days=1))}
        for address in filter(is_address, client.contacts):
            queue(SECRET_EXPIRES, address, values, ("client_secret", secret.id))
            sent += 1
    return sent
