"""`/metrics`: what an operator wants to hear of before anybody telephones.

The numbers are computed when they are asked for, from the database and the folder of keys. Nothing is counted in the
memory of a process: whichever node and process answers, the numbers are the same, and none is lost with a process. So
all of them are gauges. Every statement reads an index, over a few minutes or over what waits; none counts a table that
grows with the country. No label says anything about a person.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import inf

from sqlalchemy import func, select

from idp import heartbeats, worker
from idp.audit.models import AuditEvent, AuditSeal, TrafficEvent
from idp.clients import jobs
from idp.clients.rules import SIGNING_ALGORITHMS
from idp.database import db
from idp.notifications.models import OutboxMessage
from idp.oidc.store.jobs import TOKENS_KEPT
from idp.oidc.store.models import AuthorizationGrant, LogoutDelivery, Token
from idp.outbox import WAITING, Delivery, DeliveryState
from idp.registration import retention
from idp.registration.models import Registration
from idp.registration.rules import State
from idp.signin.models import SignInSession
from idp.signing_keys import files
from idp.signing_keys.schedule import signer
from idp.web.application import settings
from thai_web import clock

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
LATELY = timedelta(minutes=5)
TRAFFIC = ("signin.completed", "signin.refused", "thaid.completed", "thaid.refused", "replay")


@dataclass(frozen=True)
class Metric:
    """A number, or one for each value of `label`. `alarm` advises when to call somebody."""

    name: str
    meaning: str
    alarm: str
    label: str = ""


METRICS = (
    Metric(
        "idp_traffic",
        "sign-ins, returns from ThaID, and codes or tokens used twice, in the last 5 minutes",
        '`event="signin.refused"` above `event="signin.completed"`',
        "event",
    ),
    Metric("idp_authorizations", "codes given to systems in the last 5 minutes", "0 in office hours"),
    Metric("idp_sessions", "sign-ins that have not ended", "–"),
    Metric(
        "idp_sessions_untold_seconds",
        "how long the end of a sign-in has waited to be told to its systems",
        "above 300: no `idp work` runs",
    ),
    Metric("idp_registrations_waiting", "registrations that wait for a decision", "–"),
    Metric("idp_registrations_oldest_seconds", "how long the oldest of them has waited", "–"),
    Metric(
        "idp_documents_overdue",
        "ended requests whose documents should have been destroyed a day ago or more",
        "above 0: no `idp work` runs",
    ),
    Metric("idp_mails_waiting", "mails that the relay has not taken yet", "–"),
    Metric(
        "idp_mails_oldest_seconds",
        "how long the oldest of them has waited",
        "above 900: no `idp work` runs, or the relay is down",
    ),
    Metric("idp_mails_given_up", "mails of the last 7 days that the relay never took", "above 0; the log says why"),
    Metric("idp_logouts_waiting", "logouts that a system has not taken yet", "–"),
    Metric(
        "idp_logouts_oldest_seconds",
        "how long the oldest of them has waited",
        "above 3600: the list of systems names who does not answer",
    ),
    Metric("idp_logouts_given_up", "logouts that were given up in the last 5 minutes", "above 0"),
    Metric(
        "idp_audit_unsealed_seconds",
        "how long the first event after the last seal has waited",
        "above 300: no `idp work` runs, or a transaction hangs",
    ),
    Metric("idp_tokens_unswept_seconds", "how late the sweep of expired tokens is", "above 86400"),
    Metric(
        "idp_job_seconds",
        "how long ago a job of `idp work` was last done; +Inf: never",
        "above 7200; above 300 for `deliver mail` and `deliver logouts`: `idp doctor`",
        "job",
    ),
    Metric(
        "idp_signing_key_age_seconds",
        "how long the present key of an algorithm has signed",
        "above `IDP_KEY_ROTATION_DAYS` and two days: `idp doctor`",
        "alg",
    ),
    Metric(
        "idp_signing_seconds_left",
        "how long the keys in the folder will sign; +Inf where none has an end",
        "below 86400",
        "alg",
    ),
    Metric(
        "idp_client_secret_seconds_left",
        "how long the last secret of an active system counts, from 30 days before its end; negative afterwards",
        "below 604800",
        "client_id",
    ),
)

Sample = tuple[str, str, float]  # the metric, the value of its label, the number


def exposition() -> str:
    """All numbers of now in the text format 0.0.4 of Prometheus."""
    found: dict[str, list[str]] = {metric.name: [] for metric in METRICS}
    labels = {metric.name: metric.label for metric in METRICS}
    for name, value, number in _samples(clock.now()):
        label = f'{{{labels[name]}="{_escaped(value)}"}}' if labels[name] else ""
        found[name].append(f"{name}{label} {'+Inf' if number == inf else f'{number:.15g}'}\n")
    return "".join(
        f"# HELP {metric.name} {metric.meaning}\n# TYPE {metric.name} gauge\n{''.join(found[metric.name])}"
        for metric in METRICS
    )


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def _samples(now: datetime) -> Iterator[Sample]:
    yield from _sign_ins(now)
    yield from _registrations(now)
    yield from _mails(now)
    yield from _logouts(now)
    yield from _lateness(now)
    yield from _jobs(now)
    yield from _keys(now)
    yield from _secrets(now)


def _sign_ins(now: datetime) -> Iterator[Sample]:
    recent = TrafficEvent.at > now - LATELY
    traffic = select(TrafficEvent.name, func.count()).where(recent).group_by(TrafficEvent.name)
    counted = {row.name: row[1] for row in db.session.execute(traffic)}
    for name in TRAFFIC:
        yield "idp_traffic", name, counted.get(name, 0)
    granted = select(func.count()).where(AuthorizationGrant.issued_at > now - LATELY)
    yield "idp_authorizations", "", db.session.scalar(granted) or 0
    live = select(func.count()).select_from(SignInSession).where(SignInSession.ended_at.is_(None))
    yield "idp_sessions", "", db.session.scalar(live) or 0


def _registrations(now: datetime) -> Iterator[Sample]:
    waiting = select(func.count(), func.min(Registration.submitted_at)).where(Registration.state == State.SUBMITTED)
    number, oldest = db.session.execute(waiting).one()
    yield "idp_registrations_waiting", "", number
    yield "idp_registrations_oldest_seconds", "", _seconds_since(oldest, now)
    yield "idp_documents_overdue", "", retention.overdue()


def _mails(now: datetime) -> Iterator[Sample]:
    yield from _queue("idp_mails", OutboxMessage, now)
    given_up = (OutboxMessage.state == DeliveryState.FAILED, OutboxMessage.created_at > now - timedelta(days=7))
    yield "idp_mails_given_up", "", db.session.scalar(select(func.count()).where(*given_up)) or 0


def _logouts(now: datetime) -> Iterator[Sample]:
    yield from _queue("idp_logouts", LogoutDelivery, now)
    given_up = (LogoutDelivery.state == DeliveryState.FAILED, LogoutDelivery.done_at > now - LATELY)
    yield "idp_logouts_given_up", "", db.session.scalar(select(func.count()).where(*given_up)) or 0


def _queue(name: str, table: type[Delivery], now: datetime) -> Iterator[Sample]:
    waiting = select(func.count(), func.min(table.created_at)).where(table.state.in_(WAITING))
    number, oldest = db.session.execute(waiting).one()
    yield f"{name}_waiting", "", number
    yield f"{name}_oldest_seconds", "", _seconds_since(oldest, now)


def _lateness(now: datetime) -> Iterator[Sample]:
    """What only the worker does, and how far behind it is."""
    untold = select(func.min(SignInSession.ended_at)).where(
        SignInSession.logout_told_at.is_(None), SignInSession.ended_at.is_not(None)
    )
    yield "idp_sessions_untold_seconds", "", _seconds_since(db.session.scalar(untold), now)
    # By the keys: where all is sealed, looking for an event without a seal means looking at each.
    last = select(func.coalesce(func.max(AuditSeal.event_id), 0)).scalar_subquery()
    unsealed = select(AuditEvent.at).where(AuditEvent.id > last).order_by(AuditEvent.id).limit(1)
    yield "idp_audit_unsealed_seconds", "", _seconds_since(db.session.scalar(unsealed), now)
    oldest = db.session.scalar(select(func.min(Token.expires_at)))
    yield "idp_tokens_unswept_seconds", "", _seconds_since(oldest and oldest + TOKENS_KEPT, now)


def _jobs(now: datetime) -> Iterator[Sample]:
    last = heartbeats.last()
    for job in worker.jobs():
        yield "idp_job_seconds", job.name, _seconds_since(last[job.name], now) if job.name in last else inf


def _keys(now: datetime) -> Iterator[Sample]:
    known = files.read(settings().keys)
    for alg in SIGNING_ALGORITHMS:
        if current := signer(known, alg, now):
            yield "idp_signing_key_age_seconds", alg, _seconds_since(current.sign_from, now)
        left = (_seconds_until(key.sign_until, now) for key in known if key.alg == alg)
        yield "idp_signing_seconds_left", alg, max(left, default=0)


def _secrets(now: datetime) -> Iterator[Sample]:
    for secret, client in db.session.execute(jobs.last_secrets(now)):
        yield "idp_client_secret_seconds_left", client.client_id, _seconds_until(secret.expires_at, now)


def _seconds_since(then: datetime | None, now: datetime) -> float:
    return max((now - then).total_seconds(), 0) if then else 0


def _seconds_until(then: datetime | None, now: datetime) -> float:
    return (then - now).total_seconds() if then else inf
