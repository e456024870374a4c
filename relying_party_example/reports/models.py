"""A unit's report of a period, its submitted versions, and everything that was ever done to it."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from relying_party_example.database import Base


class Report(Base):
    """The working copy, one a unit and period. `token` changes with every change, so that a stale page is noticed."""

    __tablename__ = "report"
    __table_args__ = (UniqueConstraint("period_id", "unit_code"), Index(None, "period_id", "state"))

    id: Mapped[int] = mapped_column(primary_key=True)
    period_id: Mapped[int] = mapped_column(ForeignKey("period.id"))
    unit_code: Mapped[str]
    form_version: Mapped[str]
    state: Mapped[str]
    token: Mapped[int]
    answers: Mapped[dict[str, Any]]
    touched_blocks: Mapped[list[str]]
    edited_by: Mapped[str | None]  # sub
    edited_by_name: Mapped[str | None]
    edited_at: Mapped[datetime | None]
    first_submitted_at: Mapped[datetime | None]
    timeliness: Mapped[str | None]
    current_version: Mapped[int | None]
    certified_version: Mapped[int | None]
    certified_at: Mapped[datetime | None]


class ReportVersion(Base):
    """What was submitted, as it was. The four counts make means over many units one sum in SQL."""

    __tablename__ = "report_version"

    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    answers: Mapped[dict[str, Any]]
    warnings: Mapped[list[dict[str, Any]]]
    replies: Mapped[dict[str, Any]]
    is_nil: Mapped[bool]
    recipients: Mapped[int]
    respondents: Mapped[int]
    score_total: Mapped[int]
    score_count: Mapped[int]
    submitted_by: Mapped[str]  # sub
    submitter_name: Mapped[str]
    submitter_position: Mapped[str]


class Transition(Base):
    """The append-only log: who did what, in which office, from which state to which, and why."""

    __tablename__ = "report_transition"

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"), index=True)
    at: Mapped[datetime]
    action: Mapped[str]
    state_before: Mapped[str]
    state_after: Mapped[str]
    version: Mapped[int | None]
    reason: Mapped[str]
    flagged: Mapped[list[str]]
    actor_sub: Mapped[str]
    actor_name: Mapped[str]
    actor_position: Mapped[str]
    actor_unit: Mapped[str]
