"""Connected systems, their secrets, the roles they declare and who holds them."""

from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from idp.database import Base


class Client(Base):
    """A downstream system known to the provider."""

    __tablename__ = "client"
    id: Mapped[int] = mapped_column(primary_key=True)
    client_id: Mapped[str] = mapped_column(String(100), unique=True)
    owner_unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    name_th: Mapped[str] = mapped_column(String(1000))
    name_en: Mapped[str] = mapped_column(String(1000))
    environment: Mapped[str] = mapped_column(String(20))
    profile: Mapped[str] = mapped_column(String(20))
    first_party_reason: Mapped[str | None] = mapped_column(String(1000))
    status: Mapped[str] = mapped_column(String(10))
    status_reason: Mapped[str | None] = mapped_column(String(500))
    redirect_uris: Mapped[list[str]]
    post_logout_redirect_uris: Mapped[list[str]]
    backchannel_logout_uri: Mapped[str | None] = mapped_column(String(1000))
    grant_types: Mapped[list[str]]
    scopes: Mapped[list[str]]
    national_id_basis: Mapped[str | None] = mapped_column(String(1000))  # the law and section; without it none is told
    token_endpoint_auth_method: Mapped[str] = mapped_column(String(40))
    token_endpoint_auth_signing_alg: Mapped[str | None] = mapped_column(String(10))
    jwks: Mapped[dict[str, object] | None]
    jwks_uri: Mapped[str | None] = mapped_column(String(1000))
    require_pkce: Mapped[bool] = mapped_column(default=True)
    id_token_signed_response_alg: Mapped[str] = mapped_column(String(10))
    userinfo_signed_response_alg: Mapped[str | None] = mapped_column(String(10))
    sector: Mapped[str | None] = mapped_column(String(255))  # pairwise subjects; None: public
    sector_check: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    sector_identifier_uri: Mapped[str | None] = mapped_column(String(1000))
    contacts: Mapped[list[str]]
    client_uri: Mapped[str | None] = mapped_column(String(1000))
    policy_uri: Mapped[str | None] = mapped_column(String(1000))
    tos_uri: Mapped[str | None] = mapped_column(String(1000))
    tile: Mapped[dict[str, str] | None] = mapped_column(JSON)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class ClientSecret(Base):
    """A system's secret as a keyed digest; several overlap while one is being changed."""

    __tablename__ = "client_secret"
    id: Mapped[int] = mapped_column(primary_key=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"), index=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]


class ClientRole(Base):
    """A role that a system declares. One that it no longer declares is retired: it is neither given nor told."""

    __tablename__ = "client_role"
    __table_args__ = (UniqueConstraint("client_id", "code"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"))
    code: Mapped[str] = mapped_column(String(60))
    name_th: Mapped[str] = mapped_column(String(1000))
    name_en: Mapped[str] = mapped_column(String(1000))
    unit_kinds: Mapped[list[str]]
    retired: Mapped[bool]


class Assignment(Base):
    """A role held through a posting: it ends with the posting, and it never follows the person elsewhere."""

    __tablename__ = "assignment"
    id: Mapped[int] = mapped_column(primary_key=True)
    posting_id: Mapped[int] = mapped_column(ForeignKey("posting.id"), index=True)
    role_id: Mapped[int] = mapped_column(ForeignKey("client_role.id"), index=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    granted_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[datetime]
