"""The audit's tables: what happened, the seals over it, the head of the chain, and erasable names."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from idp.database import Base

LONGEST_NAME = 200
BigId = BigInteger().with_variant(Integer, "sqlite")


class AuditEvent(Base):
    """One decision or change. Never updated, never deleted."""

    __tablename__ = "audit_event"
    __table_args__ = (
        Index("ix_audit_event_subject", "subject_kind", "subject_id"),
        Index("ix_audit_event_actor", "actor_account_id", "id"),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    name: Mapped[str] = mapped_column(String(60), index=True)
    actor_kind: Mapped[str] = mapped_column(String(20))  # account, command, worker, applicant, client
    actor_account_id: Mapped[int | None]
    actor_unit_id: Mapped[int | None]
    appointment_id: Mapped[int | None]
    subject_kind: Mapped[str | None] = mapped_column(String(40))
    subject_id: Mapped[str | None] = mapped_column(String(60))
    unit_id: Mapped[int | None] = mapped_column(index=True)
    facts: Mapped[dict[str, object]]
    # PostgreSQL's transaction number: the sealer stays below the oldest transaction still open, so that no event
    # can appear behind a seal. SQLite has one writer at a time and keeps 0.
    transaction_id: Mapped[int] = mapped_column(BigInteger, default=0)
    # By role, of the names beside the event; none before they were sealed.
    name_digests: Mapped[dict[str, object] | None]
    mac: Mapped[bytes | None]  # under the audit key, by who wrote it; none before events had one


class AuditName(Base):
    """A person's name as it was, beside the event, so that it can be erased without breaking the chain: the chain has
    its salted digest, and the salt goes with the name."""

    __tablename__ = "audit_name"
    event_id: Mapped[int] = mapped_column(ForeignKey("audit_event.id"), primary_key=True)
    role: Mapped[str] = mapped_column(String(10), primary_key=True)
    name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    salt: Mapped[bytes | None]


class AuditSeal(Base):
    """A link of the hash chain over one event."""

    __tablename__ = "audit_seal"
    number: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    event_id: Mapped[int] = mapped_column(BigInteger, unique=True)
    hash: Mapped[bytes]
    salt: Mapped[bytes | None]  # of the event's digest; without one, sealed before excerpts could be made


class AuditHead(Base):
    """How long the chain is and how it ends, under a key that is not in the database: a cut end shows."""

    __tablename__ = "audit_head"
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[bytes]
    mac: Mapped[bytes]
    macs_from: Mapped[int | None] = mapped_column(BigInteger)  # the first seal whose event must carry a MAC


class TrafficEvent(Base):
    """Sign-ins, codes and tokens: not chained, kept for the legal retention, purged in batches."""

    __tablename__ = "traffic_event"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    name: Mapped[str] = mapped_column(String(40))
    account_id: Mapped[int | None] = mapped_column(index=True)
    address: Mapped[str | None] = mapped_column(String(45))
    facts: Mapped[dict[str, object]]
