"""A sector is proven by the list at its address, and a person's `sub` in it never changes."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from flask import Flask
from werkzeug.wrappers import Request, Response

from idp.clients import operations, subjects
from idp.clients.commands import commands
from idp.clients.metadata_fields import MetadataError
from idp.clients.subjects import subject_for
from idp.database import db
from idp.secrets_at_rest import KeyFileError
from tests.serving import serving

CALLBACKS = ["https://a.example.go.th/callback", "https://b.example.go.th/callback"]
PAIRWISE: dict[str, Any] = {"client_id": "water", "redirect_uris": CALLBACKS, "subject_type": "pairwise"}


@dataclass
class Sector:
    """Somebody's list of addresses."""

    address: str = ""
    status: int = 200
    body: str = json.dumps(CALLBACKS)


@pytest.fixture
def sector(app: Flask) -> Iterator[Sector]:
    found = Sector()

    def answer(_request: Request) -> Response:
        return Response(found.body, found.status, mimetype="application/json")

    with serving(Request.application(answer)) as port:
        found.address = f"http://127.0.0.1:{port}/sector.json"
        app.config["SETTINGS"] = replace(app.config["SETTINGS"], outbound_hosts=("127.0.0.1",))
        yield found


def test_systems_at_several_hosts_are_of_one_sector_when_its_list_names_them(app: Flask, sector: Sector) -> None:
    with app.app_context():
        client, _secret = operations.import_metadata({**PAIRWISE, "sector_identifier_uri": sector.address})
        assert client.sector == "127.0.0.1"
        db.session.rollback()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"body": json.dumps(CALLBACKS[:1])}, "does not list the redirect address 'https://b.example"),
        ({"body": json.dumps({"redirect_uris": CALLBACKS})}, "JSON list"),
        ({"body": "<html>"}, "JSON list"),
        ({"body": "[" * 50_000}, "JSON list"),
        ({"status": 404}, "status 200"),
        ({"status": 302}, "status 200"),
        ({"body": "x" * 300_000}, "cannot be fetched"),
        ({"address": "https://127.0.0.1:1/"}, "cannot be fetched"),
        ({"address": "https://localhost/"}, "not a public address"),
    ],
)
def test_a_sector_that_does_not_answer_for_us_is_refused(
    app: Flask, sector: Sector, change: dict[str, Any], told: str
) -> None:
    for name, value in change.items():
        setattr(sector, name, value)
    with app.app_context(), pytest.raises(MetadataError, match=told) as caught:
        operations.import_metadata({**PAIRWISE, "sector_identifier_uri": sector.address})
    assert (caught.value.member, caught.value.code) == ("sector_identifier_uri", "invalid_client_metadata")


def test_the_command_says_what_is_wrong_with_a_sector_and_registers_nothing(sqlite_app: Flask, tmp_path: Any) -> None:
    file = tmp_path / "client.json"
    file.write_text(json.dumps([{**PAIRWISE, "sector_identifier_uri": "https://localhost/"}]))
    result = sqlite_app.test_cli_runner().invoke(commands, ["import", str(file)])
    assert result.exit_code == 1
    assert "client 1: sector_identifier_uri: cannot be fetched" in result.stderr
    with sqlite_app.app_context():
        assert operations.every() == []
        db.session.rollback()


@pytest.mark.parametrize(
    ("before", "after", "member"),
    [
        ({"subject_type": "public"}, {"subject_type": "pairwise"}, "subject_type"),
        ({"subject_type": "pairwise"}, {"subject_type": "public"}, "subject_type"),
        (
            {"subject_type": "pairwise"},
            {"subject_type": "pairwise", "redirect_uris": CALLBACKS[1:]},
            "sector_identifier_uri",
        ),
    ],
)
def test_a_change_that_would_make_every_person_somebody_new_is_refused(
    app: Flask, before: dict[str, Any], after: dict[str, Any], member: str
) -> None:
    with app.app_context():
        operations.import_metadata({**PAIRWISE, "redirect_uris": CALLBACKS[:1], **before})
        db.session.commit()
        with pytest.raises(MetadataError, match="another sub") as caught:
            operations.import_metadata({**PAIRWISE, "redirect_uris": CALLBACKS[:1], **after})
        assert caught.value.member == member
        db.session.rollback()
        operations.import_metadata({**PAIRWISE, "redirect_uris": CALLBACKS[:1], **before, "client_name": "น้ำ"})
        db.session.commit()


def test_a_sub_is_lasting_differs_between_sectors_and_does_not_show_the_account(app: Flask) -> None:
    with app.app_context():
        told = {sector: subject_for(sector, "account") for sector in ("a.go.th", "b.go.th", None)}
        assert told[None] == "account"
        assert len(set(told.values())) == 3
        assert told["a.go.th"] == subject_for("a.go.th", "account") != subject_for("a.go.th", "another")
        assert all(len(sub) <= 255 and sub.isascii() for sub in told.values())


def test_a_replaced_key_is_found_out_instead_of_renaming_everybody(app: Flask) -> None:
    with app.app_context():
        client, _secret = operations.import_metadata({**PAIRWISE, "redirect_uris": CALLBACKS[:1]})
        db.session.commit()
        assert subjects.faults() == []
        subjects.check_key(client.client_id, client.sector, client.sector_check)
        app.config["KEY_FILES"] = replace(app.config["KEY_FILES"], subjects=b"\0" * 32)
        with pytest.raises(KeyFileError, match=r"subjects\.key"):
            subjects.check_key(client.client_id, client.sector, client.sector_check)
        assert "water" in subjects.faults()[0]
        db.session.rollback()
