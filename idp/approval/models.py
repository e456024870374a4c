"""What reviewers keep beside the cases: who looks at one, an office's answers, one's own lists."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from idp.database import Base


class Claim(Base):
    """Who is looking at a case, so that a colleague takes another one. It ends by itself and stops nobody."""

    __tablename__ = "case_claim"
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    until: Mapped[datetime]


class CannedReply(Base):
    """A ready answer of one office: the short reason for the screen and the longer text of the mail."""

    __tablename__ = "ready_answer"
    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    outcome: Mapped[str] = mapped_column(String(10))
    reason_code: Mapped[str] = mapped_column(String(20), default="")
    reason: Mapped[str] = mapped_column(String(500))
    mail_text: Mapped[str] = mapped_column(String(3000), default="")
    updated_at: Mapped[datetime]


class SavedView(Base):
    """A list under a name: the filters and words of its address, seen by its owner alone."""

    __tablename__ = "saved_view"
    __table_args__ = (UniqueConstraint("account_id", "name"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    name: Mapped[str] = mapped_column(String(60))
    query: Mapped[str] = mapped_column(String(1000))
    created_at: Mapped[datetime]
