"""No test knows what day it is: one pinned instant for the suite and for the processes that it starts."""

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from idp.workdays.operations import shipped
from idp.workdays.rules import is_working_day
from tests import instant
from thai_web import clock

# The simulator is a server like the provider; its process has the clock that it was given.
# The rehearsal says how far ahead a day is.
OWN_CLOCK = {"tests/instant.py", "tests/sitecustomize/sitecustomize.py", "tests/rehearsal/days.py"}
ASKS = {
    "datetime": {"now", "utcnow", "today"},
    "date": {"today"},
    "time": {"time", "time_ns", "localtime", "gmtime", "ctime", "strftime"},
}
PYTHON = [
    path
    for root in ("tests", "demo")
    for path in Path(root).rglob("*.py")
    if not {"node_modules", "thaid_simulator"} & set(path.parts) and str(path) not in OWN_CLOCK
]
SCRIPTS = [
    path for path in Path("tests").rglob("*") if path.suffix in (".js", ".mjs") and "node_modules" not in path.parts
]


def questions(tree: ast.AST) -> Iterator[str]:
    """Where a module asks the machine for the time."""
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Name(id=module) | ast.Attribute(attr=module), attr=name):
                if name in ASKS.get(module, ()):
                    yield f"{module}.{name} in line {node.lineno}"
            case ast.ImportFrom(module="time", names=names):
                yield from (f"time.{each.name} in line {node.lineno}" for each in names if each.name in ASKS["time"])


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("datetime.now(UTC)", True),
        ("datetime.datetime.now()", True),
        ("date.today()", True),
        ("time.time()", True),
        ("from time import time", True),
        ("default_factory=date.today", True),
        ("time.strftime('%Y')", True),
        ("clock.now()", False),
        ("clock.today()", False),
        ("time.monotonic()", False),
        ("time.sleep(1)", False),
        ("datetime.fromtimestamp(0, UTC)", False),
        ("from time import monotonic", False),
    ],
)
def test_a_question_for_the_machines_time_is_seen(text: str, asks: bool) -> None:
    assert bool(list(questions(ast.parse(text)))) is asks


def test_no_test_asks_the_machine_for_the_time() -> None:
    assert not {str(path): found for path in PYTHON if (found := list(questions(ast.parse(path.read_text()))))}
    assert not [str(path) for path in SCRIPTS if re.search(r"Date\.now|new Date\(\)", path.read_text())]


@pytest.mark.pinned
def test_every_test_begins_at_the_pinned_instant() -> None:
    assert instant.BEGINNING <= clock.now() < instant.BEGINNING + timedelta(minutes=1)


def test_the_pinned_instant_is_an_ordinary_working_moment() -> None:
    holidays = {each.day for each in shipped()}
    assert all(is_working_day(instant.BEGINNING.date() + timedelta(days=each), holidays) for each in (-1, 0, 1, 2))
    assert clock.is_working_time(instant.BEGINNING)


@pytest.mark.parametrize(
    "command",
    [
        [sys.executable, "-c", "import time; print(time.time())"],
        ["node", "-e", "console.log(Date.now() / 1000)"],
        ["php", "-r", "echo microtime(true);"],
    ],
    ids=["python", "node", "php"],
)
def test_a_process_that_a_test_starts_lives_at_the_same_instant(command: list[str]) -> None:
    foreign = {} if command[0] == sys.executable else instant.of_another_language()
    told = subprocess.run(command, env={**os.environ, **foreign}, capture_output=True, text=True, check=True).stdout
    assert timedelta() <= clock.now() - datetime.fromtimestamp(float(told), UTC) < timedelta(minutes=1)
