"""A client as the protocol sees it, made of the rows of its registration."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from authlib.oauth2.rfc6749 import ClientMixin

from idp.clients.models import Client
from idp.clients.rules import SCOPES, Environment, Profile, is_registered_address, secret_in_force
from idp.clients.secrets import secret_digest
from idp.clients.subjects import check_key
from idp.oidc.rules import in_order, scopes_of
from idp.secrets_at_rest import same
from thai_web import clock


class ClientRow(Protocol):
    """A client with one of its secrets, where it has any."""

    id: int
    client_id: str
    name_th: str
    name_en: str
    owner_unit_id: int
    environment: str
    profile: str
    redirect_uris: list[str]
    post_logout_redirect_uris: list[str]
    grant_types: list[str]
    scopes: list[str]
    national_id_basis: str | None
    token_endpoint_auth_method: str
    token_endpoint_auth_signing_alg: str | None
    jwks: dict[str, object] | None
    jwks_uri: str | None
    require_pkce: bool
    id_token_signed_response_alg: str
    sector: str | None
    sector_check: bytes | None
    policy_uri: str | None
    tos_uri: str | None
    secret_digest: bytes | None
    secret_expires_at: datetime | None


@dataclass(frozen=True)
class RegisteredClient(ClientMixin):
    """A connected system, with the questions that Authlib asks."""

    id: int
    client_id: str
    name_th: str
    name_en: str
    owner_unit_id: int
    is_first_party: bool
    is_sandbox: bool
    redirect_uris: frozenset[str]
    post_logout_redirect_uris: frozenset[str]
    grant_types: frozenset[str]
    scopes: frozenset[str]
    system_scopes: frozenset[str]
    token_endpoint_auth_method: str
    token_endpoint_auth_signing_alg: str | None
    jwks: str | None
    jwks_uri: str | None
    require_pkce: bool
    id_token_signed_response_alg: str
    sector: str | None
    policy_uri: str | None
    tos_uri: str | None
    secrets: tuple[tuple[bytes, datetime | None], ...]

    def get_client_id(self) -> str:
        return self.client_id

    def get_default_redirect_uri(self) -> None:
        return None  # OpenID Connect wants the address in every request

    def get_allowed_scope(self, scope: str | None) -> str:
        wanted = scopes_of(scope) & self.scopes
        return in_order(wanted if "refresh_token" in self.grant_types else wanted - {"offline_access"})

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        native = self.token_endpoint_auth_method == "none"  # noqa: S105 - a method's name
        return is_registered_address(redirect_uri, self.redirect_uris, native=native)

    def check_client_secret(self, client_secret: str) -> bool:
        now, digest = clock.now(), secret_digest(client_secret)
        return any(same(kept, digest) and secret_in_force(expires_at, now) for kept, expires_at in self.secrets)

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == self.token_endpoint_auth_method

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type in self.grant_types


def scopes_for(client: Client | ClientRow) -> frozenset[str]:
    """What may be asked for; `national_id` only on the ground of a law, whatever the list says."""
    scopes = frozenset(client.scopes)
    return scopes if client.national_id_basis else scopes - {"national_id"}


def registered_client_from(rows: Sequence[ClientRow]) -> RegisteredClient:
    """The client of these rows, one for each of its secrets."""
    row = rows[0]
    check_key(row.client_id, row.sector, row.sector_check)
    return RegisteredClient(
        id=row.id,
        client_id=row.client_id,
        name_th=row.name_th,
        name_en=row.name_en,
        owner_unit_id=row.owner_unit_id,
        is_first_party=row.profile == Profile.FIRST_PARTY,
        is_sandbox=row.environment == Environment.SANDBOX,
        redirect_uris=frozenset(row.redirect_uris),
        post_logout_redirect_uris=frozenset(row.post_logout_redirect_uris),
        grant_types=frozenset(row.grant_types),
        scopes=scopes_for(row),
        system_scopes=frozenset(row.scopes) - frozenset(SCOPES),
        token_endpoint_auth_method=row.token_endpoint_auth_method,
        token_endpoint_auth_signing_alg=row.token_endpoint_auth_signing_alg,
        jwks=json.dumps(row.jwks) if row.jwks else None,
        jwks_uri=row.jwks_uri,
        require_pkce=row.require_pkce,
        id_token_signed_response_alg=row.id_token_signed_response_alg,
        sector=row.sector,
        policy_uri=row.policy_uri,
        tos_uri=row.tos_uri,
        secrets=tuple((each.secret_digest, each.secret_expires_at) for each in rows if each.secret_digest),
    )
