"""Who works where in the province, and how each office stands: by chance of a fixed seed, every time the same."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random

from demo.cast import CLERK, DISTRICT, UNIT_ADMIN, Invented
from demo.province.names import invent
from idp.units.models import Unit
from idp.units.rules import LOCAL_GOVERNMENTS

SEED = 2569
FIRST_NUMBER = 1000  # of the fictional national IDs
FOR_REQUESTS = 6000  # those of applicants
ADMIN_POSITIONS = ("หัวหน้าสำนักปลัด", "นักจัดการงานทั่วไป", "นักทรัพยากรบุคคล")
CLERK_POSITIONS = ("เจ้าพนักงานธุรการ", "นักวิเคราะห์นโยบายและแผน", "นักพัฒนาชุมชน", "เจ้าพนักงานทะเบียน", "นักวิชาการคลัง")
OFFICE_POSITIONS = ("ท้องถิ่นอำเภอ", "นักส่งเสริมการปกครองท้องถิ่น", "เจ้าพนักงานส่งเสริมการปกครองท้องถิ่น")


class Standing(StrEnum):
    """How a local government stands with its SSO admin."""

    VALID = "VALID"
    DEPUTY = "DEPUTY"  # valid, with a deputy who stands in on days of absence
    AWAY = "AWAY"  # valid, with a deputy, and away these days
    ENDS_SOON = "ENDS_SOON"
    EXTENDING = "EXTENDING"  # ends soon; the new letter waits for the office above
    ENDED = "ENDED"
    REVOKED = "REVOKED"
    PROVISIONAL = "PROVISIONAL"
    ASKED = "ASKED"  # the first letter waits for the office above
    RETURNED = "RETURNED"
    REFUSED = "REFUSED"
    WITHDRAWN = "WITHDRAWN"
    NOBODY = "NOBODY"  # people, and nobody appointed


# How many of a hundred and twenty-seven, the first of each kind in this order; the rest is VALID.
SHARES = {
    Standing.DEPUTY: 6,
    Standing.AWAY: 2,
    Standing.ENDS_SOON: 7,
    Standing.EXTENDING: 3,
    Standing.ENDED: 6,
    Standing.REVOKED: 3,
    Standing.PROVISIONAL: 5,
    Standing.ASKED: 6,
    Standing.RETURNED: 2,
    Standing.REFUSED: 2,
    Standing.WITHDRAWN: 1,
    Standing.NOBODY: 9,
}
WITH_DEPUTY = frozenset({Standing.DEPUTY, Standing.AWAY})


@dataclass(frozen=True)
class Resident(Invented):
    """Somebody of the province, with their roles in INFO."""

    roles: tuple[str, ...] = ()


@dataclass
class Office:
    """A unit with its people: the one who is, was or will be its admin first."""

    code: str
    name: str
    kind: str
    supervisor: str
    standing: Standing
    people: list[Resident] = field(default_factory=list)

    @property
    def admin(self) -> Resident:
        return self.people[0]

    @property
    def deputy(self) -> Resident:
        return self.people[1]


@dataclass
class Population:
    """Everybody, office by office."""

    districts: list[Office]
    governments: list[Office]

    @property
    def offices(self) -> list[Office]:
        return [*self.districts, *self.governments]

    @property
    def people(self) -> list[Resident]:
        return [person for office in self.offices for person in office.people]


def settle(units: Sequence[tuple[Unit, str, str]]) -> Population:
    """Invent the people of a province. Arguments: `units`, each with its full name and its supervisor's code."""
    chance = Random(SEED)  # noqa: S311 - no secret: the same people every time
    numbers = iter(range(FIRST_NUMBER, FOR_REQUESTS))
    districts = [_district(chance, numbers, *each) for each in units if each[0].kind == "DISTRICT_OFFICE"]
    own = [each for each in units if each[0].kind in LOCAL_GOVERNMENTS]
    standings = _standings(chance, len(own))
    governments = [_government(chance, numbers, *each, standing) for each, standing in zip(own, standings, strict=True)]
    return Population(districts, governments)


def _standings(chance: Random, number: int) -> Iterator[Standing]:
    """The shares, scaled to a smaller province, in a mixed order."""
    scale = min(1, number / 120)
    some = [standing for standing, share in SHARES.items() for _ in range(round(share * scale) or 1)][:number]
    mixed = [*some, *[Standing.VALID] * (number - len(some))]
    chance.shuffle(mixed)
    return iter(mixed)


def _district(chance: Random, numbers: Iterator[int], unit: Unit, name: str, supervisor: str) -> Office:
    office = Office(unit.code, name, unit.kind, supervisor, Standing.VALID)
    for place in range(3):
        position = OFFICE_POSITIONS[min(place, 2)]
        office.people.append(_resident(chance, next(numbers), office, position, ("viewer",)))
    if unit.code == DISTRICT.unit_code:
        office.people[0] = _of_the_cast(DISTRICT, ("viewer",))
    return office


def _government(
    chance: Random, numbers: Iterator[int], unit: Unit, name: str, supervisor: str, standing: Standing
) -> Office:
    is_casts = unit.code == UNIT_ADMIN.unit_code
    office = Office(unit.code, name, unit.kind, supervisor, Standing.VALID if is_casts else standing)
    number = chance.choice((2, 2, 3, 3, 3, 4)) if office.standing != Standing.NOBODY else chance.choice((1, 2))
    for place in range(max(number, 2 if office.standing in WITH_DEPUTY else 1)):
        position = chance.choice(CLERK_POSITIONS if place else ADMIN_POSITIONS)
        roles = ("reporter",) if place in (1, 2) or number == 1 else ()
        office.people.append(_resident(chance, next(numbers), office, position, roles))
    if is_casts:
        office.people[:2] = [_of_the_cast(UNIT_ADMIN, ("reporter",)), _of_the_cast(CLERK, ("reporter",))]
    return office


def _resident(chance: Random, number: int, office: Office, position: str, roles: tuple[str, ...]) -> Resident:
    taken = {person.given_name for person in office.people}
    name = next(name for name in iter(lambda: invent(chance), None) if name.given not in taken)
    domain = f"{office.code.lower()}.example.go.th"
    return Resident(
        key=f"{name.latin}.{office.code.lower()}",
        title=name.title,
        given_name=name.given,
        family_name=name.family,
        email=f"{name.latin}@{domain}",
        unit_code=office.code,
        position=position,
        number=number,
        phone=f"02000{number:04d}",
        roles=roles,
    )


def _of_the_cast(person: Invented, roles: tuple[str, ...]) -> Resident:
    return Resident(**vars(person), roles=roles)
