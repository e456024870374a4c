"""The record of decisions: declared facts, sealing, and what verification tells apart."""

import threading
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, insert, select, update

from idp.audit import heads, sealing
from idp.audit.commands import verify_chain
from idp.audit.models import AuditEvent, AuditHead, AuditName, AuditSeal
from idp.audit.operations import record
from idp.audit.rules import Actor
from idp.audit.sealing import erased_names, seal, verify
from idp.database import db, job
from idp.web.application import key_files


def _three_events() -> None:
    record("account.unlocked", actor=Actor("account", 1, name="นายสมชาย"), subject_name="นางสมใจ")
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


def _rename_the_actor() -> None:
    assert db.session.execute(update(AuditName).where(AuditName.role == "actor").values(name="นางคนอื่น")).rowcount


def _put_a_name_beside() -> None:
    nameless = db.session.query(AuditEvent).filter_by(subject_id="1", name="evidence.discarded").one()
    db.session.add(AuditName(event_id=nameless.id, role="subject", name="นางคนอื่น", salt=b"s" * 16))


def _put_the_head_back_to_before_macs() -> None:
    """So that forged events would pass as ones of before."""
    db.session.execute(update(AuditHead).values(macs_from=None))


@pytest.mark.attack(130)
@pytest.mark.parametrize(
    ("tamper", "told"),
    [
        (_change_a_fact, "changed:"),
        (_delete_an_event, "missing: event"),
        (_delete_event_and_seal, "missing: seals"),
        (_cut_the_end, "cut:"),
        (_rewrite_the_head, "head:"),
        (_rename_the_actor, "changed: the name"),
        (_put_a_name_beside, "changed: the name"),
        (_put_the_head_back_to_before_macs, "head:"),
    ],
)
def test_verification_tells_what_was_done(app: Flask, tamper, told: str) -> None:
    with app.app_context():
        _three_events()
        job(seal)
        tamper()
        db.session.commit()
        assert any(fault.startswith(told) for fault in verify())


def _put_in(**columns: Any) -> None:
    """As somebody does who has the database and no key."""
    genuine = db.session.query(AuditEvent).order_by(AuditEvent.id.desc()).first()
    assert genuine
    kept = {each.name: getattr(genuine, each.name) for each in AuditEvent.__table__.columns if each.name != "id"}
    db.session.execute(insert(AuditEvent).values(kept | columns))
    db.session.commit()


@pytest.mark.attack(130)
@pytest.mark.parametrize(
    "columns",
    [{"mac": None}, {"mac": b"m" * 48}, {"actor_account_id": 2}, {"facts": {"more": 1}}, {}],
    ids=["no MAC", "an invented MAC", "another actor under its MAC", "other facts", "a copy"],
)
def test_an_event_that_the_provider_did_not_write_is_told_though_it_is_sealed(app: Flask, columns: dict) -> None:
    with app.app_context():
        _three_events()
        job(seal)
        _put_in(**columns)
        job(seal)
        assert {fault.split(":")[0] for fault in verify()} == {"forged"}


def test_events_of_before_they_had_macs_are_sealed_once_and_sound(app: Flask) -> None:
    with app.app_context():
        _three_events()
        job(seal)
        db.session.execute(update(AuditEvent).values(mac=None))
        head = db.session.get_one(AuditHead, 1)
        head.macs_from = None
        sealing.sign_head(key_files().audit[0])
        _put_in(mac=None)
        job(seal)
        assert verify() == []
        _put_in(mac=None)
        job(seal)
        assert [fault.split(":")[0] for fault in verify()] == ["forged"]


def test_an_erased_name_is_no_fault(app: Flask) -> None:
    with app.app_context():
        _three_events()
        job(seal)
        db.session.execute(delete(AuditName))
        db.session.commit()
        assert verify() == []


@pytest.mark.attack(144)
def test_an_erased_name_is_told_and_counted(app: Flask) -> None:
    with app.app_context():
        _three_events()
        job(seal)
        assert erased_names() == []
        assert "0 erased names, 0 faults" in app.test_cli_runner().invoke(verify_chain).output
        gone = db.session.scalars(select(AuditName).where(AuditName.role == "actor")).one()
        event_id = gone.event_id
        db.session.delete(gone)
        db.session.commit()
        assert erased_names() == [f"erased: the name of the actor beside event {event_id}"]
        told = app.test_cli_runner().invoke(verify_chain)
    assert told.exit_code == 0
    assert f"beside event {event_id}\n" in told.output
    assert "1 erased names, 0 faults" in told.output


@pytest.mark.attack(131)
def test_an_older_state_put_back_with_its_own_valid_head_is_told_by_a_head_kept_since(app: Flask) -> None:
    with app.app_context():
        _three_events()
        job(seal)
        job(heads.keep)
        older = db.session.get_one(AuditHead, 1)
        before = {"number": older.number, "hash": older.hash, "mac": older.mac}
        _three_events()
        job(seal)
        job(heads.keep)
        job(heads.keep)
        kept = heads.kept_lines()
        assert len(kept) == 2, "a head that did not move is kept once"
        assert verify(kept) == []
        newer = list(db.session.scalars(select(AuditSeal.event_id).where(AuditSeal.number > before["number"])))
        for table, column in (
            (AuditSeal, AuditSeal.event_id),
            (AuditName, AuditName.event_id),
            (AuditEvent, AuditEvent.id),
        ):
            db.session.execute(delete(table).where(column.in_(newer)))
        db.session.execute(update(AuditHead).values(before))
        db.session.commit()
        assert verify() == [], "nothing in the database itself tells it"
        assert [fault.split(":")[0] for fault in verify(kept)] == ["cut"]
        for _ in range(2):
            _three_events()
        job(seal)
        assert [fault.split(":")[0] for fault in verify(kept)] == ["rewritten"], "also after the chain grew again"
        assert [fault.split(":")[0] for fault in verify([kept[1][:-1]])] == ["kept head"]


def test_events_that_came_with_a_dump_from_another_cluster_are_sealed(app: Flask) -> None:
    """PostgreSQL's numbers of transactions begin anew in a new cluster; those of the old one may be far ahead."""
    with app.app_context():
        _three_events()
        db.session.execute(update(AuditEvent).values(transaction_id=2**40))
        db.session.commit()
        assert job(seal) >= 4
        assert verify() == []


def test_a_check_while_sealing_goes_on_sees_no_fault(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def seal_elsewhere() -> None:
        with app.app_context():
            job(seal)

    def links_after_a_worker_sealed(head: AuditHead) -> list[str]:
        worker.start()
        worker.join(1)  # it may have to wait for the check
        return list(broken_links(head))

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
