"""What appointments of one unit ought to do, in plain Python: the machine in `test_state_machine` holds the product
against it. Written from the rules of the house and not from the code; days are counted since the story began."""

from dataclasses import dataclass, field

ADMIN, DEPUTY, AUDITOR = "SSO_ADMIN", "DEPUTY", "AUDITOR"
PROVINCE = "the province"
OPEN = {"WAITING", "RETURNED"}
FOLLOWS = {
    ("WAITING", "APPROVE"): "APPROVED",
    ("WAITING", "RETURN"): "RETURNED",
    ("WAITING", "REFUSE"): "REFUSED",
    ("WAITING", "WITHDRAW"): "WITHDRAWN",
    ("RETURNED", "WITHDRAW"): "WITHDRAWN",
    ("RETURNED", "CORRECT"): "WAITING",
}


@dataclass(eq=False)
class Away:
    """Days of absence, both included."""

    id: int
    first: int
    last: int
    is_cancelled: bool = False

    def covers(self, day: int) -> bool:
        """Whether they count on a day."""
        return not self.is_cancelled and self.first <= day <= self.last


@dataclass(eq=False)
class Held:
    """One appointment."""

    id: int
    holder: int
    power: str
    first: int
    last: int
    is_ended: bool = False
    away: list[Away] = field(default_factory=list)

    def in_force(self, day: int) -> bool:
        """Whether its term runs."""
        return not self.is_ended and self.first <= day <= self.last

    def is_away(self, day: int) -> bool:
        """Whether its holder is absent."""
        return any(each.covers(day) for each in self.away)


@dataclass(eq=False)
class Asked:
    """One request."""

    id: int
    asker: int
    holder: int
    power: str
    first: int
    last: int
    version: int = 1
    state: str = "WAITING"


@dataclass
class Office:
    """The unit: its people, what they hold and what was asked."""

    day: int = 0
    held: list[Held] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    suspended: set[int] = field(default_factory=set)

    def usable(self, *powers: str) -> list[Held]:
        """Appointments that can be used today."""
        return [
            each
            for each in self.held
            if each.in_force(self.day) and each.holder not in self.suspended and each.power in powers
        ]

    def deciders(self) -> set[int] | str:
        """Who decides today."""
        admins = self.usable(ADMIN)
        here = {each.holder for each in admins if not each.is_away(self.day)}
        if not here and admins:
            here = {each.holder for each in self.usable(DEPUTY) if not each.is_away(self.day)}
        return here or PROVINCE

    def acts(self, holder: int) -> bool:
        """Whether somebody has an admin's permissions today: an absent admin keeps hers, a deputy's come and go."""
        admins = self.usable(ADMIN)
        deputies = [each for each in self.usable(DEPUTY) if not each.is_away(self.day)]
        stand_in = admins and all(each.is_away(self.day) for each in admins)
        return holder in {each.holder for each in admins} or bool(
            stand_in and holder in {each.holder for each in deputies}
        )

    def is_open(self, holder: int, power: str) -> bool:
        """Whether a request for the same waits."""
        return any((each.holder, each.power) == (holder, power) and each.state in OPEN for each in self.asked)
