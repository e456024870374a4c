"""Attempts, counted by a keyed digest of what they aimed at: the table tells no name and no address."""

from datetime import datetime

from sqlalchemy import LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from idp.database import Base


class Attempt(Base):
    """How often something may still be tried in its window, and from when on."""

    __tablename__ = "attempt"
    key: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)  # of limit, target and where they come from
    target: Mapped[bytes] = mapped_column(LargeBinary(32), index=True)  # of limit and target
    attempts_left: Mapped[int]  # of the free ones; below nought, how many were made after waiting
    blocked_until: Mapped[datetime | None]
    window_ends_at: Mapped[datetime] = mapped_column(index=True)
