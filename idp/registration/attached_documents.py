"""The documents of a request, and which ones it is asked for."""

from collections.abc import Collection
from dataclasses import dataclass

from idp.evidence import operations as evidence
from idp.evidence.models import Evidence
from idp.registration import rules, versions
from idp.registration.fields import Purpose
from idp.registration.models import Registration
from idp.requirements import operations as requirements
from idp.requirements.models import EvidenceKind, EvidenceRequirement
from idp.requirements.rules import is_met
from idp.units import operations as units


@dataclass(frozen=True)
class Asked:
    """Something that the documents must show, the kinds of which one shows it, and whether one is attached."""

    requirement: EvidenceRequirement
    kinds: list[EvidenceKind]
    is_met: bool


def documents(registration_id: int) -> list[Evidence]:
    """The documents attached, oldest first."""
    return evidence.owned_by(rules.owner(registration_id))


def papers(registration: Registration) -> list[Evidence]:
    """What the request was last sent with, or is being filled with; destroyed ones without their pages."""
    if registration.evidence_destroyed_at is None:
        return documents(registration.id)
    return [evidence.get(each) for each in versions.document_ids(versions.history(registration.id)[-1])]


def document_ids(registration_id: int) -> set[int]:
    """The documents attached now or in a version that was sent: what a reviewer may look at."""
    return {document.id for document in documents(registration_id)} | versions.sent_documents(registration_id)


def asked(registration: Registration, role_ids: Collection[int]) -> list[Asked]:
    """What this request is asked for, as far as its unit and roles are known."""
    if registration.unit_id is None:
        return []
    attached = {document.kind for document in documents(registration.id)}
    concerned = requirements.asked(
        unit_kind=units.get(registration.unit_id).kind,
        role_ids=role_ids,
        known=registration.is_known,
        further=registration.purpose == Purpose.ROLES,
    )
    return [Asked(each, [requirements.kind(code) for code in each.kinds], is_met(each, attached)) for each in concerned]


def are_complete(registration: Registration, role_ids: Collection[int]) -> bool:
    """Whether nothing that is asked for is missing, and nothing attached is blank without the applicant's word."""
    if evidence.has_unconfirmed_blanks(rules.owner(registration.id)):
        return False
    return registration.unit_id is not None and all(each.is_met for each in asked(registration, role_ids))
