"""What a registration may do, in plain Python: the machine in `test_state_machine` holds the product against it.

Written from the rules of the house and not from the code: a new state is a line in `FOLLOWS`, and in `EDITABLE` when
its answers may change.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

FOLLOWS = {
    ("DRAFT", "submit"): "SUBMITTED",
    ("SUBMITTED", "withdraw"): "WITHDRAWN",
    ("SUBMITTED", "approve"): "APPROVED",
    ("SUBMITTED", "reject"): "REJECTED",
    ("SUBMITTED", "return"): "RETURNED",
    ("REJECTED", "reopen"): "SUBMITTED",
    ("RETURNED", "submit"): "SUBMITTED",
    ("RETURNED", "withdraw"): "WITHDRAWN",
    ("RETURNED", "lapse"): "LAPSED",
}
EDITABLE = {"DRAFT", "RETURNED"}
DECIDED = {"APPROVED", "REJECTED", "RETURNED"}
OPENS = {"unit": {"unit", "roles", "documents"}, "roles": {"roles", "documents"}, "document": {"documents"}}
QUESTIONS = {"person", "email", "unit", "position", "evidence"}
CODE_TRIES, CODE_MINUTES = 5, 30
DRAFT_DAYS, RETURNED_DAYS = 14, 60
ROOM = {"appointment_order": 3, "national_id_card": 1}  # files of a kind; by hand one of each is asked for


@dataclass
class Code:
    """The code in the newest mail."""

    digits: str
    mailed_at: int
    tries_left: int = CODE_TRIES

    def works(self, minute: int) -> bool:
        """Whether the right digits would be taken now."""
        return self.tries_left > 0 and minute < self.mailed_at + CODE_MINUTES


@dataclass(eq=False)
class Case:
    """One registration as it ought to be. Times are minutes since the story began."""

    id: int
    reference: str
    touched_at: int
    state: str = "DRAFT"
    version: int = 1
    number: int | None = None
    mailbox: str = ""
    is_proven: bool = False
    code: Code | None = None
    unit: str = ""
    has_position: bool = False
    documents: list[int] = field(default_factory=list)
    kinds: dict[int, str] = field(default_factory=dict)  # of every document ever attached
    times_sent: int = 0
    times_decided: int = 0
    times_reopened: int = 0
    came_at: int = 0  # to the queue, the last time
    decided_at: int | None = None
    sent_documents: set[int] = field(default_factory=set)
    named: frozenset[str] = frozenset()  # by the reviewer who sent it back; `document` is the first one then
    named_document: int | None = None
    is_swept: bool = False

    @property
    def is_editable(self) -> bool:
        """Whether answers may change."""
        return self.state in EDITABLE

    @property
    def was_sent(self) -> bool:
        """Whether a reviewer may have seen it."""
        return self.times_sent > 0

    def is_open(self, *answers: str) -> bool:
        """Whether these answers may change now."""
        opened = set().union(*(OPENS.get(name, {name}) for name in self.named))
        return self.state == "DRAFT" or (self.state == "RETURNED" and set(answers) <= opened)

    def attached(self) -> set[str]:
        """The kinds attached now."""
        return {self.kinds[each] for each in self.documents}

    def is_full(self, kind: str) -> bool:
        """Whether no further document of a kind is taken."""
        return sum(self.kinds[each] == kind for each in self.documents) >= ROOM[kind]

    def may_remove(self, document: int) -> bool:
        """One that nobody saw yet, or the one that was named."""
        return document not in self.sent_documents or document == self.named_document

    def edited(self, minute: int) -> None:
        """An answer was saved."""
        self.version += 1
        self.touched_at = minute

    def allows(self, act: str) -> bool:
        """Whether an act leads anywhere from this state."""
        return (self.state, act) in FOLLOWS

    def moved(self, act: str, minute: int) -> None:
        """An act was done."""
        self.state, self.touched_at = FOLLOWS[self.state, act], minute
        self.version += 1

    def is_complete(self) -> bool:
        """Whether no question is open."""
        answered = {
            "person": self.number is not None,
            "email": self.is_proven,
            "unit": bool(self.unit),
            "position": self.has_position,
            # what was sent is not asked again where it is closed
            "evidence": not self.is_open("documents") or (bool(self.unit) and set(ROOM) <= self.attached()),
        }
        return all(answered[question] for question in QUESTIONS)

    def is_same_request(self, other: "Case") -> bool:
        """Whether two cases are one person asking one unit from one mailbox."""
        mine, hers = (self.number, self.unit, self.mailbox), (other.number, other.unit, other.mailbox)
        return self is not other and mine == hers

    def is_given_up(self, minute: int, day_of: Callable[[int], int]) -> bool:
        """Whether nobody corrected it up to the end of the last day."""
        return self.state == "RETURNED" and day_of(minute) > day_of(self.touched_at) + RETURNED_DAYS

    def is_forgotten(self, minute: int, day_of: Callable[[int], int]) -> bool:
        """Whether the next sweep takes it."""
        return self.state == "DRAFT" and not self.is_swept and day_of(minute) > day_of(self.touched_at) + DRAFT_DAYS
