"""Accounts, what people tell of themselves, and postings."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, text, true
from sqlalchemy.orm import Mapped, mapped_column

from idp.accounts.rules import full_name
from idp.database import Base


class Account(Base):
    """A person who may sign in: one person, one account, one `subject` for a career."""

    __tablename__ = "account"
    __table_args__ = (
        # A typed number is only a claim; only a proven one makes one person, one account.
        Index(
            "uq_account_proven_national_id",
            "national_id_index",
            unique=True,
            sqlite_where=text("proof = 'THAID'"),
            postgresql_where=text("proof = 'THAID'"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(String(40), unique=True)
    username: Mapped[str | None] = mapped_column(String(40), unique=True)
    title: Mapped[str] = mapped_column(String(40), default="")
    given_name: Mapped[str] = mapped_column(String(100))
    family_name: Mapped[str] = mapped_column(String(100))
    email: Mapped[str] = mapped_column(String(254), index=True)
    email_proven_at: Mapped[datetime | None]
    phone: Mapped[str | None] = mapped_column(String(20), index=True)
    national_id_sealed: Mapped[bytes | None]
    national_id_index: Mapped[bytes | None] = mapped_column(LargeBinary(32), index=True)
    proof: Mapped[str] = mapped_column(String(10))
    proven_at: Mapped[datetime | None]  # by ThaID, the last time
    status: Mapped[str] = mapped_column(String(10), default="ACTIVE")
    tokens_not_before: Mapped[datetime]
    arrival_mails: Mapped[bool] = mapped_column(default=True, server_default=true())  # of a decider: told of arrivals
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    @property
    def name(self) -> str:
        """The name as shown: title and given name run together in Thai."""
        return full_name(self.title, self.given_name, self.family_name)


class AccountDetails(Base):
    """What a person told of themselves; a row of its own, since most tell nothing and it can go by itself."""

    __tablename__ = "account_details"
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    middle_name: Mapped[str | None] = mapped_column(String(100))
    nickname: Mapped[str | None] = mapped_column(String(100))
    profile: Mapped[str | None] = mapped_column(String(500))
    picture: Mapped[str | None] = mapped_column(String(500))
    website: Mapped[str | None] = mapped_column(String(500))
    gender: Mapped[str | None] = mapped_column(String(10))
    birthdate: Mapped[date | None]
    address: Mapped[str | None] = mapped_column(String(500))


class Posting(Base):
    """An account's place in a unit, dated."""

    __tablename__ = "posting"
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    position: Mapped[str] = mapped_column(String(150))
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    created_at: Mapped[datetime]
