"""What the audit viewer shows, as its address says it. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from idp.audit.catalogue import CATALOGUE
from thai_web.normalisation import mend_code
from thai_web.thai import NotADate, parse_date

LONGEST = 60
SUBJECT = re.compile("[a-z_]{1,40}:[0-9A-Za-z_-]{1,60}")
GROUPS = tuple(dict.fromkeys(name.partition(".")[0] for name in CATALOGUE))


@dataclass(frozen=True)
class Inquiry:
    """At most one of each: an event or a group of them, who, where, which days, about what; all empty is everything."""

    event: str = ""
    person: str = ""  # number of an account, or a username
    unit: str = ""
    since: date | None = None
    until: date | None = None
    subject: str = ""  # a case's reference, or `kind:number`
    unread: tuple[str, ...] = ()  # fields whose dates could not be read

    def query(self) -> dict[str, str]:
        """The parts of the address, equal for equal questions."""
        parts = {
            "event": self.event,
            "person": self.person,
            "unit": self.unit,
            "since": _iso(self.since),
            "until": _iso(self.until),
            "subject": self.subject,
        }
        return {name: value for name, value in parts.items() if value}


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def parse(given: Mapping[str, str]) -> Inquiry:
    """Read an address. Unknown events are left out; a day that cannot be read is named, not guessed."""
    typed = {
        name: " ".join(mend_code(given.get(name, "").replace("\0", "")).split())[:LONGEST]
        for name in ("event", "person", "unit", "since", "until", "subject")
    }
    days, unread = {}, []
    for name in ("since", "until"):
        days[name] = _day(typed[name])
        if typed[name] and days[name] is None:
            unread.append(name)
    event = typed["event"] if typed["event"] in CATALOGUE or typed["event"] in GROUPS else ""
    return Inquiry(
        event,
        _no_national_id(typed["person"]),
        typed["unit"].upper(),
        days["since"],
        days["until"],
        _no_national_id(typed["subject"]),
        tuple(unread),
    )


def _no_national_id(typed: str) -> str:
    """Thirteen digits belong into no address and no record, so nothing is found by them."""
    return "" if len(re.sub(r"\D", "", typed)) >= 13 else typed


def _day(text: str) -> date | None:
    """`2026-11-25`, `25/11/2569` or `25 พ.ย. 2569`."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        parts = re.split(r"[/\s]+", text)
    try:
        return parse_date(*parts) if len(parts) == 3 else None
    except NotADate:
        return None
