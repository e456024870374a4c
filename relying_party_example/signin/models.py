"""The way to the provider and back, and the session that follows."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from relying_party_example.database import Base


class Login(Base):
    """A sign-in under way: made when the browser leaves, spent when it comes back. Each tab has its own."""

    __tablename__ = "login"

    state_digest: Mapped[bytes] = mapped_column(primary_key=True)
    browser_digest: Mapped[bytes]
    nonce: Mapped[str]
    code_verifier: Mapped[str]
    return_to: Mapped[str]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class SignInSession(Base):
    """A browser's signed-in state. The cookie holds the secret, the row its digest."""

    __tablename__ = "sign_in_session"

    digest: Mapped[bytes] = mapped_column(primary_key=True)
    sub: Mapped[str] = mapped_column(index=True)
    sid: Mapped[str | None] = mapped_column(index=True)  # the provider's name for the sign-in behind this session
    claims: Mapped[dict[str, Any]]
    id_token: Mapped[str]
    begun_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
