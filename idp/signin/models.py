"""Passwords and sign-in sessions."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from idp.database import Base


class PasswordCredential(Base):
    """A person's password as an Argon2id PHC string."""

    __tablename__ = "password_credential"
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    hash: Mapped[str] = mapped_column(String(200))
    changed_at: Mapped[datetime]


class RecoveryRequest(Base):
    """An address that somebody gave as theirs who forgot username or password, until the worker mailed to it."""

    __tablename__ = "recovery_request"
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254))
    asked_at: Mapped[datetime]


class KnownDevice(Base):
    """A browser in which a person has signed in. `digest` is of its cookie, which all its people share."""

    __tablename__ = "known_device"
    __table_args__ = (UniqueConstraint("account_id", "digest"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), index=True)
    first_seen_at: Mapped[datetime]
    last_seen_at: Mapped[datetime] = mapped_column(index=True)


LIVE, UNTOLD = text("ended_at IS NULL"), text("logout_told_at IS NULL")


class SignInSession(Base):
    """A browser's signed-in state. `digest` is of the cookie; `sid` is the public name that tokens carry."""

    __tablename__ = "sign_in_session"
    __table_args__ = (
        Index("ix_session_live", "account_id", sqlite_where=LIVE, postgresql_where=LIVE),
        Index("ix_session_untold", "ended_at", sqlite_where=UNTOLD, postgresql_where=UNTOLD),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    sid: Mapped[str] = mapped_column(String(40), unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    posting_id: Mapped[int | None] = mapped_column(ForeignKey("posting.id"))
    auth_time: Mapped[datetime]
    amr: Mapped[list[str]]
    acr: Mapped[str] = mapped_column(String(60))
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None] = mapped_column(String(40))
    grants_ended_at: Mapped[datetime | None]  # since when nothing that rests on it counts, not even for offline use
    logout_told_at: Mapped[datetime | None]  # since when the connected systems are being told of its end
    # for the person's own eyes, so that they recognise what is theirs
    device: Mapped[str] = mapped_column(String(60), default="", server_default="")
    address: Mapped[str] = mapped_column(String(45), default="", server_default="")
