"""Sixty people ask for access, in the course of the year: in every state in which a request can be today."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from functools import partial

from sqlalchemy import select

from demo.cast import Invented
from demo.moved_clock import office_hour, working_day
from demo.province import papers
from demo.province.names import invent
from demo.province.residents import CLERK_POSITIONS, FOR_REQUESTS, Office, Standing
from demo.province.stage import Paper, Stage
from idp.access.rules import Viewer
from idp.accounts import operations as accounts
from idp.appointments import operations as appointments
from idp.approval import operations as approval
from idp.approval.operations import Verdict
from idp.approval.reasons import Outcome, Reason
from idp.audit.operations import record
from idp.audit.rules import Actor
from idp.database import db
from idp.notifications.models import OutboxMessage
from idp.notifications.rendering import read
from idp.registration import answers, attached_documents, expiry, operations
from idp.registration.answers import PersonAnswers
from idp.registration.models import Registration
from idp.secrets_at_rest import decrypt
from idp.thaid.rules import ThaIDIdentity
from idp.web.application import key_files


class Fate(StrEnum):
    """What becomes of a request."""

    DRAFT = "DRAFT"
    WAITING = "WAITING"
    RETURNED = "RETURNED"
    CORRECTED = "CORRECTED"  # sent back, put right, and waiting again
    APPROVED = "APPROVED"
    REJECTED = "REJECTED"
    REOPENED = "REOPENED"
    WITHDRAWN = "WITHDRAWN"
    LAPSED = "LAPSED"


# How many of each, and how many days ago the first and the last of them was sent.
FATES: tuple[tuple[Fate, int, tuple[int, int]], ...] = (
    (Fate.WAITING, 15, (0, 6)),
    (Fate.APPROVED, 20, (8, 170)),
    (Fate.RETURNED, 5, (3, 12)),
    (Fate.CORRECTED, 2, (6, 9)),
    (Fate.REJECTED, 6, (10, 120)),
    (Fate.REOPENED, 1, (9, 12)),
    (Fate.WITHDRAWN, 4, (10, 90)),
    (Fate.LAPSED, 2, (75, 110)),
    (Fate.DRAFT, 5, (0, 8)),
)
FOR_THE_CASTS_UNIT = 3  # of those that wait, so that its admin has something to decide
REJECTIONS = (
    (Reason.NOT_STAFF, "ตรวจสอบกับกองการเจ้าหน้าที่แล้ว ไม่พบชื่อเป็นบุคลากรของหน่วยงาน"),
    (Reason.MISMATCH, "ชื่อในคำสั่งแต่งตั้งไม่ตรงกับชื่อในคำขอ"),
    (Reason.WRONG_UNIT, "เลือกหน่วยงานผิด โปรดส่งคำขอใหม่ถึงหน่วยงานที่ปฏิบัติหน้าที่จริง"),
)
UNREADABLE = "ภาพบัตรประจำตัวไม่ชัด อ่านชื่อและตำแหน่งไม่ได้ โปรดถ่ายภาพใหม่ในที่สว่าง"
REOPENED_FOR = "ผู้ขอส่งหลักฐานเพิ่มเติมแล้ว จึงเปิดพิจารณาใหม่"


@dataclass(frozen=True)
class Applicant:
    """Somebody who asks, with what becomes of it; `by_thaid`, proven by ThaID."""

    person: Invented
    fate: Fate
    sent: date
    minutes: int
    by_thaid: bool


class Requests:
    """Plans them."""

    def __init__(self, stage: Stage, offices: Sequence[Office], casts_office: Office) -> None:
        self.stage, self.casts_office = stage, casts_office
        asked = [each for each in offices if each.standing not in (Standing.NOBODY, Standing.RETURNED)]
        self.offices = stage.chance.sample(asked, len(asked))
        self.ids: dict[str, int] = {}  # of the registrations, by the key of the applicant

    def plan(self, share: float = 1) -> None:
        """All of them, or a share of each fate."""
        number = 0
        for fate, many, (first, last) in FATES:
            for place in range(max(1, round(many * share))):
                office = self.offices[number % len(self.offices)]
                if fate == Fate.WAITING and place < FOR_THE_CASTS_UNIT:
                    office = self.casts_office
                applicant = self._applicant(FOR_REQUESTS + number, office, fate, self.stage.ago(first, last))
                self._plan(applicant, office)
                number += 1

    def _applicant(self, number: int, office: Office, fate: Fate, sent: date) -> Applicant:
        chance, name = self.stage.chance, invent(self.stage.chance)
        person = Invented(
            key=f"{name.latin}.r{number}",
            title=name.title,
            given_name=name.given,
            family_name=name.family,
            email=f"{name.latin}.{number}@mail.example.com",
            unit_code=office.code,
            position=chance.choice(CLERK_POSITIONS),
            number=number,
            phone=f"02000{number:04d}",
        )
        by_thaid = fate in (Fate.WAITING, Fate.APPROVED) and chance.random() < 0.4
        return Applicant(person, fate, working_day(sent), chance.randint(0, 400), by_thaid)

    def _plan(self, who: Applicant, office: Office) -> None:
        scans = self._scans(who, office)
        self._do(who, 0, lambda: self._fill_in(who, scans))
        steps: dict[Fate, list[tuple[int, Callable[[], object]]]] = {
            Fate.DRAFT: [],
            Fate.WAITING: [],
            Fate.APPROVED: [(2, lambda: self._approve(who))],
            Fate.RETURNED: [(1, lambda: self._send_back(who))],
            Fate.CORRECTED: [(1, lambda: self._send_back(who)), (4, lambda: self._correct(who, office))],
            Fate.REJECTED: [(2, lambda: self._reject(who))],
            Fate.REOPENED: [(2, lambda: self._reject(who)), (6, lambda: self._reopen(who))],
            Fate.WITHDRAWN: [(1, lambda: self._withdraw(who))],
            Fate.LAPSED: [(1, lambda: self._send_back(who)), (63, self._close_uncorrected)],
        }
        for days, act in steps[who.fate]:
            self._do(who, days, act)

    def _do(self, who: Applicant, days: int, act: Callable[[], object]) -> None:
        self.stage.chronicle.plan(office_hour(who.sent + timedelta(days=days), who.minutes + 7 * days), act)

    def _scans(self, who: Applicant, office: Office) -> list[tuple[Paper, str]]:
        name = f"{who.person.title}{who.person.given_name} {who.person.family_name}"
        told = f"{who.person.number % 90 + 1}/{who.sent.year + 543}", office.name, papers.day_of(who.sent), name
        blurred = who.fate in (Fate.RETURNED, Fate.CORRECTED, Fate.LAPSED)
        card = self.stage.paint(lambda: papers.staff_card(office.name, who.person, blurred=blurred), "บัตรประจำตัว.jpg")
        if who.by_thaid:
            return [(card, "staff_card")]
        order = self.stage.paint(lambda: papers.order(*told, who.person.position), "คำสั่งแต่งตั้ง.pdf")
        return [(order, "appointment_order"), (card, "staff_card")]

    def _fill_in(self, who: Applicant, scans: list[tuple[Paper, str]]) -> None:
        """The questions one after the other, as the pages save them."""
        person = who.person
        with self.stage.outside():
            draft_id = operations.begin().id
            self.ids[person.key] = draft_id
            self._say_who(draft_id, who)
            answers.answer_email(draft_id, person.email)
            answers.prove_email(draft_id, _mailed_code(person.email))
            answers.choose_unit(draft_id, person.unit_code)
            roles = {each.id for each in answers.roles_offered(operations.lock(draft_id)) if each.code == "reporter"}
            answers.answer_position(draft_id, person.position, roles)
            for scan, kind in scans[: 1 if who.fate == Fate.DRAFT else None]:
                answers.attach(draft_id, scan.result(), kind)
            if who.fate != Fate.DRAFT:
                operations.submit(draft_id, operations.lock(draft_id).version)

    def _say_who(self, draft_id: int, who: Applicant) -> None:
        person = who.person
        name = (person.title, person.given_name, person.family_name)
        if who.by_thaid:
            title, given, family = name
            identity = ThaIDIdentity(person.national_id, title, given, "", family, "", "", None, "", (2, 3))
            answers.prove_person(draft_id, identity)
            answers.answer_person(draft_id, PersonAnswers(None, None, None, None, person.phone))
        else:
            answers.answer_person(draft_id, PersonAnswers(*name, person.national_id, person.phone))

    def _decide(self, who: Applicant, outcome: Outcome, reason: str = "", code: str = "", named: bool = False) -> None:
        case = db.session.get_one(Registration, self.ids[who.person.key])
        assert case.unit_id is not None
        deciders = appointments.deciders_for(case.unit_id)
        assert deciders is not None
        with self.stage.acting_as(deciders.terms[0].account_id) as viewer:
            case = operations.lock(self.ids[who.person.key])
            cards = [f"document:{each}" for each in approval.correctable_documents(case)][-1:]
            _look_at(viewer, case)
            verdict = Verdict(outcome, reason, case.version, tuple(cards) if named else (), code)
            approval.decide(viewer, case, verdict)

    def _approve(self, who: Applicant) -> None:
        self._decide(who, Outcome.APPROVED)
        case = db.session.get_one(Registration, self.ids[who.person.key])
        if not who.by_thaid and case.account_id and who.person.number % 5:
            self.stage.activate(accounts.get(case.account_id), who.person.username)

    def _send_back(self, who: Applicant) -> None:
        self._decide(who, Outcome.RETURNED, UNREADABLE, Reason.UNREADABLE, named=True)

    def _reject(self, who: Applicant) -> None:
        code, reason = REJECTIONS[who.person.number % len(REJECTIONS)]
        self._decide(who, Outcome.REJECTED, reason, code)

    def _reopen(self, who: Applicant) -> None:
        case = db.session.get_one(Registration, self.ids[who.person.key])
        assert case.unit_id is not None
        deciders = appointments.deciders_for(case.unit_id)
        assert deciders is not None
        with self.stage.acting_as(deciders.terms[0].account_id) as viewer:
            case = operations.lock(case.id)
            approval.reopen(viewer, case, REOPENED_FOR, case.version)

    def _correct(self, who: Applicant, office: Office) -> None:
        clear = replace(who, fate=Fate.WAITING)
        scan, _kind = self._scans(clear, office)[-1]
        with self.stage.outside():
            case = operations.lock(self.ids[who.person.key])
            card = approval.correctable_documents(case)[-1]
            answers.replace(case.id, card, scan.result())
            operations.submit(case.id, operations.lock(case.id).version)

    def _withdraw(self, who: Applicant) -> None:
        with self.stage.outside():
            operations.withdraw(self.ids[who.person.key])

    def _close_uncorrected(self) -> None:
        expiry.close_uncorrected()
        db.session.commit()


def _look_at(viewer: Viewer, case: Registration) -> None:
    """What the pages note when a reviewer opens a case and its papers."""
    authority = approval.authority_over(viewer, case)
    actor = Actor("account", viewer.account_id, viewer.unit_id, authority.appointment_id, viewer.name)
    note = partial(
        record, subject=("registration", case.id), unit_id=case.unit_id, actor=actor, registration_id=case.id
    )
    note("registration.viewed")
    for document in attached_documents.documents(case.id):
        note("registration.evidence_viewed", evidence_id=document.id, page=1)


def _mailed_code(address: str) -> str:
    """The six digits in the newest mail to an address, as its owner reads them."""
    mails = select(OutboxMessage).where(OutboxMessage.recipient == address, OutboxMessage.sealed.is_not(None))
    newest = db.session.scalars(mails.order_by(OutboxMessage.id.desc())).first()
    assert newest is not None
    assert newest.sealed is not None
    letter = read(decrypt(key_files().mail, newest.sealed, newest.message_id))
    return re.findall(r"\b\d{6}\b", letter.text)[0]
