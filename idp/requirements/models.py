"""Kinds of evidence and requirements."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from idp.database import Base


class EvidenceKind(Base):
    """A kind of document as applicants see it. One that was used is retired, never deleted: documents name it."""

    __tablename__ = "evidence_kind"
    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    name_th: Mapped[str] = mapped_column(String(150))
    name_en: Mapped[str] = mapped_column(String(150))
    hint_th: Mapped[str] = mapped_column(String(300), default="")
    hint_en: Mapped[str] = mapped_column(String(300), default="")
    most_files: Mapped[int]
    most_pages: Mapped[int]  # of one file
    place: Mapped[int]  # in the list of kinds
    retired: Mapped[bool] = mapped_column(default=False)
    example_id: Mapped[int | None] = mapped_column(ForeignKey("evidence.id"))
    updated_at: Mapped[datetime]


class EvidenceRequirement(Base):
    """One thing that the documents must show, and the kinds of which one document shows it."""

    __tablename__ = "evidence_requirement"
    id: Mapped[int] = mapped_column(primary_key=True)
    name_th: Mapped[str] = mapped_column(String(150))
    name_en: Mapped[str] = mapped_column(String(150))
    asked_of: Mapped[str] = mapped_column(String(10))
    unit_kinds: Mapped[list[str]]
    role_id: Mapped[int | None] = mapped_column(ForeignKey("client_role.id"))
    kinds: Mapped[list[str]]
    updated_at: Mapped[datetime]
