"""Documents and their pages; the pages themselves lie sealed in the vault."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, false
from sqlalchemy.orm import Mapped, mapped_column

from idp.database import Base

SMALL = 128  # the longest side of a page in a list; twice the points, for sharp screens


class Evidence(Base):
    """One uploaded document. The row outlives the document: a discarded one has no key and no pages."""

    __tablename__ = "evidence"
    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(32), unique=True)
    owner: Mapped[str] = mapped_column(String(60), index=True)  # `registration:12`; belongs to a room above
    kind: Mapped[str] = mapped_column(String(40))  # what it proves, in the words of the owner's room
    filename: Mapped[str] = mapped_column(String(100))
    content_type: Mapped[str] = mapped_column(String(40))
    size: Mapped[int]
    # Keyed, so that whoever copies the database cannot test it against a document they hold.
    digest: Mapped[bytes] = mapped_column(index=True)
    wrapped_key: Mapped[bytes | None]
    created_at: Mapped[datetime]
    blank_confirmed_at: Mapped[datetime | None]  # its sender says that its blank pages are meant to be blank
    discarded_at: Mapped[datetime | None]


class EvidencePage(Base):
    """One page image, numbered from 1."""

    __tablename__ = "evidence_page"
    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    vault_name: Mapped[str] = mapped_column(String(32), unique=True)
    width: Mapped[int]
    height: Mapped[int]
    size: Mapped[int]  # bytes of the image
    blank: Mapped[bool] = mapped_column(default=False, server_default=false())  # nothing is to be seen on it

    @property
    def small_size(self) -> tuple[int, int]:
        """Width and height in a list."""
        scale = SMALL / max(self.width, self.height)
        return max(1, round(self.width * scale)), max(1, round(self.height * scale))
