"""An exported piece of the chain proves itself, without the database and whatever is kept back."""

import json
from collections.abc import Callable

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import ColumnElement

from idp.audit import excerpt
from idp.audit.commands import verify_chain
from idp.audit.models import AuditEvent, AuditSeal
from idp.audit.operations import record
from idp.audit.rules import Actor
from idp.audit.sealing import seal, verify
from idp.database import db, job
from idp.web.application import key_files
from thai_web.refusal import Refusal

Lines = list[str]


def _write(shown: ColumnElement[bool]) -> Lines:
    return list(excerpt.write(shown, {"by": "test"}, key_files().audit))


@pytest.fixture
def lines(app: Flask) -> Lines:
    """Six events; every second one is told, the first and last among them."""
    with app.app_context():
        for number in range(7):
            record(
                "evidence.discarded",
                subject=("evidence", number),
                unit_id=number % 2,
                evidence_id=number,
                actor=Actor("account", 1, name="นายสมชาย"),
            )
        db.session.commit()
        job(seal)
        return _write((AuditEvent.name == "evidence.discarded") & (AuditEvent.unit_id == 0))


def _check(app: Flask, lines: Lines) -> tuple[int, int, list[str]]:
    with app.app_context():
        return excerpt.check(lines, key_files().audit)


def test_a_file_tells_what_was_asked_and_keeps_the_rest_back(app: Flask, lines: Lines) -> None:
    assert _check(app, lines) == (4, 3, [])
    kept = [json.loads(line) for line in lines if "digest" in json.loads(line)]
    assert [set(each) for each in kept] == [{"seal", "digest"}] * 3
    with app.app_context():
        assert verify() == []


def _edited(lines: Lines, number: int, change: Callable[[dict], None]) -> Lines:
    entry = json.loads(lines[number])
    change(entry)
    return [*lines[:number], json.dumps(entry, ensure_ascii=False) + "\n", *lines[number + 1 :]]


TAMPERINGS: dict[str, tuple[Callable[[Lines], Lines], str]] = {
    "a fact": (lambda lines: _edited(lines, 3, lambda e: e["event"]["facts"].update(evidence_id=9)), "changed:"),
    "a digest": (lambda lines: _edited(lines, 2, lambda e: e.update(digest="00" * 32)), "changed:"),
    "an event taken out": (lambda lines: lines[:3] + lines[4:], "missing:"),
    "a digest taken out": (lambda lines: lines[:2] + lines[3:], "missing:"),
    "the end cut off": (lambda lines: lines[:5], "cut:"),
    "a name": (lambda lines: _edited(lines, 1, lambda e: e["names"].update(actor="somebody")), "changed: the name"),
    "a name without its salt": (lambda lines: _edited(lines, 1, lambda e: e.pop("name_salts")), "changed: the name"),
    "who asked": (lambda lines: _edited(lines, 0, lambda e: e["about"].update(by="nobody")), "altered:"),
    "no JSON": (lambda lines: [*lines, "{"], "unreadable:"),
    "nothing": (lambda _lines: [], "unreadable:"),
    "something else": (lambda _lines: ["[]\n"], "unreadable:"),
}


@pytest.mark.parametrize("name", TAMPERINGS)
def test_what_was_done_to_a_file_is_told(app: Flask, lines: Lines, name: str) -> None:
    tamper, told = TAMPERINGS[name]
    assert any(fault.startswith(told) for fault in _check(app, tamper(lines))[2])


def test_a_chain_made_elsewhere_lacks_the_mark_of_this_installation(app: Flask, lines: Lines) -> None:
    with app.app_context():
        forged = list(excerpt.write(AuditEvent.name == "evidence.discarded", {}, [b"another key" * 3]))
        assert excerpt.check(forged, None)[2] == []
        assert [fault.split(":")[0] for fault in excerpt.check(forged, key_files().audit)[2]] == ["origin"]


def test_old_seals_are_sound_and_stay_at_home(app: Flask, lines: Lines) -> None:
    with app.app_context():
        db.session.query(AuditSeal).update({"salt": None})
        db.session.commit()
        with pytest.raises(Refusal, match="ห่วงโซ่"):
            _write(AuditEvent.name == "evidence.discarded")


def test_more_than_a_file_holds_is_refused(app: Flask, lines: Lines, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(excerpt, "MOST", 3)
    with app.app_context(), pytest.raises(Refusal, match="มากเกิน"):
        _write(AuditEvent.name == "evidence.discarded")


def test_the_command_checks_a_file_without_asking_the_database(app: Flask, lines: Lines, tmp_path) -> None:
    file = tmp_path / "audit.jsonl"
    file.write_text("".join(lines), encoding="utf-8")
    runner = CliRunner()
    with app.app_context():
        sound = runner.invoke(verify_chain, [str(file)])
        assert (sound.exit_code, sound.output) == (0, "4 events told, 3 kept back, 0 faults\n")
        file.write_text("".join(lines[:5]), encoding="utf-8")
        assert runner.invoke(verify_chain, [str(file), "--without-key"]).exit_code == 1
