"""Periods as editable rows, everything that was ever done to them, and who is expected to report."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from relying_party_example.database import Base
from relying_party_example.periods.rules import PeriodKey, Window


class Period(Base):
    """A quarter's window; the letters' dates are only its defaults."""

    __tablename__ = "period"
    __table_args__ = (UniqueConstraint("fiscal_year", "quarter"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    fiscal_year: Mapped[int]
    quarter: Mapped[int]
    opens_on: Mapped[date]
    due_on: Mapped[date]
    closes_on: Mapped[date]
    frozen_at: Mapped[datetime | None]

    @property
    def key(self) -> PeriodKey:
        return PeriodKey(self.fiscal_year, self.quarter)

    def window(self, extended_until: date | None = None) -> Window:
        """The dates as a value; `extended_until` is the unit's own extension, if it has one."""
        return Window(self.opens_on, self.due_on, self.closes_on, extended_until)


class PeriodAct(Base):
    """One visible act on a period: who, when, why, and the dates before and after. Never changed."""

    __tablename__ = "period_act"

    id: Mapped[int] = mapped_column(primary_key=True)
    period_id: Mapped[int] = mapped_column(ForeignKey("period.id"), index=True)
    at: Mapped[datetime]
    act: Mapped[str]
    reason: Mapped[str]
    scope_name: Mapped[str]
    day_before: Mapped[date | None]
    day_after: Mapped[date]
    actor_sub: Mapped[str]
    actor_name: Mapped[str]
    actor_position: Mapped[str]
    actor_unit: Mapped[str]


class Extension(Base):
    """A later last day for one province or one unit."""

    __tablename__ = "extension"

    id: Mapped[int] = mapped_column(primary_key=True)
    period_id: Mapped[int] = mapped_column(ForeignKey("period.id"), index=True)
    scope: Mapped[str]
    scope_code: Mapped[str]
    until: Mapped[date]


class ExpectedUnit(Base):
    """A local government that owes a report in the period, as it was called when the window opened."""

    __tablename__ = "expected_unit"
    __table_args__ = (
        Index("ix_expected_unit_province", "period_id", "province_code"),
        Index("ix_expected_unit_district", "period_id", "district_code"),
    )

    period_id: Mapped[int] = mapped_column(ForeignKey("period.id"), primary_key=True)
    unit_code: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    name_th: Mapped[str]
    name_en: Mapped[str | None]
    province_code: Mapped[str | None]
    province_th: Mapped[str | None]
    district_code: Mapped[str | None]
    district_th: Mapped[str | None]
    sort_key: Mapped[bytes]
