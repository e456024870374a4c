"""What helpers changed about people, changes of a mailbox that wait so that the person can stop them, invitations."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from idp.database import Base
from idp.staff import rules

OPEN = text("ended_at IS NULL")


class Correction(Base):
    """One datum that a helper corrected, as it was and as it is; beside the record, so that it can be erased."""

    __tablename__ = "correction"
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    field: Mapped[str] = mapped_column(String(20))
    before: Mapped[str] = mapped_column(String(254))
    after: Mapped[str] = mapped_column(String(254))
    at: Mapped[datetime]


class MailboxChange(Base):
    """Another address for an account, announced by a helper to the one before and to the person's own page."""

    __tablename__ = "mailbox_change"
    __table_args__ = (
        Index("uq_mailbox_change_open", "account_id", unique=True, sqlite_where=OPEN, postgresql_where=OPEN),
        Index("ix_mailbox_change_due", "ended_at", "due_at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    email: Mapped[str] = mapped_column(String(254))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    asked_at: Mapped[datetime]
    due_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(String(10))  # DONE, CANCELLED, WITHDRAWN, OVERTAKEN


class Invitation(Base):
    """Somebody is asked to register for a unit. The link travels by mail alone; here stands nothing of it."""

    __tablename__ = "invitation"
    __table_args__ = (
        # Small offices share a mailbox: the name tells two who are invited there apart.
        Index("uq_invitation_open", "unit_id", "email", "name", unique=True, sqlite_where=OPEN, postgresql_where=OPEN),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    email: Mapped[str] = mapped_column(String(254))
    name: Mapped[str] = mapped_column(String(200))
    position: Mapped[str] = mapped_column(String(150))
    role_ids: Mapped[list[str]]
    invited_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(String(10))  # ACCEPTED, REVOKED
    # None again once the draft that was begun with it is gone
    registration_id: Mapped[int | None] = mapped_column(ForeignKey("registration.id", ondelete="SET NULL"))

    def standing(self, now: datetime, *, by_another: bool = False) -> rules.Invited:
        """What the rules say of it."""
        return rules.invited(self.outcome, self.expires_at, now, by_another=by_another)
