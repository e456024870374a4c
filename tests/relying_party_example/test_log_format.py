"""No text from outside can pass for a line of INFO's log."""

import io
import logging

import pytest

from thai_web import log_format

FORGED = "2026-11-30 08:00:00,000 CRITICAL info signed in from 192.0.2.1"


def written(message: str, *given: object, error: Exception | None = None) -> list[str]:
    """What INFO's own handler writes."""
    log_format.begin("info")
    [handler] = [each for each in logging.getLogger("info").handlers if isinstance(each, logging.StreamHandler)]
    stream = io.StringIO()
    before, handler.stream = handler.stream, stream
    logging.getLogger("info.signin").warning(message, *given, exc_info=error)
    handler.stream = before
    return stream.getvalue().splitlines()


@pytest.mark.attack(132)
@pytest.mark.parametrize(
    "break_", ["\n", "\r", "\r\n", "\v", "\f", "\x1c", "\x85", "\u2028", "\u2029", "\x1b[2K\x1b[1A", "\0"]
)
def test_a_line_break_in_what_somebody_sent_stays_within_the_line(break_: str) -> None:
    [line] = written("a decision has to wait: %s", f"x{break_}{FORGED}")
    assert line.isprintable()


@pytest.mark.attack(132)
def test_an_errors_own_text_is_indented() -> None:
    lines = written("job failed", error=ValueError(f"x\n{FORGED}"))
    assert len(lines) == 3
    assert all(line.startswith("    ") for line in lines[1:])
