"""The register's one table."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from idp.database import Base, utc_now


class Unit(Base):
    """An office. `code` lasts as long as it does; `dla_code` changes with the kind of a local government."""

    __tablename__ = "unit"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    dla_code: Mapped[str | None] = mapped_column(index=True)
    kind: Mapped[str]
    name_th: Mapped[str]
    name_en: Mapped[str | None]
    supervisor_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    province_code: Mapped[str | None] = mapped_column(index=True)
    province_th: Mapped[str | None]
    province_en: Mapped[str | None]
    district_code: Mapped[str | None] = mapped_column(index=True)
    district_th: Mapped[str | None]
    district_en: Mapped[str | None]
    telephone: Mapped[str | None] = mapped_column(String(20))  # from its own admin, not from the register
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    search_text: Mapped[str]
    sort_key: Mapped[bytes]
    changed_at: Mapped[datetime] = mapped_column(default=utc_now, index=True)
