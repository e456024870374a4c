"""`idp clients …` as a script calls it."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from idp.clients import operations
from idp.clients.commands import commands
from idp.database import db
from thai_web.refusal import Refusal

METADATA: dict[str, Any] = {"client_id": "water", "redirect_uris": ["https://water.example.go.th/callback"]}


def run(app: Flask, *arguments: str) -> Any:
    return app.test_cli_runner().invoke(commands, list(arguments))


def write(path: Path, content: Any) -> str:
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return str(path)


def test_an_import_shows_the_client_id_and_a_new_secret_once(sqlite_app: Flask, tmp_path: Path) -> None:
    file = write(tmp_path / "client.json", {**METADATA, "software_id": "x"})
    first = run(sqlite_app, "import", file)
    assert first.exit_code == 0, first.output
    assert first.stdout.splitlines()[0] == "client_id: water"
    assert first.stdout.splitlines()[1].startswith("client_secret: ")
    assert "ignored: software_id" in first.stderr
    second = run(sqlite_app, "import", file)
    assert second.stdout.splitlines() == ["client_id: water"]


def test_a_list_is_imported_whole_or_not_at_all(sqlite_app: Flask, tmp_path: Path) -> None:
    wrong = {**METADATA, "client_id": "other", "redirect_uris": ["http://other.example/"]}
    result = run(sqlite_app, "import", write(tmp_path / "clients.json", [METADATA, wrong]))
    assert result.exit_code == 1
    assert "client 2: redirect_uris[0]: must begin with https://" in result.stderr
    with sqlite_app.app_context():
        assert operations.every() == []
        db.session.rollback()
    right = {**wrong, "redirect_uris": ["https://other.example/"]}
    result = run(sqlite_app, "import", write(tmp_path / "clients.json", [METADATA, right]))
    assert result.exit_code == 0
    assert "client_id: other" in result.stdout


@pytest.mark.parametrize("content", ["", "{", "[]", "nonsense", "3", "[[]]"])
def test_what_is_no_metadata_is_told_with_exit_code_1(sqlite_app: Flask, tmp_path: Path, content: str) -> None:
    result = run(sqlite_app, "import", write(tmp_path / "clients.json", content))
    assert result.exit_code == 1
    assert "Error" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("environment", ["production", "sandbox"])
def test_a_short_secret_that_somebody_thought_up_is_refused_in_production(
    sqlite_app: Flask, tmp_path: Path, environment: str
) -> None:
    def bring(secret: str) -> Any:
        content = {**METADATA, "environment": environment, "client_secret": secret}
        return run(sqlite_app, "import", write(tmp_path / "client.json", content))

    assert bring("s" * 8).exit_code == 0, "for a demo it will do"
    sqlite_app.config["SETTINGS"] = replace(sqlite_app.config["SETTINGS"], environment="production")
    refused = bring("s" * 31)
    assert refused.exit_code == 1
    told, advice = refused.stderr.splitlines()[-2:]
    assert told.endswith("at least 32 characters in production; leave it out and one is made")
    assert advice.startswith("The secret is too short")
    assert "s" * 31 not in refused.output
    assert bring("s" * 32).exit_code == 0


@pytest.mark.parametrize(
    ("scope", "named"), [("openid", "openid"), ("openid email water:read", "openid email"), ("profile", "profile")]
)
def test_a_system_without_people_is_told_in_one_language_which_scopes_to_leave_out(
    sqlite_app: Flask, tmp_path: Path, scope: str, named: str
) -> None:
    content = {"client_id": "water", "client_name": "Water", "grant_types": ["client_credentials"], "scope": scope}
    refused = run(sqlite_app, "import", write(tmp_path / "client.json", content))
    assert refused.exit_code == 1
    told, advice = refused.stderr.splitlines()[-2:]
    assert told == f"Error: client 1: scope: leave out {named}: about people, who cannot sign in with these grant_types"
    assert advice.startswith("A system to which nobody signs in cannot be told of people")
    content["scope"] = "water:read"
    assert run(sqlite_app, "import", write(tmp_path / "client.json", content)).exit_code == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"redirect_uris": ["http://x.example.go.th/cb"]},
        {"redirect_uris": []},
        {"owner_unit": "X"},
        {"tile": {}},
        {"client_name": 3},
        {"roles": [{"code": "a"}]},
        {"jwks": {}},
        {"contacts": ["x"]},
        {"scope": "nonsense"},
        {"token_endpoint_auth_method": "x"},
        {"profile": "x"},
        {"grant_types": ["implicit"]},
        {"client_secret": "s"},
    ],
)
def test_whatever_is_wrong_with_metadata_is_told_in_one_language(
    sqlite_app: Flask, tmp_path: Path, wrong: dict[str, Any]
) -> None:
    refused = run(sqlite_app, "import", write(tmp_path / "client.json", {**METADATA, **wrong}))
    assert refused.exit_code == 1
    assert not re.search("[ก-๙]", refused.stderr)


def test_list_and_show_tell_no_secret(sqlite_app: Flask, tmp_path: Path) -> None:
    secret = "a-secret-that-is-not-shown"
    run(sqlite_app, "import", write(tmp_path / "client.json", {**METADATA, "client_secret": secret}))
    listed, shown = run(sqlite_app, "list"), run(sqlite_app, "show", "water")
    assert "water" in listed.stdout
    assert json.loads(shown.stdout)["redirect_uris"] == METADATA["redirect_uris"]
    assert secret not in listed.output + shown.output
    assert run(sqlite_app, "show", "nobody").exit_code == 1


def test_a_secret_is_rotated_listed_and_ended(sqlite_app: Flask, tmp_path: Path) -> None:
    run(sqlite_app, "import", write(tmp_path / "client.json", METADATA))
    rotated = run(sqlite_app, "secret", "rotate", "water", "--days", "365", "--overlap", "48")
    assert rotated.exit_code == 0, rotated.output
    secret = rotated.stdout.removeprefix("client_secret: ").strip()
    assert len(secret) >= 32
    old, new = run(sqlite_app, "secret", "list", "water").stdout.splitlines()
    assert "in force" in old
    assert "in force" in new
    assert secret not in old + new
    ended = run(sqlite_app, "secret", "end", "water", old.split("\t")[0])
    assert ended.exit_code == 0, ended.output
    assert "expired" in run(sqlite_app, "secret", "list", "water").stdout.splitlines()[0]
    last = run(sqlite_app, "secret", "end", "water", new.split("\t")[0])
    assert isinstance(last.exception, Refusal)
    assert "no system" in run(sqlite_app, "secret", "rotate", "nobody").stderr
