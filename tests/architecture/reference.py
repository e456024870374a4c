"""The reference pages made from code: `python -m tests.architecture.reference` writes them, a test compares."""

from dataclasses import fields
from pathlib import Path

from idp.access.rules import GIVES, Permission, Power
from idp.appointments import rules as appointments
from idp.audit.catalogue import EVENTS
from idp.config import Settings
from idp.metrics import METRICS
from idp.staff.rules import NEEDS_REASON, POSSIBLE, WHOLE, Act, State
from relying_party_example.config import Settings as InfoSettings
from tests.idp.approval.matrix import page as decisions_page
from tests.idp.staff.matrix import ROWS

SETTINGS_HEAD = """# Settings

Environment variables, read once at start. A missing or unsafe production value is named, and nothing starts.

| variable | default | meaning |
|---|---|---|
"""
INFO_HEAD = """## INFO

The relying party has its own.

| variable | default | meaning |
|---|---|---|
"""
EVENTS_HEAD = """# Audit events

Every decision and change of authority, account, key or client is one of these, written in the same transaction.

| event | facts |
|---|---|
"""
METRICS_HEAD = """# Metrics

`/metrics` of any node, in the text format 0.0.4 of Prometheus. All are gauges, computed at that moment from the
database and the node's folder of keys ([why](../decisions/0023-metrics-are-asked-of-the-database.md)): one node's
answer stands for all, so never add nodes up. Nothing in it is about a person;
[keep it from the public](../how-to/operate.md) all the same.

| metric | by | what | sound an alarm |
|---|---|---|---|
"""
APPOINTMENTS_HEAD = """# Appointments: powers and requests

A power is given by an [appointment](../explanation/authority.md) at one unit, for a term. What it permits there and
below:

"""
REQUESTS_HEAD = """
## Requests: state, actor, action

A unit asks for an appointment, the office above decides. What is not in this table is refused: with 403 for whoever may
never, with 409 for whoever comes too late.

* UNIT: who asked, or who is to be appointed, while posted in the unit
* DECIDER: may appoint at the unit today
* CONFLICTED: may too, but is the person, asked for it, or owes the authority to the person
* READER: holds a power at the unit or above it, without deciding

"""


def settings_page() -> str:
    """`docs/reference/settings.md`."""
    return f"{SETTINGS_HEAD}{_rows('IDP', Settings)}\n{INFO_HEAD}{_rows('INFO', InfoSettings)}"


def _rows(prefix: str, settings: type) -> str:
    rows = [
        (f"{prefix}_{each.name.upper()}", _default(each.default), each.metadata["help"]) for each in fields(settings)
    ]
    return "".join(f"| `{name}` | `{default}` | {told} |\n" for name, default, told in rows)


def _default(value: object) -> str:
    return ",".join(value) if isinstance(value, tuple) else str(value)


def events_page() -> str:
    """`docs/reference/audit-events.md`."""
    rows = [f"| `{event.name}` | {', '.join(event.facts) or '–'} |" for event in EVENTS]
    return EVENTS_HEAD + "\n".join(rows) + "\n"


def metrics_page() -> str:
    """`docs/reference/metrics.md`."""
    rows = (
        f"| `{each.name}` | {f'`{each.label}`' if each.label else '–'} | {each.meaning} | {each.alarm} |\n"
        for each in METRICS
    )
    return METRICS_HEAD + "".join(rows)


HELPING_HEAD = """# Who may help whom, and when

Tests play both tables on the server ([why](../explanation/authority.md)). Every act is recorded and told to the person.

## Who

| the helper and the person | sees the person's page | may act |
|---|---|---|
"""
ACTS_HEAD = """
## When

| act | reason asked | possible while the person is |
|---|---|---|
"""
STANDING = {
    State.WORKING: "working",
    State.SUSPENDED: "suspended",
    State.LEFT: "gone",
    State.LEFT_SUSPENDED: "gone and suspended",
}


def helping_page() -> str:
    """`docs/reference/helping.md`."""
    who = [f"| {row.told} | {_yes(row.sees)} | {_yes(row.acts)} |\n" for row in ROWS]
    acts = [
        f"| `{act}`{' *' if act in WHOLE else ''} | {_yes(act in NEEDS_REASON)} | "
        f"{', '.join(name for state, name in STANDING.items() if act in POSSIBLE[state])} |\n"
        for act in Act
    ]
    foot = "\n\\* concerns the whole account: who works in two units is for the nearest office above both.\n"
    return HELPING_HEAD + "".join(who) + ACTS_HEAD + "".join(acts) + foot


def _yes(is_so: bool) -> str:
    return "yes" if is_so else "no"


def appointments_page() -> str:
    """`docs/reference/appointments.md`."""
    powers = _table(
        "permission",
        [power.value for power in Power],
        [(each.value, ["yes" if each in GIVES[power] else "–" for power in Power]) for each in Permission],
    )
    requests = _table(
        "state · action",
        [party.value for party in appointments.Party],
        [
            (
                f"{state} · {action}",
                [appointments.FOLLOWS.get((state, action, party), "–") for party in appointments.Party],
            )
            for state in appointments.State
            for action in appointments.Action
        ],
    )
    return APPOINTMENTS_HEAD + powers + REQUESTS_HEAD + requests


def _table(corner: str, columns: list[str], rows: list[tuple[str, list[str]]]) -> str:
    head = f"| {corner} | {' | '.join(columns)} |\n|{'---|' * (len(columns) + 1)}\n"
    return head + "".join(f"| {name} | {' | '.join(cells)} |\n" for name, cells in rows)


PAGES = {
    "docs/reference/decisions.md": decisions_page,
    "docs/reference/helping.md": helping_page,
    "docs/reference/appointments.md": appointments_page,
    "docs/reference/settings.md": settings_page,
    "docs/reference/audit-events.md": events_page,
    "docs/reference/metrics.md": metrics_page,
}

if __name__ == "__main__":
    for path, make in PAGES.items():
        Path(path).write_text(make())
