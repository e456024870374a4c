"""Holidays declared since the product's file was made."""

from datetime import date, datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from idp.database import Base


class DeclaredHoliday(Base):
    """A day on which offices are closed by a resolution of the cabinet, entered by DLA with its source."""

    __tablename__ = "declared_holiday"
    day: Mapped[date] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(150))
    source: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime]
