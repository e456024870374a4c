"""People on their way to ThaID and back."""

from datetime import datetime

from sqlalchemy import LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from idp.database import Base


class ThaIDState(Base):
    """One way to ThaID and back: each tab has its own row, all tabs of a browser share its cookie.

    Made when the browser leaves, claimed when it comes back, gone when the page that finishes takes the identity.
    """

    __tablename__ = "thaid_state"
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    browser_digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    intent: Mapped[str] = mapped_column(String(10))
    about_id: Mapped[int | None]  # the account or registration that the intent is about
    return_path: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    returned_at: Mapped[datetime | None]
    sealed: Mapped[bytes | None]  # the identity, encrypted
