"""Attempts, counted by a keyed digest of what they aimed at: the table tells no name and no address."""

from datetime import datetime

from sqlalchemy import LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from idp.database import Base


class Attempt(Base):
    """How often something was tried in its window."""

    __tablename__ = "attempt"
    key: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    attempts: Mapped[int]
    window_ends_at: Mapped[datetime] = mapped_column(index=True)
    last_at: Mapped[datetime]
