"""When each step of `info work` was last done, by whichever worker: else nobody hears that it stands still."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Mapped, mapped_column

from relying_party_example.database import Base, db

LATE = timedelta(minutes=5)  # each step is done every minute


class Heartbeat(Base):
    """A step, and when it was last done without a failure."""

    __tablename__ = "worker_heartbeat"

    step: Mapped[str] = mapped_column(primary_key=True)
    done_at: Mapped[datetime]


def beat(step: str, now: datetime) -> None:
    """Say that a step was done."""
    db.session.merge(Heartbeat(step=step, done_at=now))


def standing(steps: list[str], now: datetime) -> dict[str, datetime | None]:
    """The steps that stand still, and when each was last done; nothing for one that was never done."""
    last = {row.step: row.done_at for row in db.session.scalars(select(Heartbeat))}
    return {step: last.get(step) for step in steps if step not in last or now - last[step] > LATE}
