"""Inviting somebody to register: mailed, single-use, seen by all who may invite, taken back by any of them.

The link opens a registration, never an account: who invites is not thereby believed, and sees the link nowhere.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from idp.access.rules import Viewer
from idp.accounts.models import Account
from idp.accounts.rules import check_name
from idp.appointments import operations as appointments
from idp.audit.operations import record
from idp.audit.rules import APPLICANT, Actor
from idp.clients import operations as clients
from idp.database import db
from idp.notifications import secrets
from idp.notifications.operations import queue
from idp.notifications.rules import check_address
from idp.registration import answers
from idp.registration.answers import InvitedAnswers
from idp.registration.models import Registration
from idp.staff.authority import is_in_scope
from idp.staff.models import Invitation
from idp.staff.rules import Invited as Standing
from idp.units import operations as units
from idp.units.models import Unit
from idp.units.rules import full_name
from idp.web.links import absolute
from thai_web import clock, language
from thai_web.refusal import N_, Conflict, Forbidden, NotFound, Refusal

INVITATION = "invitation"
LIFETIME = timedelta(days=7)
SHOWN = 100


@dataclass(frozen=True)
class Draft:
    """Who is invited, to do what."""

    name: str
    email: str
    position: str
    role_ids: Collection[int]


def authority(viewer: Viewer, unit_id: int) -> Actor:
    """The appointment under which the viewer invites for a unit now. Raises `Forbidden`, saying who may."""
    found = appointments.deciders_for(unit_id)
    for term in found.terms if found else ():
        if term.account_id == viewer.account_id:
            return Actor("account", viewer.account_id, viewer.unit_id, term.appointment_id, viewer.name)
    office = full_name(units.get(found.unit_id), language.current()) if found else ""
    step = N_("โปรดแจ้ง %(office)s") if office else N_("โปรดแจ้งผู้ดูแลของหน่วยงานที่กำกับ")
    raise Forbidden(
        N_("ท่านไม่ได้เป็นผู้ดูแลที่เชิญผู้ใช้ของหน่วยงานนี้ได้"),
        next_step=step,
        office=office,
        code="not_yours",
        audit="refused.help",
        facts={"act": "invite", "why": "no authority"},
    )


def invite(viewer: Viewer, unit: Unit, draft: Draft) -> Invitation:
    """Invite somebody. Raises `Refusal` beside what cannot be, `Conflict` when the same person is invited already."""
    actor = authority(viewer, unit.id)
    units.require_open(unit.id, clock.today())
    address = check_address(draft.email)
    _check(draft, {role.id for role in clients.roles_for(unit.kind)})
    same = select(Invitation).where(
        Invitation.unit_id == unit.id,
        Invitation.email == address,
        Invitation.name == draft.name,
        Invitation.ended_at.is_(None),
    )
    before = db.session.scalar(same.with_for_update())
    if before is not None and before.standing(clock.now()) == Standing.EXPIRED:
        _end(before, Standing.REVOKED)
        db.session.flush()
    now = clock.now()
    invitation = Invitation(
        unit_id=unit.id,
        email=address,
        name=draft.name,
        position=draft.position,
        role_ids=[str(each) for each in sorted(draft.role_ids)],
        invited_by=viewer.account_id,
        created_at=now,
        sent_at=now,
        expires_at=now + LIFETIME,
    )
    db.session.add(invitation)
    try:
        db.session.flush()
    except IntegrityError as error:
        raise Conflict(N_("มีคำเชิญถึงผู้นี้ที่ยังใช้ได้อยู่แล้ว"), next_step=N_("ส่งซ้ำได้จากรายการคำเชิญ")) from error
    _record("invitation.made", invitation, actor)
    _send(invitation, viewer.name)
    return invitation


def _check(draft: Draft, offered: Collection[int]) -> None:
    try:
        check_name(draft.name)
    except Refusal as refusal:
        refusal.code, refusal.status = "name", 422
        raise
    if not set(draft.role_ids) <= set(offered):
        raise Refusal(N_("หน่วยงานนี้ขอสิทธิ์ที่เลือกไม่ได้ โปรดเลือกใหม่"), code="roles", status=422)


def _record(name: str, invitation: Invitation, actor: Actor, **facts: object) -> None:
    record(
        name,
        subject=("invitation", invitation.id),
        unit_id=invitation.unit_id,
        actor=actor,
        subject_name=invitation.name,
        invitation_id=invitation.id,
        **facts,
    )


def _send(invitation: Invitation, inviter: str) -> None:
    secret = secrets.issue_link(INVITATION, str(invitation.id), LIFETIME)  # those mailed before stop working
    values = {
        "name": invitation.name,
        "inviter": inviter,
        "unit": units.get(invitation.unit_id),
        "expires_at": invitation.expires_at,
        "link": absolute("invitation.open_link", secret=secret),
    }
    queue("staff/mail/invitation", invitation.email, values, ("invitation", invitation.id))


def of_unit(unit_id: int) -> list[tuple[Invitation, Account, Standing]]:
    """The unit's invitations with their inviters: those that are open first, then what became of the others.

    That somebody else used one is told once they sent what they filled in: what stands in a draft is theirs alone.
    """
    statement = (
        select(Invitation, Account, Registration)
        .join(Account, Account.id == Invitation.invited_by)
        .outerjoin(Registration, Registration.id == Invitation.registration_id)
        .where(Invitation.unit_id == unit_id)
        .order_by(Invitation.ended_at.is_not(None), Invitation.id.desc())
        .limit(SHOWN)
    )
    now = clock.now()
    return [
        (each, inviter, each.standing(now, by_another=begun is not None and _was_sent_by_another(begun)))
        for each, inviter, begun in db.session.execute(statement)
    ]


def _was_sent_by_another(begun: Registration) -> bool:
    return begun.submitted_at is not None and begun.is_by_another


def _locked(viewer: Viewer, invitation_id: int) -> tuple[Invitation, Actor]:
    found = db.session.get(Invitation, invitation_id, with_for_update=True, populate_existing=True)
    if found is None or not is_in_scope(viewer, found.unit_id):
        raise NotFound(N_("ไม่พบคำเชิญนี้"))
    actor = authority(viewer, found.unit_id)
    if found.ended_at is not None:
        raise Conflict(N_("คำเชิญนี้ใช้ไปแล้วหรือถูกถอนแล้ว"), next_step=N_("โปรดเปิดรายการคำเชิญใหม่เพื่อดูสถานะล่าสุด"))
    return found, actor


def resend(viewer: Viewer, invitation_id: int) -> Invitation:
    """Mail it again, with another link and a week from now; the link before stops working."""
    invitation, actor = _locked(viewer, invitation_id)
    invitation.sent_at, invitation.expires_at = clock.now(), clock.now() + LIFETIME
    _record("invitation.resent", invitation, actor)
    _send(invitation, viewer.name)
    return invitation


def revoke(viewer: Viewer, invitation_id: int) -> Invitation:
    """Take it back. Raises `Conflict` when it was used or taken back already."""
    invitation, actor = _locked(viewer, invitation_id)
    _end(invitation, Standing.REVOKED)
    _record("invitation.revoked", invitation, actor)
    return invitation


def _end(invitation: Invitation, outcome: Standing) -> None:
    invitation.ended_at, invitation.outcome = clock.now(), outcome


def of_link(secret: str) -> Invitation:
    """The invitation behind a mailed link, without using it up. Raises `Refusal` when it is over."""
    found = db.session.get(Invitation, int(secrets.look_at_link(INVITATION, secret).subject))
    if found is None or found.standing(clock.now()) != Standing.OPEN:
        raise secrets.link_is_over()
    return found


def accept(secret: str) -> Registration:
    """Use the link up and begin the registration. Of two who do so at once the second gets `Refusal`."""
    seen = of_link(secret)
    found = db.session.get_one(Invitation, seen.id, with_for_update=True, populate_existing=True)
    if found.standing(clock.now()) != Standing.OPEN:
        raise secrets.link_is_over()
    secrets.spend_link(INVITATION, secret)
    unit = units.require_open(found.unit_id, clock.today())
    offered = {role.id for role in clients.roles_for(unit.kind)}
    wanted = sorted({int(each) for each in found.role_ids} & offered)
    given = InvitedAnswers(found.email, unit.id, found.position, wanted, found.invited_by, found.name)
    registration = answers.begin_invited(given)
    _end(found, Standing.ACCEPTED)
    found.registration_id = registration.id
    _record("invitation.accepted", found, APPLICANT, registration_id=registration.id)
    return registration
