"""The session that follows a sign-in."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from relying_party_example.database import Base


class SignInSession(Base):
    """A browser's signed-in state. The cookie holds the secret, the row its digest, and nothing that opens `tokens`."""

    __tablename__ = "sign_in_session"

    digest: Mapped[bytes] = mapped_column(primary_key=True)
    sub: Mapped[str] = mapped_column(index=True)
    sid: Mapped[str | None] = mapped_column(index=True)  # the provider's name for the sign-in behind this session
    claims: Mapped[dict[str, Any]]
    told_at: Mapped[datetime]  # when the provider told `claims`
    tokens: Mapped[bytes]  # access and refresh token, sealed under the session's secret
    access_until: Mapped[datetime]
    begun_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
