"""From a person to claims. Pure; `docs/reference/claims.md` describes what comes out."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from idp.oidc.rules import SCOPE_CLAIMS


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
    amr: tuple[str, ...]
    unit: UnitFacts | None
    roles: tuple[str, ...]


def claims_for(person: Person, scopes: Iterable[str], requested: frozenset[str] = frozenset()) -> dict[str, Any]:
    """The claims that scopes bring and those asked by name; what is not known is left out."""
    wanted = {claim for scope in scopes for claim in SCOPE_CLAIMS.get(scope, ())} | requested
    return {name: value for name, value in _every(person).items() if name in wanted and value is not None}


def _every(person: Person) -> dict[str, Any]:
    phone = international(person.phone)
    return {
        "sub": person.subject,
        "name": f"{person.title}{person.given_name} {person.family_name}",
        "given_name": person.given_name,
        "family_name": person.family_name,
        "preferred_username": person.username,
        "locale": "th-TH",
        "zoneinfo": "Asia/Bangkok",
        "updated_at": int(person.updated_at.timestamp()),
        "email": person.email,
        "email_verified": person.email_verified,
        "phone_number": phone,
        "phone_number_verified": False if phone else None,
        "unit": _unit(person.unit) if person.unit else None,
        "roles": sorted(person.roles),
        "assurance": _assurance(person),
    }


def _unit(unit: UnitFacts) -> dict[str, Any]:
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
    }


def _assurance(person: Person) -> dict[str, Any]:
    return {
        "person": "thaid" if person.proof == "THAID" else "documents",
        "authenticator": list(person.amr),
        "unit": "approved" if person.unit else None,
    }


def international(phone: str | None) -> str | None:
    """A Thai number as OpenID Connect wants it (E.164): 081 234 5678 becomes +66812345678."""
    digits = "".join(letter for letter in phone or "" if letter.isdigit() or letter == "+")
    if digits.startswith("0"):
        return f"+66{digits[1:]}"
    return digits or None
