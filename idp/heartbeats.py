"""When each job of `idp work` was last done, by whichever worker: else nobody hears that all of them stand still."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import String, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from idp.database import Base, db
from thai_web import clock


class Heartbeat(Base):
    """A job, and when it was last done without a failure."""

    __tablename__ = "worker_heartbeat"
    job: Mapped[str] = mapped_column(String(60), primary_key=True)
    done_at: Mapped[datetime]


_INSERT: dict[str, Callable[[type[Heartbeat]], postgresql.Insert | sqlite.Insert]] = {
    "postgresql": postgresql.insert,
    "sqlite": sqlite.insert,
}


def beat(job: str) -> None:
    """Say that a job was done just now."""
    insert = _INSERT[db.engine.dialect.name](Heartbeat).values(job=job, done_at=clock.now())
    db.session.execute(insert.on_conflict_do_update(index_elements=["job"], set_={"done_at": insert.excluded.done_at}))


def last() -> dict[str, datetime]:
    """When each job was last done."""
    return {row.job: row.done_at for row in db.session.scalars(select(Heartbeat))}
