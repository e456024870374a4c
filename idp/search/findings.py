"""What a text finds: the first few of each kind, by the rules of the kind's own list, and where that list goes on."""

from dataclasses import dataclass, field

from idp.access.rules import Permission, Viewer
from idp.approval import filters, queue
from idp.approval.filters import Filters
from idp.approval.queue import Desk
from idp.client_support import client_list
from idp.client_support.client_list import Shown
from idp.staff import people
from idp.staff.people import Person
from idp.units import operations as units
from idp.units.models import Unit

MOST = 5  # of a kind; the rest stands in its own list


@dataclass(frozen=True)
class Findings:
    """The first of each kind, and whether there are more; of a kind that the viewer has no list of, none."""

    people: list[Person] = field(default_factory=list)
    more_people: bool = False
    cases: list[queue.Row] = field(default_factory=list)
    more_cases: bool = False
    units: list[Unit] = field(default_factory=list)
    more_units: bool = False
    systems: list[client_list.Row] = field(default_factory=list)
    more_systems: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing was found at all."""
        return not (self.people or self.cases or self.units or self.systems)


def without_national_ids(text: str) -> str:
    """The text as it may stand in an address: thirteen digits belong into none."""
    return " ".join(word for word in text.split() if not filters.is_national_id(word))


def find(viewer: Viewer, text: str) -> Findings:
    """What the viewer may find by every word of a text."""
    if not text.strip():
        return Findings()
    found_people, more_people = _people(viewer, text)
    cases, more_cases = _cases(viewer, text)
    found_units, more_units = _units(viewer, text)
    systems = client_list.found(viewer, text, Shown.ALL, 1)
    return Findings(
        people=found_people,
        more_people=more_people,
        cases=cases,
        more_cases=more_cases,
        units=found_units,
        more_units=more_units,
        systems=systems.rows[:MOST],
        more_systems=systems.total > MOST,
    )


def _people(viewer: Viewer, text: str) -> tuple[list[Person], bool]:
    if not viewer.may(Permission.HELP_PEOPLE):
        return [], False
    page = people.found(viewer, text, 1)
    return page.people[:MOST], page.total > MOST


def _cases(viewer: Viewer, text: str) -> tuple[list[queue.Row], bool]:
    if not viewer.may(Permission.DECIDE_REGISTRATIONS):
        return [], False
    return queue.found(Desk(viewer), Filters(q=text), MOST)


def _units(viewer: Viewer, text: str) -> tuple[list[Unit], bool]:
    """The units of the viewer's powers and below: which there are is open, but theirs come first in their work."""
    held = {each.unit_id for each in viewer.holdings if Permission.READ_APPOINTMENTS in each.permissions}
    is_everything = any(units.get(unit_id).supervisor_id is None for unit_id in held)
    within = None if is_everything else {below for unit_id in held for below in units.subtree_ids(unit_id)}
    found = units.search(text, MOST + 1, within=within)
    return found[:MOST], len(found) > MOST
