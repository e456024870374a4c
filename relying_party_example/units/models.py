"""INFO's copy of the register, filled from the provider's feed and never edited here."""

from datetime import date, datetime

from sqlalchemy.orm import Mapped, mapped_column

from relying_party_example.database import Base


class Unit(Base):
    """An office, keyed by the code that lasts as long as the office does."""

    __tablename__ = "unit"

    code: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    name_th: Mapped[str]
    name_en: Mapped[str | None]
    supervisor: Mapped[str | None]
    province_code: Mapped[str | None] = mapped_column(index=True)
    province_th: Mapped[str | None]
    district_code: Mapped[str | None] = mapped_column(index=True)
    district_th: Mapped[str | None]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    sort_key: Mapped[bytes]


class FeedState(Base):
    """What the provider said of its feed at the last good reading; one row."""

    __tablename__ = "feed_state"

    id: Mapped[int] = mapped_column(primary_key=True)
    etag: Mapped[str | None]
    synchronised_at: Mapped[datetime]
