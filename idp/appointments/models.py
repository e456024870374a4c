"""Appointments."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from idp.access.rules import Power
from idp.appointments.rules import Term
from idp.database import Base
from thai_web.clock import day_in_bangkok


class Appointment(Base):
    """A power given to a person at a unit by a letter, for a term."""

    __tablename__ = "appointment"
    __table_args__ = (Index("ix_appointment_unit", "unit_id", "starts_on", "ends_on"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    power: Mapped[str] = mapped_column(String(20))
    # A provisional one (from the cut-over) has no letter yet; whoever brings it gets an appointment of its own.
    letter_number: Mapped[str | None] = mapped_column(String(80))
    letter_date: Mapped[date | None]
    signed_by: Mapped[str | None] = mapped_column(String(150))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None] = mapped_column(String(300))
    evidence_id: Mapped[int | None] = mapped_column(ForeignKey("evidence.id"))
    scan_sha256: Mapped[str | None] = mapped_column(
        String(64)
    )  # of the file as it came, for whoever holds the original
    made_by_account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    made_under_appointment_id: Mapped[int | None] = mapped_column(ForeignKey("appointment.id"))
    continues_id: Mapped[int | None] = mapped_column(ForeignKey("appointment.id"), index=True)  # under a new letter
    warned_days: Mapped[int | None]  # the last warning before the end: 60, 30 or 7
    over_told_at: Mapped[datetime | None]  # since when the office above knows that this one no longer counts
    created_at: Mapped[datetime]

    @property
    def is_provisional(self) -> bool:
        """Whether its letter is still to come."""
        return self.letter_number is None

    def term(self, *, is_away: bool = False) -> Term:
        """What the rules need to know."""
        ended_on = day_in_bangkok(self.ended_at) if self.ended_at else None
        return Term(
            self.id,
            self.account_id,
            self.unit_id,
            Power(self.power),
            self.starts_on,
            self.ends_on,
            ended_on,
            is_away,
            self.made_by_account_id,
        )


OPEN = text("state IN ('WAITING', 'RETURNED')")


class AppointmentRequest(Base):
    """What a unit asks of the office above it: a person, a power, a letter. It gives no power before it is decided."""

    __tablename__ = "appointment_request"
    __table_args__ = (
        # One open request for a person and power; of two clicks the database lets one through.
        Index(
            "uq_appointment_request_open",
            "account_id",
            "unit_id",
            "power",
            unique=True,
            sqlite_where=OPEN,
            postgresql_where=OPEN,
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    power: Mapped[str] = mapped_column(String(20))
    letter_number: Mapped[str] = mapped_column(String(80))
    letter_date: Mapped[date]
    signed_by: Mapped[str] = mapped_column(String(150))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    evidence_id: Mapped[int | None] = mapped_column(ForeignKey("evidence.id"))
    scan_sha256: Mapped[str] = mapped_column(String(64))
    continues_id: Mapped[int | None] = mapped_column(ForeignKey("appointment.id"))
    state: Mapped[str] = mapped_column(String(10), index=True)
    version: Mapped[int]
    asked_by_account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    asked_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by_account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    decided_under_appointment_id: Mapped[int | None] = mapped_column(ForeignKey("appointment.id"))
    reason: Mapped[str] = mapped_column(String(500), default="")
    appointment_id: Mapped[int | None] = mapped_column(ForeignKey("appointment.id"))


class Absence(Base):
    """Days on which the holder of an appointment is away: their deputy stands in, else the office above."""

    __tablename__ = "absence"
    id: Mapped[int] = mapped_column(primary_key=True)
    appointment_id: Mapped[int] = mapped_column(ForeignKey("appointment.id"), index=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    marked_by_account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[datetime]
    cancelled_at: Mapped[datetime | None]
