"""No text from outside can pass for a line of the log."""

import logging

import pytest

from thai_web.log_format import OneLine

FORMAT = OneLine("%(asctime)s %(levelname)s %(name)s %(message)s")
FORGED = "2026-11-30 08:00:00,000 CRITICAL idp signed in from 192.0.2.1"


def _written(message: str, *given: object, error: Exception | None = None) -> list[str]:
    raised = (type(error), error, None) if error else None
    return FORMAT.format(logging.LogRecord("idp", logging.WARNING, "", 0, message, given, raised)).splitlines()


@pytest.mark.attack(132)
@pytest.mark.parametrize(
    "break_", ["\n", "\r", "\r\n", "\v", "\f", "\x1c", "\x85", "\u2028", "\u2029", "\x1b[2K\x1b[1A"]
)
def test_a_line_break_in_what_somebody_sent_stays_within_the_line(break_: str) -> None:
    [line] = _written("ThaID refused a code: %s", f"x{break_}{FORGED}")
    assert line.isprintable()


@pytest.mark.attack(132)
def test_an_errors_own_text_is_indented() -> None:
    lines = _written("job failed", error=ValueError(f"x\n{FORGED}"))
    assert len(lines) == 3
    assert all(line.startswith("    ") for line in lines[1:])


def test_thai_is_written_as_it_is() -> None:
    assert _written("%s", "ไม่พบหน่วยงาน")[0].endswith("ไม่พบหน่วยงาน")
