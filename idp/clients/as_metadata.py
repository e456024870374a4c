"""A registration as it stands, in the words in which it arrives, and what a change of it leaves behind."""

from collections.abc import Iterable
from functools import partial

from sqlalchemy import select

from idp.audit.operations import record
from idp.clients.metadata import RoleMetadata
from idp.clients.models import Client, ClientRole
from idp.clients.rules import SCOPES, Profile
from idp.database import db


def as_metadata(client: Client, owner_unit: str, roles: Iterable[ClientRole]) -> dict[str, object]:
    """A system's registration without its secrets; what it does not have is None."""
    return {
        "client_id": client.client_id,
        "client_name": client.name_th,
        "client_name#en": client.name_en,
        "owner_unit": owner_unit,
        "environment": client.environment,
        "profile": client.profile,
        "first_party_reason": client.first_party_reason,
        "redirect_uris": client.redirect_uris,
        "post_logout_redirect_uris": client.post_logout_redirect_uris,
        "backchannel_logout_uri": client.backchannel_logout_uri,
        "grant_types": client.grant_types,
        "response_types": ["code"] if "authorization_code" in client.grant_types else [],
        "scope": " ".join(sorted(client.scopes, key=_place)),
        "national_id_basis": client.national_id_basis,
        "token_endpoint_auth_method": client.token_endpoint_auth_method,
        "token_endpoint_auth_signing_alg": client.token_endpoint_auth_signing_alg,
        "jwks": client.jwks,
        "jwks_uri": client.jwks_uri,
        "require_pkce": client.require_pkce,
        "id_token_signed_response_alg": client.id_token_signed_response_alg,
        "userinfo_signed_response_alg": client.userinfo_signed_response_alg,
        "subject_type": "pairwise" if client.sector else "public",
        "sector_identifier_uri": client.sector_identifier_uri,
        "contacts": client.contacts,
        "client_uri": client.client_uri,
        "policy_uri": client.policy_uri,
        "tos_uri": client.tos_uri,
        "roles": roles_as_metadata(roles),
        "tile": client.tile,
    }


def roles_as_metadata(roles: Iterable[ClientRole]) -> list[dict[str, object]]:
    """Its roles alone."""
    return [{"code": r.code, "name_th": r.name_th, "name_en": r.name_en, "unit_kinds": r.unit_kinds} for r in roles]


def _place(scope: str) -> tuple[int, str]:
    """Scopes stand in one order, so that another one is no change."""
    return (SCOPES.index(scope), "") if scope in SCOPES else (len(SCOPES), scope)


def without_gaps(metadata: dict[str, object]) -> dict[str, object]:
    """The same without the members that it does not have: a reader takes an absent one for its default."""
    return {member: value for member, value in metadata.items() if value is not None}


def record_change(client: Client, before: dict[str, object], after: dict[str, object]) -> None:
    """Record which members of a registration changed, and by themselves those on which safety rests."""
    about = partial(record, subject=("client", client.id), unit_id=client.owner_unit_id, client_id=client.client_id)
    members = sorted(member for member, value in after.items() if before.get(member) != value)
    if not before:
        about("client.registered")
    elif members:
        about("client.changed", members=members)
    if before.get("require_pkce", True) != client.require_pkce:
        about("client.pkce_changed", required=client.require_pkce)
    if before.get("national_id_basis") != client.national_id_basis:
        about("client.national_id_basis_set", basis=client.national_id_basis)
    if before.get("profile", Profile.STANDARD) != client.profile:
        about("client.profile_changed", profile=client.profile, reason=client.first_party_reason)


def declare_roles(client: Client, declared: Iterable[RoleMetadata]) -> None:
    """Bring the roles in line with what is declared; those that are not named retire."""
    known = {
        role.code: role for role in db.session.scalars(select(ClientRole).where(ClientRole.client_id == client.id))
    }
    for role in known.values():
        role.retired = True
    for each in declared:
        role = known.get(each.code) or ClientRole(client_id=client.id, code=each.code)
        role.name_th, role.name_en, role.retired = each.name_th, each.name_en, False
        role.unit_kinds = [kind.value for kind in each.unit_kinds]
        db.session.add(role)
    db.session.flush()
