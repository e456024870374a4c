"""The record of decisions: declared facts, sealing, and what verification tells apart."""

import threading

import pytest
from flask import Flask
from sqlalchemy import delete, update

from idp.audit import sealing
from idp.audit.models import AuditEvent, AuditHead, AuditSeal
from idp.audit.operations import record
from idp.audit.sealing import seal, verify
from idp.database import db, job


def _three_events() -> None:
    for number in range(3):
        record("evidence.discarded", subject=("evidence", number), evidence_id=number)
    db.session.commit()


@pytest.mark.parametrize(
    ("name", "facts"),
    [("nobody.knows", {}), ("evidence.discarded", {}), ("evidence.discarded", {"evidence_id": 1, "more": 2})],
)
def test_an_event_is_refused_unless_it_carries_its_declared_facts(sqlite_app: Flask, name: str, facts: dict) -> None:
    with sqlite_app.app_context(), pytest.raises(ValueError, match="declared facts"):
        record(name, **facts)


def test_a_sealed_record_is_sound_and_sealing_again_adds_nothing(app: Flask) -> None:
    with app.app_context():
        _three_events()
        job(seal)
        sealed = db.session.query(AuditSeal).count()
        assert sealed == db.session.query(AuditEvent).count() >= 3
        job(seal)
        assert db.session.query(AuditSeal).count() == sealed
        assert verify() == []


def test_an_event_that_was_rolled_back_leaves_no_trace(app: Flask) -> None:
    with app.app_context():
        before = db.session.query(AuditEvent).count()
        record("evidence.discarded", evidence_id=1)
        db.session.rollback()
        assert db.session.query(AuditEvent).count() == before


def _change_a_fact() -> None:
    db.session.execute(
        update(AuditEvent).where(AuditEvent.name == "evidence.discarded").values(facts={"evidence_id": 99})
    )


def _delete_an_event() -> None:
    db.session.execute(delete(AuditEvent).where(AuditEvent.subject_id == "1", AuditEvent.name == "evidence.discarded"))


def _delete_event_and_seal() -> None:
    event = db.session.query(AuditEvent).filter_by(subject_id="1", name="evidence.discarded").one()
    db.session.execute(delete(AuditSeal).where(AuditSeal.event_id == event.id))
    db.session.delete(event)


def _cut_the_end() -> None:
    last = db.session.query(AuditSeal).order_by(AuditSeal.number.desc()).first()
    assert last
    db.session.execute(delete(AuditEvent).where(AuditEvent.id == last.event_id))
    db.session.delete(last)


def _rewrite_the_head() -> None:
    _cut_the_end()
    last = db.session.query(AuditSeal).order_by(AuditSeal.number.desc()).first()
    assert last
    db.session.execute(update(AuditHead).values(number=last.number, hash=last.hash))


@pytest.mark.parametrize(
    ("tamper", "told"),
    [
        (_change_a_fact, "changed:"),
        (_delete_an_event, "missing: event"),
        (_delete_event_and_seal, "missing: seals"),
        (_cut_the_end, "cut:"),
        (_rewrite_the_head, "head:"),
    ],
)
def test_verification_tells_what_was_done(app: Flask, tamper, told: str) -> None:
    with app.app_context():
        _three_events()
        job(seal)
        tamper()
        db.session.commit()
        assert any(fault.startswith(told) for fault in verify())


def test_a_check_while_sealing_goes_on_sees_no_fault(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def seal_elsewhere() -> None:
        with app.app_context():
            job(seal)

    def links_after_a_worker_sealed() -> list[str]:
        worker.start()
        worker.join(1)  # it may have to wait for the check
        return list(broken_links())

    worker, broken_links = threading.Thread(target=seal_elsewhere), sealing._broken_links
    monkeypatch.setattr(sealing, "_broken_links", links_after_a_worker_sealed)
    with app.app_context():
        _three_events()
        job(seal)
        _three_events()
        assert verify() == []
        db.session.rollback()
        worker.join()
        monkeypatch.undo()
        assert verify() == []
