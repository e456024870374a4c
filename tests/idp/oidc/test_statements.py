"""The budget of the hot paths: statements and commits, counted at the database's door."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from flask import Flask
from psycopg.pq import PipelineStatus
from sqlalchemy import Connection, event

from idp.database import db
from idp.fast_sql import Statement
from tests.browsing import submit
from tests.factories import open_person
from tests.idp.oidc.relying_party import RelyingParty, register
from tests.idp.oidc.signing_system import SigningSystem
from tests.people import CLERK, PASSWORD

TRANSACTION_CONTROL = ("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA")
WRITING = ("INSERT", "UPDATE", "DELETE", "WITH")


class Count:
    """What was sent to the database."""

    def __init__(self) -> None:
        self.statements: list[str] = []
        self.commits = 0


@contextmanager
def counting(app: Flask) -> Iterator[Count]:
    count = Count()

    def statement(connection: Connection, _cursor: object, text: str, *_rest: object) -> None:
        if not text.startswith(TRANSACTION_CONTROL):
            count.statements.append(text)
        if connection.get_execution_options().get("isolation_level") == "AUTOCOMMIT" and text.startswith(WRITING):
            count.commits += 1

    def commit(_connection: object) -> None:
        count.commits += 1

    def sent(of: Statement, cursor: psycopg.Cursor[Any], values: Any) -> psycopg.Cursor[Any]:
        send(of, cursor, values)
        text = of._compiled.text.decode()
        count.statements.append(text)
        if cursor.connection.info.pipeline_status == PipelineStatus.OFF and text.startswith(WRITING):
            count.commits += 1
        return cursor

    def piped(driver: psycopg.Connection[Any]) -> Any:
        count.commits += 1
        return pipeline(driver)

    with app.app_context():
        engine = db.engine
    send, pipeline = Statement.send, psycopg.Connection.pipeline
    with pytest.MonkeyPatch.context() as patch:  # psycopg tells no listener what it sends
        patch.setattr(Statement, "send", sent)
        patch.setattr(psycopg.Connection, "pipeline", piped)
        event.listen(engine, "before_cursor_execute", statement)
        event.listen(engine, "commit", commit)
        try:
            yield count
        finally:
            event.remove(engine, "before_cursor_execute", statement)
            event.remove(engine, "commit", commit)


def test_the_hot_paths_keep_their_budget(app: Flask, rp: RelyingParty) -> None:
    app.extensions["oidc.clients"].clear()  # the dearest case: this process has not met the system yet
    with counting(app) as authorize:
        code = rp.code()
    app.extensions["oidc.clients"].clear()
    with counting(app) as token:
        tokens = rp.redeem(code).get_json()
    with counting(app) as userinfo:
        assert rp.userinfo(tokens["access_token"]).status_code == 200
    assert len(authorize.statements) <= 3, authorize.statements
    assert len(token.statements) <= 4, token.statements
    assert len(userinfo.statements) <= 1, userinfo.statements
    assert authorize.commits + token.commits + userinfo.commits == 2
    assert [bool(each.statements) for each in (authorize, token, userinfo)] == [True, True, True]


def test_refreshing_keeps_its_budget(app: Flask, rp: RelyingParty) -> None:
    token = rp.tokens(scope="openid offline_access")["refresh_token"]
    app.extensions["oidc.clients"].clear()
    with counting(app) as first:
        assert rp.refresh(token).status_code == 200
    with counting(app) as repeated:
        assert rp.refresh(token).status_code == 200
    assert len(first.statements) <= 4, first.statements
    assert len(repeated.statements) <= 4, repeated.statements
    assert first.commits + repeated.commits <= 2


def test_what_a_code_brings_is_on_the_disk_when_it_is_told_and_the_code_itself_need_not_be(
    app: Flask, rp: RelyingParty, monkeypatch: pytest.MonkeyPatch
) -> None:
    if "sqlite" in app.config["SQLALCHEMY_DATABASE_URI"]:
        pytest.skip("a file in WAL mode waits for the disk at its checkpoints only")
    waits: dict[str, str] = {}

    def sent(of: Statement, cursor: psycopg.Cursor[Any], values: Any) -> psycopg.Cursor[Any]:
        asked = cursor.connection.execute("SHOW synchronous_commit")
        [waits[of._compiled.text.decode().split()[0]]] = asked.fetchall()[0]
        return send(of, cursor, values)

    send = Statement.send
    monkeypatch.setattr(Statement, "send", sent)
    code = rp.code(scope="openid offline_access")
    assert waits == {"SELECT": "on", "INSERT": "off"}
    tokens = rp.redeem(code).get_json()
    assert waits == {"SELECT": "on", "INSERT": "off", "WITH": "on"}
    assert rp.refresh(tokens["refresh_token"]).status_code == 200
    assert waits == {"SELECT": "on", "INSERT": "off", "WITH": "on"}


def test_signing_in_by_password_keeps_its_budget(app: Flask) -> None:
    with app.app_context():
        open_person(CLERK)
        db.session.commit()
    browser = app.test_client()
    for most in (11, 9):  # the first time here the browser becomes known; what is settled goes in one round trip
        browser.delete_cookie("idp_sid")
        page = browser.get("/signin")
        with counting(app) as count:
            assert submit(browser, page, {"username": CLERK.username, "password": PASSWORD}).status_code == 303
        assert len(count.statements) <= most, count.statements
        assert count.commits == 2, "the attempt, counted before it is judged, and all that follows"


def test_a_system_in_its_own_name_keeps_its_budget(app: Flask) -> None:
    register(app, client_id="machine", grant_types=["client_credentials"], scope="budget:read", roles=[])
    machine = RelyingParty(app, app.test_client(), client_id="machine")
    with counting(app) as count:
        assert machine.post("/token", grant_type="client_credentials").status_code == 200
    assert len(count.statements) <= 2, count.statements
    assert count.commits <= 1


def test_an_assertion_costs_one_statement_more(app: Flask) -> None:
    system = SigningSystem(app)
    system.register(grant_types=["client_credentials"], scope="budget:read", roles=[])
    with counting(app) as count:
        assert system.call(path="/token", grant_type="client_credentials").status_code == 200
    assert len(count.statements) <= 3, count.statements
    assert count.commits <= 2


def test_metadata_and_keys_need_no_database(app: Flask, rp: RelyingParty) -> None:
    with counting(app) as count:
        rp.app.test_client().get("/.well-known/openid-configuration")
        rp.app.test_client().get("/jwks")
    assert not count.statements
