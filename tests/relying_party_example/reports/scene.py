"""Putting a report into a state through the product's own operations."""

from datetime import UTC, datetime
from typing import Any

from relying_party_example.database import db, job
from relying_party_example.periods.rules import PeriodKey
from relying_party_example.reports import operations
from relying_party_example.reports.dossier import Dossier, look_up
from relying_party_example.signin.rules import Person, person_from
from tests.relying_party_example.answers import complete
from tests.relying_party_example.conftest import KEY
from tests.relying_party_example.people import CERTIFIER, CLERK, SA_KRUAT

NOW = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
WHO, PROVINCE = person_from(CLERK), person_from(CERTIFIER)


def dossier(person: Person = WHO, now: datetime = NOW, unit: str = SA_KRUAT["code"]) -> Dossier:
    """As a request that decides would find it."""
    return look_up(KEY, unit, person, now, lock=True)


def token(person: Person = WHO) -> int:
    """The token of a page opened now."""
    return dossier(person).begun().token


def fill(
    answers: dict[str, Any] | None = None, person: Person = WHO, now: datetime = NOW, key: PeriodKey = KEY
) -> None:
    """Begin the report and save every page of it."""
    job(lambda: operations.start(key, person, now))
    unit = person.office.code if person.office else ""
    found = look_up(key, unit, person, now)
    typed = complete() if answers is None else answers
    for block in found.definition.blocks:
        part = {name: typed.get(name) for name in block.names()}
        current = look_up(key, unit, person, now, lock=True)
        operations.save(current, block.code, part, current.begun().token)
        db.session.commit()


def submit(
    person: Person = WHO,
    now: datetime = NOW,
    explanations: dict[str, str] | None = None,
    replies: dict[str, str] | None = None,
) -> int:
    """Hand in; returns the version's number."""
    found = look_up(KEY, person.office.code if person.office else "", person, now, lock=True)
    return job(lambda: operations.submit(found, explanations or {}, replies or {}, found.begun().token).number)


def certify(person: Person = PROVINCE, now: datetime = NOW, version: int = 1, unit: str = SA_KRUAT["code"]) -> None:
    """The province's act."""
    job(lambda: operations.certify(dossier(person, now, unit), version))
