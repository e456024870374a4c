"""From a person to claims. Pure; `docs/reference/claims.md` describes what comes out."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from idp.accounts.rules import Details, Proof, full_name, international_phone
from idp.oidc.rules import SCOPE_CLAIMS

NOTHING_TOLD = Details()
Claims = dict[str, object]  # by name, as JSON tells them
VERSION = "1.1"  # of what is told, as `docs/reference/claims.md` counts it


@dataclass(frozen=True)
class UnitFacts:
    """The unit of the posting frozen in a grant, and the posting itself."""

    code: str
    dla_code: str | None
    kind: str
    name_th: str
    name_en: str | None
    province_code: str | None
    province_th: str | None
    district_code: str | None
    district_th: str | None
    supervisors: tuple[str, ...]
    position: str
    posting_since: date
    posting_until: date | None
    confirmed_at: datetime


@dataclass(frozen=True)
class Person:
    """Everything that can be told about somebody to the system that asks."""

    subject: str
    title: str
    given_name: str
    family_name: str
    username: str | None
    email: str
    email_verified: bool
    phone: str | None
    updated_at: datetime
    proof: str
    proven_at: datetime | None
    amr: tuple[str, ...]
    unit: UnitFacts | None
    roles: tuple[str, ...]
    details: Details = NOTHING_TOLD
    national_id: str | None = None  # put in by whoever records that it is told


def claims_for(person: Person, scopes: Iterable[str], requested: frozenset[str] = frozenset()) -> Claims:
    """The claims that scopes bring and those asked by name; what is not known is left out."""
    wanted = {claim for scope in scopes for claim in SCOPE_CLAIMS.get(scope, ())} | requested
    return {name: value for name, value in _every(person).items() if name in wanted and value is not None}


def _every(person: Person) -> Claims:
    phone, own = international_phone(person.phone), person.details
    return {
        "sub": person.subject,
        "name": full_name(person.title, person.given_name, person.family_name),
        "given_name": person.given_name,
        "family_name": person.family_name or None,
        "middle_name": own.middle_name,
        "nickname": own.nickname,
        "preferred_username": person.username,
        "profile": own.profile,
        "picture": own.picture,
        "website": own.website,
        "gender": own.gender,
        "birthdate": own.birthdate.isoformat() if own.birthdate else None,
        "locale": "th-TH",
        "zoneinfo": "Asia/Bangkok",
        "updated_at": _seconds(person.updated_at),
        "email": person.email,
        "email_verified": person.email_verified,
        "phone_number": phone,
        "phone_number_verified": False if phone else None,
        "address": {"formatted": own.address} if own.address else None,
        "unit": _unit(person.unit) if person.unit else None,
        "roles": sorted(person.roles),
        "assurance": _assurance(person),
        "national_id": person.national_id,
    }


def _unit(unit: UnitFacts) -> Claims:
    return {
        "code": unit.code,
        "dla_code": unit.dla_code,
        "kind": unit.kind,
        "name_th": unit.name_th,
        "name_en": unit.name_en,
        "province_code": unit.province_code,
        "province_th": unit.province_th,
        "district_code": unit.district_code,
        "district_th": unit.district_th,
        "position": unit.position,
        "supervisors": list(unit.supervisors),
        "posting_since": unit.posting_since.isoformat(),
        "posting_until": unit.posting_until.isoformat() if unit.posting_until else None,
    }


def _assurance(person: Person) -> Claims:
    """How person, authenticator and unit link were proven: three answers, since one may be good and another not."""
    return {
        "person": "thaid" if person.proof == Proof.THAID else "documents",
        "person_proven_at": _seconds(person.proven_at),
        "authenticator": list(person.amr),
        "unit": "approved" if person.unit else None,
        "unit_confirmed_at": _seconds(person.unit.confirmed_at) if person.unit else None,
    }


def _seconds(at: datetime | None) -> int | None:
    return int(at.timestamp()) if at else None
