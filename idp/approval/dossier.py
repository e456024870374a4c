"""One case on one screen: what to look at, what needs no look, the papers, the unit's people, what came before."""

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import or_, select

from idp.access import viewer
from idp.accounts import operations as accounts
from idp.accounts.models import Account, Posting
from idp.appointments import jobs, read_access
from idp.appointments.read_access import Authority
from idp.approval import reviewing
from idp.approval.models import Claim
from idp.database import db
from idp.evidence import operations as evidence
from idp.evidence.models import Evidence, EvidencePage
from idp.registration import attached_documents, duplicates, operations, retention, summary, versions
from idp.registration.fields import Field, Purpose
from idp.registration.models import Registration, RegistrationVersion
from idp.registration.rules import State
from idp.registration.summary import Answer, Difference
from idp.units.rules import full_name
from thai_web import clock, language

MOST_EARLIER = 10
COMPARED = (Field.NAME, Field.NATIONAL_ID, Field.UNIT, Field.POSITION)


@dataclass(frozen=True)
class Paper:
    """A document with its pages, the answers to compare it with, and where else the same file was handed in."""

    document: Evidence
    pages: list[EvidencePage]
    shows: list[Answer]
    elsewhere: list[Evidence]


@dataclass(frozen=True)
class Decided:
    """A version with its decision: who took it, and under which letter."""

    version: RegistrationVersion
    by: Account | None
    authority: Authority | None


@dataclass(frozen=True)
class Dossier:
    """What the page shows; of a request that was sent again the doubtful answers are those that changed."""

    case: Registration
    differences: list[Difference]
    doubtful: list[Answer]
    unchanged: list[Answer]
    proven: list[Answer]
    papers: list[Paper]
    warnings: list[str]
    people: list[tuple[Account, Posting]]
    earlier: list[Registration]
    decided: list[Decided]
    claim: tuple[Claim, Account] | None
    invited_by: str
    kept_until: datetime | None


def gather(case: Registration) -> Dossier:
    """Read it all; the caller has checked who asks."""
    assert case.unit_id is not None
    given, sent = summary.given(case), versions.history(case.id)
    was_returned = any(version.outcome == State.RETURNED for version in sent)
    open_answers = [answer for answer in given if not answer.proven]
    changed = versions.changed_since_return(sent, operations.answers_of(case)) if was_returned else []
    fields = {change.field for change in changed}
    return Dossier(
        case=case,
        differences=summary.differences(changed),
        doubtful=[answer for answer in open_answers if not was_returned or answer.field in fields],
        unchanged=[answer for answer in open_answers if was_returned and answer.field not in fields],
        proven=[answer for answer in given if answer.proven],
        papers=papers(case, given),
        warnings=[*_left_behind(case), *_by_another(case), *duplicates.same_person(case, viewer.required())],
        people=accounts.people_of(case.unit_id, clock.today()),
        earlier=_earlier(case),
        decided=_decided(sent),
        claim=reviewing.of([case.id]).get(case.id),
        invited_by=summary.invited_by(case),
        kept_until=retention.kept_until(case),
    )


def _left_behind(case: Registration) -> list[str]:
    """What a move leaves behind: the unit whose last admin goes away with it, and who decides there from then on."""
    if case.state != State.SUBMITTED or case.purpose != Purpose.MOVE or case.applicant_id is None:
        return []
    posting = db.session.get(Posting, case.posting_id) if case.posting_id else None
    found = jobs.left_by_person(case.applicant_id, posting.unit_id) if posting else []
    return [
        _(
            "ผู้ขอเป็นผู้ดูแล SSO คนสุดท้ายของ %(unit)s เมื่ออนุมัติการย้าย คำขอของหน่วยงานนั้นจะไปที่ %(office)s",
            unit=full_name(each.unit, language.current()),
            office=full_name(each.deciding_unit, language.current()) if each.deciding_unit else "–",
        )
        for each in found
    ]


def _by_another(case: Registration) -> list[str]:
    if case.invited_by_account_id is None or not case.is_by_another:
        return []
    told = _("ผู้ขอใช้ลิงก์คำเชิญที่ส่งถึง %(name)s ซึ่งเป็นผู้อื่น โปรดตรวจสอบว่าผู้ขอเป็นบุคคลใด", name=case.invited_name)
    return [told]


def papers(case: Registration, given: list[Answer]) -> list[Paper]:
    """The documents of the case, each beside the answers that it must show."""
    compared = [answer for answer in given if answer.field in COMPARED and answer.label != _("การยืนยันตัวตน")]
    shows = [answer for answer in compared if answer.field == Field.NAME or not answer.proven]
    return [
        Paper(each, evidence.pages(each.id), shows, evidence.same_document_elsewhere(each.id))
        for each in attached_documents.papers(case)
    ]


def _earlier(case: Registration) -> list[Registration]:
    """What the same person asked for before or beside: by the same number, or with the same account."""
    same = [Registration.national_id_index == case.national_id_index]
    if case.applicant_id is not None:
        same += [Registration.applicant_id == case.applicant_id, Registration.account_id == case.applicant_id]
    statement = select(Registration).where(
        Registration.id != case.id, Registration.submitted_at.is_not(None), or_(*same)
    )
    return list(db.session.scalars(statement.order_by(Registration.id.desc()).limit(MOST_EARLIER)))


def _decided(sent: list[RegistrationVersion]) -> list[Decided]:
    found = []
    for version in sent:
        if version.decided_at is None:
            continue
        by = accounts.get(version.decided_by_id) if version.decided_by_id else None
        found.append(Decided(version, by, read_access.authority(version.appointment_id, viewer.required())))
    return found
