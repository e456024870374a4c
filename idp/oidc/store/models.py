"""What was granted to whom, the tokens that came of it, and consent. Secrets are digests; rows are kept as the record
of sign-ins at connected systems until their retention ends."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from idp.audit.models import BigId
from idp.database import Base
from idp.outbox import Delivery


class AuthorizationGrant(Base):
    """One authorization: the code (marked when redeemed, never deleted: a second use must be recognised), and all that
    its tokens rest on. `posting_id` is frozen here; `rotated_by` is the refresh token that was used last."""

    __tablename__ = "authorization_grant"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    code_digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    code_expires_at: Mapped[datetime]
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"), index=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("sign_in_session.id"), index=True)
    posting_id: Mapped[int | None] = mapped_column(ForeignKey("posting.id"))
    scope: Mapped[str] = mapped_column(String(300))
    redirect_uri: Mapped[str] = mapped_column(String(1000))
    code_challenge: Mapped[str | None] = mapped_column(String(128))
    nonce: Mapped[str | None] = mapped_column(String(1000))
    claims: Mapped[dict[str, list[str]]] = mapped_column(JSON)
    auth_time: Mapped[datetime]
    acr: Mapped[str] = mapped_column(String(60))
    amr: Mapped[list[str]]
    issued_at: Mapped[datetime] = mapped_column(index=True)
    redeemed_at: Mapped[datetime | None]
    rotated_by: Mapped[int | None] = mapped_column(BigId)
    rotated_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class Token(Base):
    """An access or refresh token. A refresh token names the one that it `replaces`: it is good as long as that one was
    the last to be used."""

    __tablename__ = "token"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    kind: Mapped[str] = mapped_column(String(7))  # access, refresh
    grant_id: Mapped[int] = mapped_column(ForeignKey("authorization_grant.id"), index=True)
    scope: Mapped[str] = mapped_column(String(300))
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    replaces: Mapped[int | None] = mapped_column(BigId)
    revoked_at: Mapped[datetime | None]


class SystemToken(Base):
    """An access token of a system in its own name: no person, no session, nothing to refresh."""

    __tablename__ = "system_token"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"), index=True)
    scope: Mapped[str] = mapped_column(String(1000))
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    revoked_at: Mapped[datetime | None]


class UsedAssertion(Base):
    """A client assertion that was used (RFC 7523, section 3): the digest of system and `jti`, until it expires."""

    __tablename__ = "used_assertion"
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)


class PostedRequest(Base):
    """The parameters of a request that a browser posted, until it is answered; the digest is of what stands in the
    address in their place."""

    __tablename__ = "posted_request"
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    parameters: Mapped[list[list[str]]] = mapped_column(JSON)
    expires_at: Mapped[datetime] = mapped_column(index=True)


class Consent(Base):
    """What a person agreed to tell a system; asked once for each scope."""

    __tablename__ = "consent"
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"), primary_key=True)
    scope: Mapped[str] = mapped_column(String(300))
    given_at: Mapped[datetime]


class LogoutDelivery(Delivery, Base):
    """A session's end, to be told to a system that knew of it; kept with its result."""

    __tablename__ = "logout_delivery"
    __table_args__ = (
        UniqueConstraint("client_id", "sid"),
        Index("ix_logout_delivery_due", "state", "next_attempt_at"),
    )
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    sid: Mapped[str] = mapped_column(String(40))
    result: Mapped[str] = mapped_column(String(100), default="")
    done_at: Mapped[datetime | None] = mapped_column(index=True)
