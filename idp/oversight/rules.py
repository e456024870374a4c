"""What the overview shows, as its address says it, and how figures of many units become one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from idp.units.rules import LABELS
from thai_web.normalisation import mend_code
from thai_web.refusal import N_

PERIOD = timedelta(days=90)  # over which decisions are counted
SOON = timedelta(days=60)  # in which an appointment ends
LONG = timedelta(days=7)  # that a case waits
LONGEST_SEARCH = 100
SHOWS: Mapping[str, str] = {
    "tree": N_("ตามสายการกำกับดูแล"),
    "all": N_("ทุกหน่วยงาน"),
    "no_admin": N_("ไม่มีผู้ดูแล SSO"),
    "waiting": N_("มีคำขอรอเกิน 7 วัน"),
    "ending": N_("การมอบหมายสิ้นสุดใน 60 วัน"),
}
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Filters:
    """Which of the lists, which kind of unit, and what was typed."""

    show: str = "tree"
    kind: str = ""
    q: str = ""

    @property
    def is_tree(self) -> bool:
        """Whether the next level is shown, each unit with all below it."""
        return self.show == "tree"

    def query(self, **changes: str) -> dict[str, Any]:
        """The parts of the address; what is usual is left out, so that equal lists have equal addresses."""
        parts = {"show": self.show, "kind": self.kind, "q": self.q} | changes
        return {name: value for name, value in parts.items() if value and (name, value) != ("show", "tree")}


def parse(given: Mapping[str, str]) -> Filters:
    """Read an address. What it does not know it leaves out; whoever narrows looks through all units."""
    show = given.get("show", "tree") if given.get("show") in SHOWS else "tree"
    kind = given.get("kind", "") if given.get("kind") in LABELS else ""
    typed = " ".join(given.get("q", "").replace("\0", " ")[:LONGEST_SEARCH].split())
    q = mend_code(typed)
    return Filters("all" if show == "tree" and (kind or q) else show, kind, q)


@dataclass(slots=True)
class Figures:
    """How one unit stands, or many together."""

    units: int = 0
    without_admin: int = 0
    ending: int = 0
    first_end: date | None = None
    waiting: int = 0
    oldest: datetime | None = None
    returned: int = 0
    approved: int = 0
    rejected: int = 0
    days: dict[int, int] = field(default_factory=dict)  # decisions by whole days that they took

    def add(self, other: "Figures") -> None:
        """Take another unit's figures in. Plainly written: a page does it for each of thousands of units."""
        self.units += other.units
        self.without_admin += other.without_admin
        self.ending += other.ending
        if other.first_end and (self.first_end is None or other.first_end < self.first_end):
            self.first_end = other.first_end
        self.waiting += other.waiting
        if other.oldest and (self.oldest is None or other.oldest < self.oldest):
            self.oldest = other.oldest
        self.returned += other.returned
        self.approved += other.approved
        self.rejected += other.rejected
        for days, number in other.days.items():
            self.days[days] = self.days.get(days, 0) + number

    @property
    def usual_days(self) -> int | None:
        """The whole days that the middle one of the decisions took; None without decisions."""
        passed, total = 0, sum(self.days.values())
        for days in sorted(self.days):
            passed += self.days[days]
            if passed * 2 >= total:
                return days
        return None

    def waits_long(self, now: datetime) -> bool:
        """Whether a case has waited longer than it should."""
        return self.oldest is not None and now - self.oldest >= LONG


def plain_cell(text: str) -> str:
    """A text that no spreadsheet takes for a formula, also after it was saved as CSV."""
    return f"'{text}" if text.startswith(FORMULA) else text
