"""People of a former system come in from a file and claim their accounts."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from idp.access.rules import Power
from idp.accounts import operations as accounts
from idp.accounts.models import Account
from idp.appointments import jobs, operations
from idp.appointments.models import Appointment
from idp.audit.models import AuditEvent
from idp.database import db
from idp.signin import recovery
from idp.signin.commands import commands
from idp.units import operations as units
from tests.browsing import submit, text_of
from tests.factories import appoint, appoint_first, open_person, sign_in
from tests.idp.appointments.conftest import account_id, ask, decide
from tests.people import CLERK, DLA_OFFICER, PROVINCIAL, UNIT_ADMIN
from thai_web import clock

HEAD = "national_id,title,given_name,family_name,email,unit_code,position,sso_admin,provisional_until"
NEW = "mango-sticky-rice-2569"
Outbox = Callable[[], list[tuple[str, str, str]]]


def _row(person: object = UNIT_ADMIN, admin: str = "yes", until: str = "", **changes: str) -> str:
    given = {
        "national_id": person.national_id,
        "title": person.title,
        "given_name": person.given_name,  # type: ignore[attr-defined]
        "family_name": person.family_name,
        "email": person.email,
        "unit_code": person.unit_code,  # type: ignore[attr-defined]
        "position": person.position,
        "sso_admin": admin,
        "provisional_until": until,  # type: ignore[attr-defined]
    }
    return ",".join({**given, **changes}.values())


@pytest.fixture
def bring_in(app: Flask, tmp_path: Path) -> Callable[..., Result]:
    """Runs the command on a file of these lines."""

    def run(*rows: str, head: str = HEAD, options: tuple[str, ...] = (), encoding: str = "utf-8") -> Result:
        path = tmp_path / "people.csv"
        path.write_text("\n".join([head, *rows]) + "\n", encoding=encoding)
        return app.test_cli_runner().invoke(commands, ["import", str(path), *options])

    return run


@pytest.fixture
def above(app: Flask) -> Flask:
    """DLA and the province are there already."""
    with app.app_context():
        for person in (DLA_OFFICER, PROVINCIAL):
            open_person(person)
        appoint_first(DLA_OFFICER)
        appoint(PROVINCIAL, by=DLA_OFFICER)
    return app


def test_each_row_has_a_result_and_a_second_run_changes_nothing(
    app: Flask, bring_in: Callable[..., Result], outbox: Outbox
) -> None:
    rows = (_row(), _row(CLERK, "no"), _row(CLERK, "no", national_id="1234567890123"), _row(CLERK, unit_code="999999"))
    done = bring_in(*rows)
    assert [line.partition(": ")[2].partition(":")[0] for line in done.stdout.splitlines()[:4]] == [
        "added",
        "added",
        "refused",
        "refused",
    ]
    assert "line 4: refused" in done.stdout, "the line as an editor counts it"
    assert done.exit_code == 1
    assert "2 added, 0 changed, 0 unchanged, 2 refused" in done.output
    assert len(outbox()) == 2
    again = bring_in(*rows)
    assert "0 added, 0 changed, 2 unchanged, 2 refused" in again.output
    assert len(outbox()) == 2
    with app.app_context():
        assert db.session.query(Account).count() == 2
        assert [event.name for event in db.session.query(AuditEvent)].count("appointment.made") == 1


def test_no_number_is_printed_back(bring_in: Callable[..., Result], outbox: Outbox) -> None:
    done = bring_in(_row(), _row(national_id="1234567890123"), _row(given_name="อื่น"), _row(sso_admin="maybe"))
    told = done.output + "".join(body for _to, _subject, body in outbox())
    assert not re.search(r"\d{13}", told)
    assert "another name" in done.output


def test_a_rehearsal_keeps_nothing_and_mails_nobody(
    app: Flask, bring_in: Callable[..., Result], outbox: Outbox
) -> None:
    done = bring_in(_row(), _row(), options=("--dry-run",))
    assert "1 added, 0 changed, 1 unchanged, 0 refused (dry run" in done.output
    assert outbox() == []
    with app.app_context():
        assert db.session.query(Account).count() == 0


@pytest.mark.parametrize(
    ("head", "row", "told"),
    [
        (HEAD.replace("email,", ""), "", "must name these columns: email"),
        (HEAD + ",salary", _row() + ",1", "unknown columns: salary"),
        (HEAD, _row() + ",more", "another number of fields"),
        (HEAD, '"' + _row(), "not CSV"),
    ],
)
def test_a_file_that_does_not_fit_is_refused_as_a_whole(
    app: Flask, bring_in: Callable[..., Result], head: str, row: str, told: str
) -> None:
    done = bring_in(row, head=head)
    assert done.exit_code == 1
    assert told in done.output
    with app.app_context():
        assert db.session.query(Account).count() == 0


def test_what_a_spreadsheet_leaves_at_the_ends_is_passed_over(app: Flask, bring_in: Callable[..., Result]) -> None:
    commas = "," * HEAD.count(",")
    done = bring_in(_row() + ",,", commas, "", commas + ",,", "\u200b" + commas, head=HEAD + ",,")
    assert done.exit_code == 0
    assert "1 added, 0 changed, 0 unchanged, 0 refused" in done.output


@pytest.mark.parametrize(
    ("head", "row", "told"),
    [
        (HEAD + ",", _row() + ",value", "another number of fields"),
        (HEAD.replace("title", ""), _row(), "unknown columns: (no name)"),
        (HEAD + ",email", _row() + ",", "columns named twice: email"),
    ],
)
def test_a_column_without_a_name_must_be_empty(bring_in: Callable[..., Result], head: str, row: str, told: str) -> None:
    done = bring_in(row, head=head)
    assert done.exit_code == 1
    assert told in done.output


def _imported(app: Flask) -> Account:
    with app.app_context():
        account = db.session.scalars(select(Account)).one()
        db.session.expunge(account)
        return account


def test_a_row_is_read_as_the_form_reads_it(app: Flask, bring_in: Callable[..., Result]) -> None:
    number = "\u200e" + "–".join(UNIT_ADMIN.national_id)
    changes = {
        "title": "นาง\u200b",
        "given_name": "เเสง\u00a0ดาว",
        "family_name": "เลิศล\u0e4d\u0e49\u0e32",
        "email": "\ufeffsomjai\u2011k@example.go.th",
        "position": "เจ\u0e49าพนักงานท\u0e48\u0e35ดิน",
    }
    row = _row(national_id=number, unit_code="๖๗๐๖\u200b๐๓", admin="yes\u200b", until="๒๕๗๐–๐๓–๓๑", **changes)
    done = bring_in(row + ",๐๘๑–๒๓๔–๕๖๗๘", head=HEAD + ",phone")
    assert done.exit_code == 0, done.output
    account = _imported(app)
    assert (account.name, account.email, account.phone) == (
        "นางแสง ดาว เลิศล้ำ",
        "somjai-k@example.go.th",
        "0812345678",
    )
    assert "1 unchanged" in bring_in(_row(given_name="แสงดาว", family_name="เลิศล้ำ")).output, "the same person"


@pytest.mark.parametrize(
    ("column", "typed"),
    [
        ("given_name", "<b>9</b>"),
        ("family_name", "=1+1"),
        ("title", "@SUM"),
        ("given_name", "-"),
        ("given_name", "สมใจ1"),
        ("national_id", "1234567890123"),
        ("email", "somjai.example"),
        ("position", "\u200b"),
        ("position", "ก" * 151),
    ],
)
@pytest.mark.attack(27)
def test_a_row_is_refused_for_what_the_form_refuses(
    app: Flask, bring_in: Callable[..., Result], column: str, typed: str
) -> None:
    done = bring_in(_row(**{column: typed}), _row(CLERK, "no"))
    assert done.exit_code == 1
    assert f"line 2: refused: {column}: " in done.stdout
    assert "line 3: added" in done.stdout
    assert typed not in done.output


@pytest.mark.parametrize("typed", ["8.12E+08", ":-)", "0567112345", "1567", '"0-5671-1234, 0-5671-1235"'])
def test_a_row_with_a_telephone_that_is_none_is_refused(bring_in: Callable[..., Result], typed: str) -> None:
    done = bring_in(f"{_row()},{typed}", head=HEAD + ",phone")
    assert "line 2: refused: phone: " in done.stdout


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("812345678", "0812345678"),
        ("0812345678.0", "0812345678"),
        ("0-5671-1234-5", "056711234"),
        ("-", None),
        ("ไม่มี", None),
        ("", None),
    ],
)
def test_a_telephone_is_stored_as_it_will_be_told(
    app: Flask, bring_in: Callable[..., Result], typed: str, stored: str | None
) -> None:
    assert bring_in(f"{_row()},{typed}", head=HEAD + ",phone").exit_code == 0
    assert _imported(app).phone == stored


@pytest.mark.parametrize("typed", ["", "-", "–", "ไม่มี", "ไม่ระบุ"])
def test_one_name_is_enough(app: Flask, bring_in: Callable[..., Result], typed: str) -> None:
    assert bring_in(_row(family_name=typed)).exit_code == 0
    assert _imported(app).name == f"{UNIT_ADMIN.title}{UNIT_ADMIN.given_name}"
    without = HEAD.replace("family_name,", "")
    assert "1 unchanged" in bring_in(_row().replace(f"{UNIT_ADMIN.family_name},", ""), head=without).output


def test_a_file_in_another_encoding_is_told_how_to_be_saved(bring_in: Callable[..., Result]) -> None:
    done = bring_in(_row(), encoding="cp874")
    assert done.exit_code == 1
    assert "UTF-8" in done.output


@pytest.mark.attack(30)
@pytest.mark.parametrize(
    ("until", "told"),
    [
        ("2026-13-01", "must be a date"),
        ("31/03/2570", "must be a date"),
        ("2569-02-29", "must be a date"),
        ("2020-01-01", "180"),
        ("2599-01-01", "180"),
    ],
)
def test_a_day_that_cannot_be_is_refused(bring_in: Callable[..., Result], until: str, told: str) -> None:
    assert told in bring_in(_row(until=until)).output


@pytest.mark.attack(30)
def test_both_eras_and_a_leap_day_name_the_same_end(app: Flask, bring_in: Callable[..., Result]) -> None:
    with time_machine.travel("2028-01-10T05:00:00+00:00"):
        assert bring_in(_row(until="2571-02-29"), _row(CLERK, until="2028-02-29")).exit_code == 0
    with app.app_context():
        assert {each.ends_on.isoformat() for each in db.session.query(Appointment)} == {"2028-02-29"}


def _link(outbox: Outbox) -> str:
    return [found for _to, _subject, body in outbox() for found in re.findall(r"/claim/\S+", body)][-1]


def _claim(client: FlaskClient, outbox: Outbox, **changes: str):
    link = _link(outbox)
    given = {
        "national_id": UNIT_ADMIN.national_id,
        "username": UNIT_ADMIN.username,
        "password": NEW,
        "password_again": NEW,
    }
    return submit(client, client.get(link), {**given, **changes})


def test_the_mailed_link_and_the_number_claim_the_account_once(
    above: Flask, bring_in: Callable[..., Result], client: FlaskClient, outbox: Outbox
) -> None:
    bring_in(_row())
    wrong = _claim(client, outbox, national_id=CLERK.national_id)
    assert wrong.status_code == 422
    assert "ไม่ตรงกับบัญชีนี้" in text_of(wrong), "a colleague who shares the mailbox"
    with above.app_context():
        unit = units.find(UNIT_ADMIN.unit_code)
        assert unit
        found = operations.deciders_for(unit.id)
        assert found
        assert units.get(found.unit_id).code == "P67", "a queue does not wait for who cannot sign in"
        assert jobs.tell_vacancies() == 0
    done = _claim(client, outbox)
    assert done.status_code == 303
    assert client.get(_link(outbox)).status_code == 410
    assert "ตั้งชื่อผู้ใช้และรหัสผ่านของท่านแล้ว" in outbox()[-1][1]
    assert sign_in(client, UNIT_ADMIN, NEW).location == "/home"
    with above.app_context():
        [held] = operations.holdings(account_id(UNIT_ADMIN))
        assert held.power == Power.SSO_ADMIN
        assert operations.get(held.appointment_id).is_provisional
    assert "ชั่วคราว รอหนังสือ" in text_of(client.get(f"/appointments/{held.appointment_id}"))


def test_a_link_that_is_over_is_asked_for_anew_like_a_forgotten_password(
    above: Flask, bring_in: Callable[..., Result], client: FlaskClient, outbox: Outbox
) -> None:
    bring_in(_row(), options=("--no-mail",))
    assert UNIT_ADMIN.email not in [to for to, _subject, _body in outbox()]
    submit(client, client.get("/recovery"), {"email": UNIT_ADMIN.email.upper()})
    assert _claim(client, outbox).status_code == 303


def test_a_helper_too_can_only_send_the_link_that_asks_for_the_number(
    above: Flask, bring_in: Callable[..., Result], client: FlaskClient, outbox: Outbox
) -> None:
    bring_in(_row(), options=("--no-mail",))
    with above.app_context():
        [imported] = db.session.scalars(select(Account).where(Account.email == UNIT_ADMIN.email))
        recovery.lead_back(imported)
        db.session.commit()
    assert _claim(client, outbox, national_id=CLERK.national_id).status_code == 422
    assert _claim(client, outbox).status_code == 303


def test_the_letter_makes_of_a_provisional_appointment_a_real_one(
    above: Flask, bring_in: Callable[..., Result], client: FlaskClient, outbox: Outbox
) -> None:
    bring_in(_row())
    _claim(client, outbox)
    with above.app_context():
        provisional = operations.holdings(account_id(UNIT_ADMIN))[0].appointment_id
        sent = ask(UNIT_ADMIN, UNIT_ADMIN, continues=provisional)
        decide(PROVINCIAL, sent)
        [held] = operations.holdings(account_id(UNIT_ADMIN))
        made = operations.get(held.appointment_id)
        assert (made.continues_id, made.is_provisional) == (provisional, False)
        assert operations.get(provisional).ended_at is not None
        assert jobs.tell_vacancies() == 0
    assert "0 added, 0 changed, 1 unchanged" in bring_in(_row()).output, "and nothing comes back"


@pytest.mark.attack(29)
def test_a_provisional_appointment_ends_by_itself_and_no_import_brings_it_back(
    above: Flask, bring_in: Callable[..., Result], client: FlaskClient, outbox: Outbox
) -> None:
    bring_in(_row())
    _claim(client, outbox)
    with time_machine.travel(clock.now() + timedelta(days=91)):
        assert "1 unchanged" in bring_in(_row()).output
        with above.app_context():
            assert operations.holdings(account_id(UNIT_ADMIN)) == ()
            assert jobs.tell_vacancies() == 1
            db.session.rollback()


def test_a_person_known_already_gets_what_is_new_and_no_mail(
    above: Flask, bring_in: Callable[..., Result], outbox: Outbox
) -> None:
    with above.app_context():
        open_person(CLERK)
    before = len(outbox())
    assert "0 added, 1 changed" in bring_in(_row(CLERK, "no", unit_code="670604")).output
    assert len(outbox()) == before
    with above.app_context():
        account = accounts.find_by_username(CLERK.username)
        assert account
        assert len(accounts.postings(account.id, clock.today())) == 2
        accounts.suspend(account, "สอบสวน")
        db.session.commit()
    assert "refused" in bring_in(_row(CLERK, "no")).output
