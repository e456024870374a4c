"""Giving a person of the unit a role in a connected system, and ending it."""

from datetime import date

from idp.access.rules import Viewer
from idp.clients import operations as clients
from idp.clients.models import Assignment
from idp.clients.operations import OfferedRole
from idp.database import db
from idp.staff import rules
from idp.staff.authority import Member, begin
from idp.staff.operations import tell
from idp.staff.rules import Act
from thai_web import clock
from thai_web.refusal import N_, Conflict, NotFound


def offered(found: Member) -> list[OfferedRole]:
    """The roles that this kind of unit may hold and this person does not hold yet."""
    held = {role.id for _assignment, role in clients.assignments(found.posting.id)}
    return [role for role in clients.roles_for(found.unit.kind) if role.id not in held]


def give(viewer: Viewer, posting_id: int, role_id: int, ends_on: date | None) -> None:
    """Give a role through a posting, until a last day where there is one. Raises `Conflict` when it is held already."""
    found, actor = begin(viewer, posting_id, Act.GIVE_ROLE)
    rules.check_end(ends_on, clock.today())
    role = next((each for each in offered(found) if each.id == role_id), None)
    if role is None:
        raise Conflict(N_("มีสิทธิ์นี้อยู่แล้ว หรือหน่วยงานนี้ใช้สิทธิ์นี้ไม่ได้"))
    clients.assign(posting_id, role_id, ends_on=ends_on, granted_by=actor)
    tell(found, Act.GIVE_ROLE, "", actor, role)


def held(found: Member, assignment_id: int) -> tuple[Assignment, OfferedRole]:
    """A role that this person holds today. Raises `NotFound`, also for one of somebody else."""
    for assignment, role in clients.assignments(found.posting.id):
        if assignment.id == assignment_id:
            return assignment, role
    raise NotFound(N_("ไม่พบสิทธิ์นี้ หรือสิ้นสุดไปแล้ว"))


def end(viewer: Viewer, posting_id: int, assignment_id: int, last_day: date | None, reason: str) -> None:
    """End a role, at once unless it has a last day. Raises `Conflict` when a colleague was first."""
    found, actor = begin(viewer, posting_id, Act.END_ROLE)
    rules.check_reason(reason)
    rules.check_end(last_day, clock.today())
    assignment = db.session.get(Assignment, assignment_id)
    if assignment is None or assignment.posting_id != posting_id:
        raise NotFound(N_("ไม่พบสิทธิ์นี้ หรือสิ้นสุดไปแล้ว"))
    [role] = clients.roles_by_id([assignment.role_id])
    clients.end_assignment(assignment_id, reason, last_day=last_day, ended_by=actor)
    tell(found, Act.END_ROLE, reason, actor, role)
