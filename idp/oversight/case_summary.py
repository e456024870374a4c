"""A case as an auditor sees it: no papers and no number, but every decision with its authority."""

from dataclasses import dataclass

from idp.access.rules import Permission, Viewer
from idp.accounts import operations as accounts
from idp.accounts.models import Account
from idp.appointments import read_access
from idp.appointments.read_access import Authority
from idp.audit.models import AuditEvent
from idp.database import db
from idp.evidence.models import Evidence
from idp.oversight import scope
from idp.registration import attached_documents, evidence_access, operations, versions
from idp.registration.evidence_access import Look
from idp.registration.models import Registration, RegistrationVersion
from idp.units import operations as units
from idp.units.models import Unit
from thai_web.refusal import N_, NotFound


@dataclass(frozen=True)
class Decided:
    """A version with its decision: by whom, under which authority."""

    version: RegistrationVersion
    by: Account | None
    authority: Authority | None


@dataclass(frozen=True)
class Summary:
    """What the page shows."""

    case: Registration
    unit: Unit
    decided: list[Decided]
    documents: list[Evidence]
    looks: list[Look]


def of_event(event: AuditEvent) -> Registration | None:
    """The case that an event is about."""
    number = event.subject_id if event.subject_kind == "registration" else event.facts.get("registration_id")
    return db.session.get(Registration, int(str(number))) if number is not None else None


def find(viewer: Viewer, reference: str) -> Summary:
    """The case of a reference. Raises `NotFound` outside the units whose audit the viewer reads, and for drafts."""
    case = operations.find_by_reference(reference)
    held = {top.id for top in scope.tops(viewer, Permission.READ_AUDIT)}
    if case is None or case.unit_id is None or case.submitted_at is None:
        raise NotFound(N_("ไม่พบคำขอนี้"))
    unit = units.get(case.unit_id)
    if held.isdisjoint(office.id for office in units.chain(unit)):
        raise NotFound(N_("ไม่พบคำขอนี้"))
    decided = [
        Decided(
            version,
            accounts.get(version.decided_by_id) if version.decided_by_id else None,
            read_access.authority(version.appointment_id, viewer),
        )
        for version in versions.history(case.id)
    ]
    return Summary(case, unit, decided, attached_documents.papers(case), evidence_access.of(case.id))
