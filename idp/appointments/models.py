"""Appointments."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from idp.access.rules import Power
from idp.appointments.rules import Term
from idp.clock import day_in_bangkok
from idp.database import Base


class Appointment(Base):
    """A power given to a person at a unit by a letter, for a term."""

    __tablename__ = "appointment"
    __table_args__ = (Index("ix_appointment_unit", "unit_id", "starts_on", "ends_on"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    power: Mapped[str] = mapped_column(String(20))
    letter_number: Mapped[str] = mapped_column(String(80))
    letter_date: Mapped[date]
    signed_by: Mapped[str] = mapped_column(String(150))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None] = mapped_column(String(300))
    evidence_id: Mapped[int | None] = mapped_column(ForeignKey("evidence.id"))
    made_by_account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    made_under_appointment_id: Mapped[int | None] = mapped_column(ForeignKey("appointment.id"))
    created_at: Mapped[datetime]

    def term(self) -> Term:
        """What the rules need to know."""
        ended_on = day_in_bangkok(self.ended_at) if self.ended_at else None
        return Term(self.id, self.account_id, self.unit_id, Power(self.power), self.starts_on, self.ends_on, ended_on)
