"""What was sent, each time it was sent: kept at every sending, closed by its decision, compared by the reviewer."""

from collections.abc import Collection
from datetime import datetime
from statistics import median

from sqlalchemy import select

from idp.database import db
from idp.registration import fields, rules
from idp.registration.fields import Change, Field
from idp.registration.models import Registration, RegistrationVersion
from thai_web import clock

ENOUGH = 3  # decisions from which a usual wait can be told
RECENT = 200


def answers(registration: Registration, roles: Collection[int], documents: Collection[int]) -> dict[str, object]:
    """The answers as data; of the national ID only its blind index, by which two versions can be compared."""
    index = registration.national_id_index
    return {
        Field.NAME: registration.name,
        Field.NATIONAL_ID: index.hex() if index else "",
        Field.PHONE: registration.phone,
        Field.EMAIL: registration.email,
        Field.UNIT: registration.unit_id,
        Field.POSITION: registration.position,
        Field.ROLES: sorted(roles),
        Field.DOCUMENTS: sorted(documents),
    }


def keep(registration: Registration, given: dict[str, object], sent_at: datetime, reopened_for: str = "") -> None:
    """Remember what was sent now, or taken up again for a reason."""
    number = len(history(registration.id)) + 1
    sent = RegistrationVersion(
        registration_id=registration.id, number=number, answers=given, sent_at=sent_at, reopened_for=reopened_for
    )
    db.session.add(sent)
    db.session.flush()


def close(registration: Registration, unit_id: int | None, **how: object) -> None:
    """Write the decision beside what it was taken on; `unit_id` is the office that decided, `how` the columns that
    tell who decided under which appointment, with which code and which text of the mail."""
    version = history(registration.id)[-1]
    version.decided_at, version.decided_unit_id = registration.decided_at, unit_id
    version.outcome, version.reason = registration.state, registration.outcome_reason
    version.to_correct = list(registration.to_correct)
    for name, value in how.items():
        setattr(version, name, value)


def history(registration_id: int) -> list[RegistrationVersion]:
    """Every version, oldest first."""
    statement = select(RegistrationVersion).where(RegistrationVersion.registration_id == registration_id)
    return list(db.session.scalars(statement.order_by(RegistrationVersion.number)))


def changed_since_return(sent: list[RegistrationVersion], now: dict[str, object]) -> list[Change]:
    """What differs from the version, of those that were sent, that was last sent back; nothing, when none was."""
    returned = [each for each in sent if each.outcome == rules.State.RETURNED]
    return fields.changes(returned[-1].answers, now) if returned else []


def sent_documents(registration_id: int) -> set[int]:
    """Documents that a reviewer may have seen: they are kept, also when the applicant replaces them."""
    return {each for version in history(registration_id) for each in document_ids(version)}


def document_ids(version: RegistrationVersion) -> list[int]:
    """The documents that were sent with it."""
    found = version.answers[Field.DOCUMENTS]
    assert isinstance(found, list)
    return found


def usual_wait_days(unit_id: int) -> int | None:
    """In how many days an office decides one case of two, counted from its decisions of half a year, at least 1.

    None while there are too few to tell.
    """
    statement = (
        select(RegistrationVersion.sent_at, RegistrationVersion.decided_at)
        .where(
            RegistrationVersion.decided_unit_id == unit_id,
            RegistrationVersion.decided_at > clock.now() - rules.USUAL_OVER,
        )
        .order_by(RegistrationVersion.decided_at.desc())
        .limit(RECENT)
    )
    waits = [(decided - sent).total_seconds() for sent, decided in db.session.execute(statement) if decided]
    return max(1, -int(-median(waits) // 86400)) if len(waits) >= ENOUGH else None
