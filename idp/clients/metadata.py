"""A registration as it arrives (RFC 7591 with our own members), read from plain data into one checked value."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from idp.clients import authentication
from idp.clients.metadata_fields import MetadataError, address, choice, only, optional_text, text, texts
from idp.clients.rules import (
    AUTH_METHODS,
    CLIENT_ID,
    GRANT_TYPES,
    NOT_BY_DEFAULT,
    OWNER_BY_DEFAULT,
    ROLE_CODE,
    SCOPES,
    SIGNING_ALGORITHMS,
    SUBJECT_TYPES,
    SYSTEM_SCOPE,
    Environment,
    Profile,
    Tile,
    check_redirect_uri,
    is_loopback,
)
from idp.notifications.rules import is_address
from idp.units.rules import UnitKind


@dataclass(frozen=True)
class RoleMetadata:
    """A role that a system declares, and the kinds of units in which it may be held."""

    code: str
    name_th: str
    name_en: str
    unit_kinds: tuple[UnitKind, ...]


@dataclass(frozen=True, kw_only=True)
class Metadata:
    """A registration, checked."""

    client_id: str | None
    client_secret: str | None
    name_th: str
    name_en: str
    owner_unit: str
    environment: Environment
    profile: Profile
    first_party_reason: str | None
    redirect_uris: tuple[str, ...]
    post_logout_redirect_uris: tuple[str, ...]
    backchannel_logout_uri: str | None
    grant_types: tuple[str, ...]
    scopes: tuple[str, ...]
    national_id_basis: str | None
    token_endpoint_auth_method: str
    token_endpoint_auth_signing_alg: str | None
    jwks: dict[str, object] | None
    jwks_uri: str | None
    require_pkce: bool
    id_token_signed_response_alg: str
    userinfo_signed_response_alg: str | None
    sector: str | None
    sector_identifier_uri: str | None
    contacts: tuple[str, ...]
    client_uri: str | None
    policy_uri: str | None
    tos_uri: str | None
    roles: tuple[RoleMetadata, ...]
    tile: Tile | None


MEMBERS = frozenset(
    {
        "client_id",
        "client_secret",
        "client_name",
        "client_name#th",
        "client_name#en",
        "owner_unit",
        "environment",
        "profile",
        "first_party_reason",
        "application_type",
        "redirect_uris",
        "post_logout_redirect_uris",
        "grant_types",
        "response_types",
        "backchannel_logout_uri",
        "backchannel_logout_session_required",
        "scope",
        "token_endpoint_auth_method",
        "id_token_signed_response_alg",
        "userinfo_signed_response_alg",
        "subject_type",
        "sector_identifier_uri",
        "contacts",
        "client_uri",
        "policy_uri",
        "tos_uri",
        "roles",
        "tile",
        "jwks",
        "jwks_uri",
        "token_endpoint_auth_signing_alg",
        "require_pkce",
        "national_id_basis",
    }
)


def ignored_members(metadata: Mapping[str, object]) -> list[str]:
    """Members that are not understood; RFC 7591, section 2, wants them ignored."""
    return sorted(set(metadata) - MEMBERS)


def read_metadata(metadata: object) -> Metadata:
    """Check a registration. Raises `MetadataError` at the first member that is wrong."""
    if not isinstance(metadata, Mapping):
        raise MetadataError("metadata", "must be a JSON object")
    client_id = optional_text(metadata, "client_id", CLIENT_ID)
    name = text(metadata, "client_name", client_id or "")
    if not name:
        raise MetadataError("client_name", "is required where client_id is not given")
    method = choice(metadata, "token_endpoint_auth_method", AUTH_METHODS, "client_secret_basic")
    grant_types = _grant_types(metadata, method)
    scopes = _scopes(metadata, grant_types)
    only(metadata, "response_types", ("code",))
    redirect_uris = _redirect_uris(metadata, "redirect_uris", required="authorization_code" in grant_types)
    sector, sector_identifier_uri = _sector(metadata, redirect_uris)
    choice(metadata, "application_type", ("web", "native"), "web")
    jwks, jwks_uri = authentication.public_keys(metadata, method)
    client_uri = address(metadata, "client_uri")
    name_th = text(metadata, "client_name#th", name)
    profile = Profile(choice(metadata, "profile", tuple(Profile), "standard"))
    name_en = text(metadata, "client_name#en", name)
    return Metadata(
        client_id=client_id,
        client_secret=authentication.secret(metadata, method),
        name_th=name_th,
        name_en=name_en,
        owner_unit=text(metadata, "owner_unit", OWNER_BY_DEFAULT),
        environment=_environment(metadata, redirect_uris),
        profile=profile,
        first_party_reason=_first_party_reason(metadata, profile),
        redirect_uris=redirect_uris,
        post_logout_redirect_uris=_redirect_uris(metadata, "post_logout_redirect_uris", required=False),
        backchannel_logout_uri=_backchannel_logout_uri(metadata),
        grant_types=grant_types,
        scopes=scopes,
        national_id_basis=_national_id_basis(metadata, scopes),
        token_endpoint_auth_method=method,
        token_endpoint_auth_signing_alg=authentication.assertion_algorithm(metadata, method),
        jwks=jwks,
        jwks_uri=jwks_uri,
        require_pkce=authentication.require_pkce(metadata, method),
        id_token_signed_response_alg=choice(metadata, "id_token_signed_response_alg", SIGNING_ALGORITHMS, "RS256"),
        # Absent: plain JSON (Registration, section 2).
        userinfo_signed_response_alg=choice(metadata, "userinfo_signed_response_alg", SIGNING_ALGORITHMS, "") or None,
        sector=sector,
        sector_identifier_uri=sector_identifier_uri,
        contacts=_contacts(metadata),
        client_uri=client_uri,
        policy_uri=address(metadata, "policy_uri"),
        tos_uri=address(metadata, "tos_uri"),
        roles=_roles(metadata),
        tile=_tile(metadata, name_th, name_en, client_uri),
    )


def _environment(metadata: Mapping[str, object], redirect_uris: tuple[str, ...]) -> Environment:
    """What the system is for. Only one that is being tried out may return to the machine of whoever builds it: any
    program there can listen on the loopback and take a code meant for another (RFC 8252, section 8.3)."""
    local = [number for number, uri in enumerate(redirect_uris) if is_loopback(urlsplit(uri).hostname or "")]
    default = Environment.SANDBOX if local else Environment.PRODUCTION
    environment = Environment(choice(metadata, "environment", tuple(Environment), default))
    if local and environment is Environment.PRODUCTION:
        raise MetadataError(f"redirect_uris[{local[0]}]", "must not be localhost where environment is production")
    return environment


def _first_party_reason(metadata: Mapping[str, object], profile: Profile) -> str | None:
    """Why DLA lets people skip the consent page."""
    reason = text(metadata, "first_party_reason", "") or None
    if reason and profile is not Profile.FIRST_PARTY:
        raise MetadataError("first_party_reason", "must be absent where profile is standard")
    return reason


def _grant_types(metadata: Mapping[str, object], method: str) -> tuple[str, ...]:
    """What the system may do at the token endpoint; filled from the scopes where only they speak of refresh tokens."""
    refreshes = "offline_access" in text(metadata, "scope", "").split()
    default = ("authorization_code", "refresh_token") if refreshes else ("authorization_code",)
    grants = texts(metadata, "grant_types", default)
    for grant in grants:
        if grant not in GRANT_TYPES:
            raise MetadataError("grant_types", f"{grant!a} is not one of {' '.join(GRANT_TYPES)}")
    if "authorization_code" not in grants and grants != ("client_credentials",):
        raise MetadataError("grant_types", "must include authorization_code, or be client_credentials alone")
    if "client_credentials" in grants and method == "none":
        raise MetadataError("grant_types", "client_credentials is for systems that can prove who they are")
    return grants


def _scopes(metadata: Mapping[str, object], grants: tuple[str, ...]) -> tuple[str, ...]:
    """What the system may be told about people, and what it may do in its own name."""
    scopes = tuple(dict.fromkeys(text(metadata, "scope", "").split()))
    for scope in scopes:
        if scope not in SCOPES and not SYSTEM_SCOPE.fullmatch(scope):
            raise MetadataError("scope", f"{scope!a} is neither one of {' '.join(SCOPES)} nor client_id:word")
    people = [scope for scope in scopes if scope in SCOPES]
    if "client_credentials" not in grants and len(people) < len(scopes):
        raise MetadataError("scope", "client_id:word goes with client_credentials, which grant_types lacks")
    if "authorization_code" not in grants:
        if people:
            named = " ".join(people)
            raise MetadataError("scope", f"leave out {named}: about people, who cannot sign in with these grant_types")
        return scopes
    if not scopes:
        refreshes = "refresh_token" in grants
        return tuple(s for s in SCOPES if s not in NOT_BY_DEFAULT or (s == "offline_access" and refreshes))
    if "openid" not in scopes:
        raise MetadataError("scope", "must include openid")
    return scopes


def _national_id_basis(metadata: Mapping[str, object], scopes: tuple[str, ...]) -> str | None:
    """The law that lets a system have national IDs, as DLA approved it; scope and law stand or fall together."""
    basis = text(metadata, "national_id_basis", "") or None
    if basis is None and "national_id" in scopes:
        raise MetadataError("national_id_basis", "must name the law and its section where scope has national_id")
    if basis is not None and "national_id" not in scopes:
        raise MetadataError("national_id_basis", "must be absent where scope has no national_id")
    return basis


def _redirect_uris(metadata: Mapping[str, object], member: str, *, required: bool) -> tuple[str, ...]:
    uris = texts(metadata, member, ())
    if required and not uris:
        raise MetadataError(member, "must list at least one address")
    for number, uri in enumerate(uris):
        problem = check_redirect_uri(uri)
        if problem:
            raise MetadataError(f"{member}[{number}]", problem)
    return uris


def _contacts(metadata: Mapping[str, object]) -> tuple[str, ...]:
    """Whom the warnings reach: an address that no mail can be sent to would be found out when a secret has expired."""
    contacts = texts(metadata, "contacts", ())
    for number, contact in enumerate(contacts):
        if not is_address(contact):
            raise MetadataError(f"contacts[{number}]", "cannot be mailed to")
    return contacts


def _sector(metadata: Mapping[str, object], redirect_uris: tuple[str, ...]) -> tuple[str | None, str | None]:
    """The host whose systems know a person by the same `sub`, for a pairwise system, and the address that shows who
    belongs to it (Core, section 8.1)."""
    uri = address(metadata, "sector_identifier_uri")
    if choice(metadata, "subject_type", SUBJECT_TYPES, SUBJECT_TYPES[0]) == SUBJECT_TYPES[0]:
        return None, uri
    hosts = {urlsplit(each).hostname for each in ([uri] if uri else redirect_uris)}
    if len(hosts) != 1:
        raise MetadataError("sector_identifier_uri", "is required, since the redirect_uris do not share one host")
    return hosts.pop(), uri


def _backchannel_logout_uri(metadata: Mapping[str, object]) -> str | None:
    # Whether `sid` is required is the system's affair: every logout token of ours carries it.
    if not isinstance(metadata.get("backchannel_logout_session_required", False), bool):
        raise MetadataError("backchannel_logout_session_required", "must be true or false")
    uri = text(metadata, "backchannel_logout_uri", "") or None
    problem = check_redirect_uri(uri) if uri else None
    if problem:
        raise MetadataError("backchannel_logout_uri", problem)
    return uri


def _roles(metadata: Mapping[str, object]) -> tuple[RoleMetadata, ...]:
    given = metadata.get("roles") or []
    if not isinstance(given, list):
        raise MetadataError("roles", "must be a list")
    roles = tuple(_role(each, f"roles[{number}]") for number, each in enumerate(given))
    if len({role.code for role in roles}) != len(roles):
        raise MetadataError("roles", "two roles have the same code")
    return roles


def _role(given: object, place: str) -> RoleMetadata:
    if not isinstance(given, Mapping):
        raise MetadataError(place, "must be an object")
    code = optional_text(given, "code", ROLE_CODE, place)
    if code is None:
        raise MetadataError(f"{place}.code", "is required")
    name_th = text(given, "name_th", "", place)
    if not name_th:
        raise MetadataError(f"{place}.name_th", "is required")
    kinds = texts(given, "unit_kinds", tuple(UnitKind), place)
    for kind in kinds:
        if kind not in tuple(UnitKind):
            raise MetadataError(f"{place}.unit_kinds", f"{kind!a} is not one of {' '.join(UnitKind)}")
    name_en = text(given, "name_en", code, place)
    return RoleMetadata(code, name_th, name_en, tuple(UnitKind(kind) for kind in kinds))


def _tile(metadata: Mapping[str, object], name_th: str, name_en: str, client_uri: str | None) -> Tile | None:
    given = metadata.get("tile")
    if given is None:
        return None
    if not isinstance(given, Mapping):
        raise MetadataError("tile", "must be an object")
    url = address(given, "url", "tile") or client_uri
    if url is None:
        raise MetadataError("tile.url", "is required")
    return Tile(
        text(given, "name_th", name_th, "tile"),
        text(given, "name_en", name_en, "tile"),
        text(given, "description_th", "", "tile"),
        text(given, "description_en", "", "tile"),
        url,
    )
