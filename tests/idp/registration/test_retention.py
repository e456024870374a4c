"""Documents and sealed numbers of ended requests are destroyed when nobody needs them any more."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import select, update

from idp import doctor, metrics
from idp.audit.models import AuditEvent
from idp.commands import MIGRATIONS
from idp.database import db
from idp.evidence import operations as evidence
from idp.evidence.models import Evidence, EvidencePage
from idp.registration import attached_documents, expiry, operations, retention, rules, versions
from idp.registration.models import Registration
from idp.registration.rules import Outcome, State
from tests.idp.registration.conftest import Make
from thai_web import clock
from thai_web.refusal import Conflict, NotFound

DECIDED_AT = datetime.fromisoformat("2026-12-01T10:00:00+07:00")


@pytest.fixture(autouse=True)
def context(app: Flask) -> Iterator[None]:
    with app.test_request_context(method="POST"):
        yield
        db.session.rollback()


@pytest.fixture
def ended(app: Flask, waiting: Make) -> Callable[[State], int]:
    """A request that ended at `DECIDED_AT` in a state."""

    def end(state: State) -> int:
        with time_machine.travel(DECIDED_AT, tick=False):
            request_id = waiting()
            version = db.session.get_one(Registration, request_id).version
            if state == State.WITHDRAWN:
                operations.withdraw(request_id)
            else:
                outcome = Outcome.RETURNED if state == State.LAPSED else Outcome(state)
                operations.record_outcome(
                    request_id, outcome=outcome, reason="x", seen_version=version, decided_unit_id=unit_of(request_id)
                )
            db.session.commit()
        if state == State.LAPSED:
            with time_machine.travel(DECIDED_AT + timedelta(days=61), tick=False):
                assert expiry.close_uncorrected() == 1
                db.session.commit()
        return request_id

    return end


def unit_of(request_id: int) -> int:
    return db.session.get_one(Registration, request_id).unit_id or 0


def work(at: datetime) -> int:
    with time_machine.travel(at, tick=False):
        destroyed = retention.destroy_due()
        db.session.commit()
        return destroyed


def what_is_left(request_id: int) -> tuple[int, bool]:
    """How many documents can still be opened, and whether the number can."""
    request = db.session.get_one(Registration, request_id, populate_existing=True)
    return len(attached_documents.documents(request_id)), request.national_id_sealed is not None


@pytest.mark.attack(91)
@pytest.mark.parametrize("state", [State.APPROVED, State.REJECTED])
def test_what_a_decision_rests_on_is_kept_until_the_last_day_of_appeal_and_then_destroyed(
    state: State, ended: Callable[[State], int]
) -> None:
    request_id = ended(state)
    last_day = retention.kept_until(db.session.get_one(Registration, request_id))
    assert last_day is not None
    assert clock.day_in_bangkok(last_day).isoformat() == "2026-12-31"
    assert work(datetime.fromisoformat("2026-12-31T23:59:00+07:00")) == 0
    assert what_is_left(request_id) == (2, True)
    assert work(datetime.fromisoformat("2027-01-01T00:01:00+07:00")) == 1
    assert what_is_left(request_id) == (0, False)
    assert work(datetime.fromisoformat("2027-01-01T00:02:00+07:00")) == 0, "once"


@pytest.mark.attack(91)
@pytest.mark.parametrize(("state", "days"), [(State.WITHDRAWN, 0), (State.LAPSED, 61)])
def test_what_nobody_decided_is_destroyed_at_once(state: State, days: int, ended: Callable[[State], int]) -> None:
    request_id = ended(state)
    assert work(DECIDED_AT + timedelta(days=days, minutes=1)) == 1
    assert what_is_left(request_id) == (0, False)


@pytest.mark.parametrize("state", [State.DRAFT, State.SUBMITTED, State.RETURNED])
def test_what_is_still_open_keeps_everything_however_old(state: State, complete: Make, waiting: Make) -> None:
    with time_machine.travel(DECIDED_AT, tick=False):
        request_id = complete() if state == State.DRAFT else waiting()
        if state == State.RETURNED:
            version = db.session.get_one(Registration, request_id).version
            operations.record_outcome(
                request_id,
                outcome=Outcome.RETURNED,
                reason="x",
                seen_version=version,
                decided_unit_id=unit_of(request_id),
            )
        db.session.commit()
    assert work(DECIDED_AT + timedelta(days=800)) == 0
    assert what_is_left(request_id) == (2, True)


@pytest.mark.attack(91)
def test_nothing_of_the_documents_is_left_but_their_keyed_digest(ended: Callable[[State], int]) -> None:
    request_id = ended(State.REJECTED)
    ids = sorted(versions.sent_documents(request_id))
    evidence.set_aside(ids[0])  # as one that was replaced after a reviewer had seen it
    db.session.commit()
    work(DECIDED_AT + timedelta(days=40))
    for number in ids:
        left = db.session.get_one(Evidence, number, populate_existing=True)
        assert (left.wrapped_key, left.filename) == (None, "–")
        assert left.digest
        with pytest.raises(NotFound):
            evidence.read_page(number, 1)
    assert db.session.scalars(select(EvidencePage)).all() == []


def test_the_record_tells_what_was_destroyed_and_when(ended: Callable[[State], int]) -> None:
    request_id = ended(State.APPROVED)
    work(DECIDED_AT + timedelta(days=40))
    event = db.session.scalars(select(AuditEvent).where(AuditEvent.name == "registration.evidence_destroyed")).one()
    assert (event.actor_kind, event.facts) == ("worker", {"registration_id": request_id, "documents": 2})
    discarded = db.session.scalars(select(AuditEvent).where(AuditEvent.name == "evidence.discarded")).all()
    assert len(discarded) == 2


def test_a_rejected_request_is_taken_up_again_only_while_its_documents_are_there(
    ended: Callable[[State], int],
) -> None:
    request_id = ended(State.REJECTED)
    work(DECIDED_AT + timedelta(days=40))
    version = db.session.get_one(Registration, request_id).version
    with pytest.raises(Conflict, match="ถูกทำลายแล้ว"):
        operations.reopen(request_id, "มีหลักฐานเพิ่ม", version)


def test_one_that_was_taken_up_again_in_time_keeps_its_documents(ended: Callable[[State], int]) -> None:
    request_id = ended(State.REJECTED)
    with time_machine.travel(DECIDED_AT + timedelta(days=29), tick=False):
        operations.reopen(request_id, "มีหลักฐานเพิ่ม", db.session.get_one(Registration, request_id).version)
        db.session.commit()
    assert work(DECIDED_AT + timedelta(days=400)) == 0
    assert what_is_left(request_id) == (2, True)


def test_operators_hear_of_what_is_a_day_late(ended: Callable[[State], int], monkeypatch: pytest.MonkeyPatch) -> None:
    ended(State.APPROVED)

    def told(at: datetime) -> tuple[list[str], bool]:
        with time_machine.travel(at, tick=False):
            late = "idp_documents_overdue 1\n" in metrics.exposition()
            return retention.faults(), late

    due = datetime.fromisoformat("2027-01-01T00:00:00+07:00")
    assert told(due + timedelta(hours=20)) == ([], False)
    (fault,), late = told(due + timedelta(hours=25))
    assert fault.startswith("documents: those of 1 ended requests are overdue")
    assert late
    with time_machine.travel(due + timedelta(hours=25), tick=False):
        db.session.rollback()
        assert fault in doctor.faults()
    work(due + timedelta(hours=26))
    assert told(due + timedelta(hours=27)) == ([], False)


def test_what_ended_before_there_was_a_date_is_destroyed_too(app: Flask, ended: Callable[[State], int]) -> None:
    request_id = ended(State.APPROVED)
    db.session.remove()
    downgrade(str(MIGRATIONS), revision="0026")
    upgrade(str(MIGRATIONS))
    assert what_is_left(request_id) == (2, True)
    assert work(DECIDED_AT + timedelta(days=40)) == 1
    assert what_is_left(request_id) == (0, False)


def test_the_drafts_of_an_account_lose_their_copy_of_the_number_too(ended: Callable[[State], int]) -> None:
    """The account has its own; a request of somebody with an account is destroyed like any other."""
    request_id = ended(State.APPROVED)
    db.session.execute(update(Registration).where(Registration.id == request_id).values(purpose="MOVE"))
    db.session.commit()
    work(DECIDED_AT + timedelta(days=40))
    assert what_is_left(request_id) == (0, False)


def test_the_settings_keep_no_less_than_the_time_to_appeal() -> None:
    from idp.config import SettingsError, from_environment

    with pytest.raises(SettingsError, match="IDP_EVIDENCE_DAYS must be at least 15"):
        from_environment({"IDP_EVIDENCE_DAYS": "14"})
    assert rules.DECIDED == (State.APPROVED, State.REJECTED)
