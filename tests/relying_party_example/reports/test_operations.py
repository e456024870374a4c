"""A report's life on both databases."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from relying_party_example.database import db, job
from relying_party_example.periods import operations as periods
from relying_party_example.periods.rules import Scope
from relying_party_example.reports import dossier as dossiers
from relying_party_example.reports import operations
from relying_party_example.reports.operations import Stale
from relying_party_example.reports.rules import Action, State, Timeliness
from relying_party_example.signin.rules import person_from
from tests.relying_party_example.answers import complete, nil
from tests.relying_party_example.conftest import KEY
from tests.relying_party_example.people import (
    CLERK,
    COLLEAGUE,
    DLA_OFFICER,
    NEIGHBOUR,
    OTHER_CERTIFIER,
    SECOND_CERTIFIER,
)
from tests.relying_party_example.reports.scene import NOW, PROVINCE, WHO, certify, dossier, fill, submit, token
from thai_web.refusal import Conflict, Forbidden, Incomplete, NotFound

LATE = datetime(2027, 1, 10, 5, 0, tzinfo=UTC)
CLOSED = datetime(2027, 1, 20, 5, 0, tzinfo=UTC)


def test_a_report_is_begun_once(app: Flask) -> None:
    first = job(lambda: operations.start(KEY, WHO, NOW))
    again = job(lambda: operations.start(KEY, person_from(COLLEAGUE), NOW))
    assert first.id == again.id
    assert dossier().state is State.DRAFT


def test_a_complete_report_is_submitted_on_time_as_version_one(app: Flask) -> None:
    fill()
    assert submit() == 1
    report = dossier().begun()
    assert (report.state, report.timeliness, report.first_submitted_at) == (State.SUBMITTED, Timeliness.ON_TIME, NOW)
    version = dossiers.version(report, 1)
    assert (version.recipients, version.respondents, version.submitter_name) == (200, 20, WHO.name)
    assert version.answers["problems"] == "ที่จอดรถไม่พอ"


def test_after_the_due_day_it_is_late_and_after_the_close_it_is_refused(app: Flask) -> None:
    fill(now=LATE)
    submit(now=LATE)
    assert dossier().begun().timeliness == Timeliness.LATE
    with pytest.raises(Conflict):
        fill(person=person_from(NEIGHBOUR), now=CLOSED)


def test_an_extension_lets_a_unit_report_after_the_close(app: Flask) -> None:
    until = CLOSED.date() + timedelta(days=5)
    officer = person_from(DLA_OFFICER)
    job(lambda: periods.extend_some(KEY, Scope.UNIT, "670603", until, "น้ำท่วม", officer, CLOSED))
    fill(now=CLOSED)
    submit(now=CLOSED)
    assert dossier().begun().timeliness == Timeliness.EXTENDED


def test_an_error_and_an_unexplained_warning_stop_it(app: Flask) -> None:
    fill(complete(volume_tax_in_time=81, volume_registration_offered=0))
    with pytest.raises(Incomplete):
        submit()
    fill_again = complete(volume_registration_offered=0)
    fill(fill_again)
    with pytest.raises(Incomplete):
        submit()
    submit(explanations={"not_offered_registration": "ย้ายงานไปกองอื่นแล้ว"})
    stored = dossiers.version(dossier().begun(), 1).warnings
    assert [(each["code"], each["explanation"]) for each in stored] == [
        ("not_offered_registration", "ย้ายงานไปกองอื่นแล้ว")
    ]


def test_a_nil_report_counts_as_reported_with_its_reason(app: Flask) -> None:
    fill(nil())
    submit()
    version = dossiers.version(dossier().begun(), 1)
    assert version.is_nil
    assert version.recipients == 0


def test_a_stale_page_changes_nothing(app: Flask) -> None:
    fill()
    old = token()
    job(lambda: operations.save(dossier(), "remarks", {"problems": "ของมานพ"}, old))
    with pytest.raises(Stale):
        operations.save(dossier(), "remarks", {"problems": "ของกานดา"}, old)
    with pytest.raises(Stale):
        operations.submit(dossier(), {}, {}, old)
    assert dossier().begun().answers["problems"] == "ของมานพ"


def test_a_return_is_answered_point_by_point_and_keeps_the_credit(app: Flask) -> None:
    fill()
    submit()
    job(lambda: operations.send_back(dossier(PROVINCE), "แก้ข้อความ", ["remarks", "volume"], 1))
    with pytest.raises(Incomplete):
        submit(now=LATE, replies={"remarks": "แก้แล้ว"})
    assert submit(now=LATE, replies={"remarks": "แก้แล้ว", "volume": "ตรวจแล้วถูกต้อง"}) == 2
    report = dossier().begun()
    assert report.timeliness == Timeliness.ON_TIME
    assert dossiers.version(report, 2).replies["volume"] == "ตรวจแล้วถูกต้อง"
    assert dossiers.version(report, 1).answers


def test_a_return_needs_a_part_of_the_form(app: Flask) -> None:
    fill()
    submit()
    for flagged in ([], ["unheard-of"]):
        with pytest.raises(Incomplete):
            operations.send_back(dossier(PROVINCE), "แก้", flagged, 1)


def test_a_recall_costs_the_credit_unless_sent_again_in_time(app: Flask) -> None:
    fill()
    submit()
    job(lambda: operations.recall(dossier(), token()))
    assert dossier().begun().timeliness is None
    submit(now=LATE)
    report = dossier().begun()
    assert (report.timeliness, report.first_submitted_at) == (Timeliness.LATE, NOW)
    with pytest.raises(Conflict):
        operations.discard(dossier(), token())


def test_a_draft_that_was_never_sent_can_be_thrown_away_and_begun_again(app: Flask) -> None:
    fill()
    job(lambda: operations.discard(dossier(), token()))
    assert dossier().state is State.NOT_STARTED
    with pytest.raises(NotFound):
        dossier().begun()
    fill()
    assert submit() == 1


def test_the_second_of_two_certifiers_learns_that_it_is_done(app: Flask) -> None:
    fill()
    submit()
    certify()
    with pytest.raises(Conflict) as told:
        certify(person_from(SECOND_CERTIFIER))
    assert told.value.values["state"] == "จังหวัดรับรองแล้ว"
    assert [each.action for each in dossiers.history(dossier().begun())].count(Action.CERTIFY) == 1


def test_a_version_nobody_reviewed_is_not_certified(app: Flask) -> None:
    fill()
    submit()
    job(lambda: operations.recall(dossier(), token()))
    submit()
    with pytest.raises(Stale):
        certify(version=1)
    certify(version=2)


def test_the_submitter_cannot_certify_her_own_report_in_a_new_office(app: Flask) -> None:
    fill()
    submit()
    promoted = person_from(CLERK | {"unit": PROVINCE_CLAIM, "roles": ["certifier"]})
    with pytest.raises(Forbidden):
        certify(promoted)


PROVINCE_CLAIM = {"code": "P67", "kind": "PROVINCIAL_OFFICE", "name_th": "เพชรบูรณ์", "province_code": "67"}


def test_a_revoked_certification_leaves_the_version_as_official(app: Flask) -> None:
    fill()
    submit()
    certify()
    job(lambda: operations.revoke(dossier(PROVINCE), "พบข้อผิดพลาด", 1))
    assert dossier().state is State.SUBMITTED
    certify()
    job(lambda: operations.send_back(dossier(PROVINCE), "แก้", ["volume"], 1))
    report = dossier().begun()
    assert (report.state, report.certified_version) == (State.RETURNED, 1)
    assert [each.action for each in dossiers.history(report)][:2] == [Action.REVOKE_AND_RETURN, Action.CERTIFY]


def test_the_log_keeps_who_and_in_which_office(app: Flask) -> None:
    fill()
    submit()
    latest = dossiers.history(dossier().begun())[0]
    assert (latest.actor_name, latest.actor_position, latest.actor_unit) == (
        WHO.name,
        "เจ้าพนักงานธุรการ",
        "อบต.สระกรวด อ.ศรีเทพ จ.เพชรบูรณ์",
    )


@pytest.mark.parametrize("claims", [NEIGHBOUR, OTHER_CERTIFIER])
def test_a_foreign_units_report_is_not_there(app: Flask, claims: dict[str, object]) -> None:
    fill()
    with pytest.raises(NotFound):
        dossier(person_from(claims))


def test_a_draft_is_nobody_elses_business(app: Flask) -> None:
    fill()
    assert dossiers.shown(dossier()) is not None
    assert dossiers.shown(dossier(PROVINCE)) is None
    submit()
    seen = dossiers.shown(dossier(PROVINCE))
    assert seen is not None
    assert seen.version is not None
    db.session.rollback()
