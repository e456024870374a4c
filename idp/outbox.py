"""What the worker tells the outside: rows that wait, are claimed by one worker each, and are tried again.

What is told, what an answer means and how often to try is the business of the room whose rows they are.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial

from sqlalchemy import ColumnElement, String, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from idp.database import db, job
from thai_web import clock


class DeliveryState(StrEnum):
    """Where a delivery stands. SENT: a relay took it, and it may come back; DONE: the receiver itself took it."""

    QUEUED = "QUEUED"
    SENDING = "SENDING"
    SENT = "SENT"
    DONE = "DONE"
    FAILED = "FAILED"
    BOUNCED = "BOUNCED"


WAITING = (DeliveryState.QUEUED, DeliveryState.SENDING)


class Delivery:
    """The columns of every table of deliveries. `attempts` counts those that were begun."""

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(String(10), default=DeliveryState.QUEUED)
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    next_attempt_at: Mapped[datetime]
    claimed_at: Mapped[datetime | None]


@dataclass(frozen=True)
class Outbox:
    """A table of deliveries and its rules: the pauses after each failed attempt, how long a claim holds, and how many
    rows are taken at a time."""

    table: type[Delivery]
    retry_after: tuple[timedelta, ...]
    claim_lifetime: timedelta
    batch: int

    def is_due(self) -> ColumnElement[bool]:
        """Whether a row is due. A worker that died in the middle leaves its claim behind; after its lifetime the row is
        due again, so that the receiver may get it twice, but never not at all."""
        now = clock.now()
        queued = (self.table.state == DeliveryState.QUEUED) & (self.table.next_attempt_at <= now)
        return or_(queued, self._is_abandoned(now))

    def claimed(self, *which: ColumnElement[bool]) -> Iterator[int]:
        """The ids of the rows that are due, oldest first, each claimed when its turn comes. Commits."""
        for row_id in job(partial(self._due, which)):
            if job(partial(self._claim, row_id)):
                yield row_id

    def retry(self, row: Delivery, now: datetime) -> None:
        """Let a row whose attempt failed wait for the next one; it has failed when that was the last."""
        if row.attempts > len(self.retry_after):
            row.state = DeliveryState.FAILED
        else:
            row.state, row.next_attempt_at = DeliveryState.QUEUED, now + self.retry_after[row.attempts - 1]

    def _due(self, which: tuple[ColumnElement[bool], ...]) -> list[int]:
        statement = select(self.table.id).where(self.is_due(), *which).order_by(self.table.id)
        return list(db.session.scalars(statement.limit(self.batch)))

    def _claim(self, row_id: int) -> bool:
        now = clock.now()
        free = or_(self.table.state == DeliveryState.QUEUED, self._is_abandoned(now))
        statement = (
            update(self.table)
            .where(self.table.id == row_id, free)
            .values(state=DeliveryState.SENDING, claimed_at=now, attempts=self.table.attempts + 1)
            .execution_options(synchronize_session=False)
        )
        return db.session.execute(statement).rowcount == 1  # type: ignore[attr-defined]

    def _is_abandoned(self, now: datetime) -> ColumnElement[bool]:
        is_old = self.table.claimed_at <= now - self.claim_lifetime
        return (self.table.state == DeliveryState.SENDING) & is_old
