"""Who opened which page of which document, and when: read from the audit, for reviewers, auditors and the owner."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from idp.audit.models import AuditEvent, AuditName
from idp.database import db
from idp.evidence.models import Evidence
from idp.units.models import Unit
from thai_web.clock import day_in_bangkok

MOST = 1000  # openings read, the newest


@dataclass
class Look:
    """What one person opened of one document on one day."""

    name: str
    office: Unit | None
    document: Evidence | None
    last: datetime
    pages: set[int] = field(default_factory=set)
    times: int = 0


def of(registration_id: int) -> list[Look]:
    """The documents of a registration, the newest look first."""
    return _read("registration.evidence_viewed", "registration", registration_id)


def of_letter(appointment_id: int) -> list[Look]:
    """The letter of an appointment, the newest look first."""
    return _read("appointment.letter_viewed", "appointment", appointment_id)


def _read(event: str, kind: str, subject_id: int) -> list[Look]:
    statement = (
        select(AuditEvent, AuditName.name, Unit)
        .outerjoin(AuditName, (AuditName.event_id == AuditEvent.id) & (AuditName.role == "actor"))
        .outerjoin(Unit, Unit.id == AuditEvent.actor_unit_id)
        .where(AuditEvent.subject_kind == kind, AuditEvent.subject_id == str(subject_id), AuditEvent.name == event)
        .order_by(AuditEvent.id.desc())
        .limit(MOST)
    )
    rows = db.session.execute(statement).all()
    documents = _documents(_number(each, "evidence_id") for each, _name, _unit in rows if "evidence_id" in each.facts)
    looks: dict[tuple[object, ...], Look] = {}
    for each, name, office in rows:
        document = documents.get(_number(each, "evidence_id"))
        key = (each.actor_account_id, document.id if document else None, day_in_bangkok(each.at))
        look = looks.setdefault(key, Look(name or "", office, document, each.at))
        look.pages.add(_number(each, "page"))
        look.times += 1
    return list(looks.values())


def _number(event: AuditEvent, fact: str) -> int:
    """A number of the record, 0 where it has none."""
    found = event.facts.get(fact)
    return found if isinstance(found, int) else 0


def _documents(ids: Iterable[int]) -> dict[int, Evidence]:
    statement = select(Evidence).where(Evidence.id.in_(set(ids)))
    return {document.id: document for document in db.session.scalars(statement)}
