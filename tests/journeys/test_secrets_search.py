"""The search that ends each journey finds what is hidden for it."""

import sqlite3
from pathlib import Path

import pytest

from tests.journeys.secrets_search import found, places
from tests.people import CLERK, PASSWORD

NUMBER = CLERK.national_id
DASHED = f"{NUMBER[0]}-{NUMBER[1:5]}-{NUMBER[5:10]}-{NUMBER[10:12]}-{NUMBER[12]}"
THAI = NUMBER.translate(str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙"))


@pytest.mark.parametrize("secret", [NUMBER, DASHED, DASHED.replace("-", " "), THAI, PASSWORD])
def test_a_secret_is_found_wherever_it_lies(tmp_path: Path, secret: str) -> None:
    database = sqlite3.connect(tmp_path / "idp.sqlite")
    with database:
        database.execute("CREATE TABLE note (word BLOB)")
        database.execute("INSERT INTO note VALUES (?)", [f"about {secret}".encode()])
    database.close()
    (tmp_path / "demo.log").write_text(f"POST /register/person {secret}\n")
    mail = {"to": "a@example.go.th", "subject": "x", "body": f"it is {secret}."}
    assert found(places(tmp_path, [mail], [f"http://localhost/find?q={secret}"])) == [
        "address http://localhost/find",
        "demo.log",
        "idp.sqlite",
        "idp.sqlite, table note",
        "mail to a@example.go.th",
    ]


def test_what_is_no_secret_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "demo.json").write_text(f'{{"password": "{PASSWORD}"}}')
    (tmp_path / "demo.log").write_text(f"Sign-ins (invented people; password of all: {PASSWORD})\nx-xxxx-xxxxx-04-1\n")
    assert found(places(tmp_path, [], ["http://localhost/?t=99900000010021"])) == []
