"""Who may read which system: DLA all of them, a unit's SSO admin those that the unit owns."""

from sqlalchemy import select

from idp.access.rules import Permission, Viewer
from idp.clients.models import Client
from idp.database import db
from thai_web.refusal import N_, NotFound


def owner_units(viewer: Viewer) -> list[int]:
    """The units whose systems the viewer answers for."""
    return [held.unit_id for held in viewer.holdings if viewer.holding_for(Permission.READ_CLIENTS, held.unit_id)]


def owns_any(viewer: Viewer) -> bool:
    """Whether there is a system for the viewer to read."""
    owned = select(Client.id).where(Client.owner_unit_id.in_(owner_units(viewer))).limit(1)
    return viewer.may(Permission.MANAGE_CLIENTS) or db.session.scalar(owned) is not None


def readable(viewer: Viewer, key: int) -> Client:
    """Raises `NotFound`, also for a system that is none of the viewer's business."""
    found = db.session.get(Client, key)
    if found is None or not (viewer.may(Permission.MANAGE_CLIENTS) or found.owner_unit_id in owner_units(viewer)):
        raise NotFound(N_("ไม่พบระบบนี้ หรือไม่ใช่ระบบในความดูแลของหน่วยงานท่าน"))
    return found
