"""Which units a viewer looks over: those at which they hold a power that lets them, and all below."""

from idp.access.rules import Permission, Viewer
from idp.units import operations as units
from idp.units.models import Unit
from thai_web.refusal import N_, NotFound


def tops(viewer: Viewer, permission: Permission) -> list[Unit]:
    """The offices at which the permission holds, without those that stand below another of them."""
    held = {each.unit_id for each in viewer.holdings if permission in each.permissions}
    chains = {unit_id: units.chain(units.get(unit_id)) for unit_id in sorted(held)}
    return [chain[0] for chain in chains.values() if held.isdisjoint(office.id for office in chain[1:])]


def unit_within(viewer: Viewer, permission: Permission, code: str) -> Unit:
    """The unit of a code. Raises `NotFound` outside the viewer's units: what is there is not theirs to know."""
    unit, held = units.find(code), {each.id for each in tops(viewer, permission)}
    if unit is None or held.isdisjoint(office.id for office in units.chain(unit)):
        raise NotFound(N_("ไม่พบหน่วยงานนี้ในความดูแลของท่าน"))
    return unit
