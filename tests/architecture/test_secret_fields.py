"""What proves a person is handed back by no page: every field of every form says by its kind whether it does so."""

import importlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from wtforms import Form as AnyForm

from tests.factories import open_person, sign_in
from tests.people import CLERK
from thai_web.forms import SECRETS, CodeField, EmailField, PasswordField, SecretField

SECRET_KINDS = (PasswordField, SecretField)
# Codes and numbers that prove nobody. A new one is either added here or is a `SecretField`.
PROVES_NOBODY = {"client_id", "code", "phone", "reference", "telephone", "username"}
ABOUT_SECRETS = {"national_id_basis"}  # the law by which a system gets it
SECRET_WORDS = ("รหัสผ่าน", "เลขประจำตัวประชาชน", "รหัส 6 หลัก", "password", "national")
SAME_ORIGIN = {"Origin": "http://localhost"}
TYPED = "9990000017006"


def forms(application: str) -> Iterator[type[AnyForm]]:
    """Every form of an application."""
    for path in sorted(Path(application).rglob("*forms.py")):
        module = importlib.import_module(".".join(path.with_suffix("").parts))
        yield from {each for each in vars(module).values() if isinstance(each, type) and issubclass(each, AnyForm)}


def fields(application: str) -> list[tuple[str, str, type, str]]:
    """Form, name, kind and label of every field."""
    found = []
    for form in forms(application):
        for name in dir(form):
            if kind := getattr(getattr(form, name, None), "field_class", None):
                label = next(iter(getattr(form, name).args), "")
                found.append((form.__name__, name, kind, f"{name} {label}"))
    return found


def test_every_field_that_proves_a_person_is_of_a_secret_kind(sqlite_app: Flask) -> None:
    with sqlite_app.test_request_context():
        seen = fields("idp")
        named = [each for each in seen if any(word in str(each[3]) for word in SECRET_WORDS)]
        assert len(seen) > 50, "the forms are found"
        assert {each[1] for each in named} >= {"password", "password_again", "present", "national_id"}
        assert {each[1] for each in named if not issubclass(each[2], SECRET_KINDS)} <= ABOUT_SECRETS
        codes = [each for each in seen if issubclass(each[2], CodeField) and not issubclass(each[2], EmailField)]
        assert [each for each in codes if not issubclass(each[2], SECRET_KINDS) and each[1] not in PROVES_NOBODY] == []
        assert {each[1] for each in seen if issubclass(each[2], SECRET_KINDS)} <= SECRETS


def test_info_asks_for_nothing_that_proves_a_person(sqlite_app: Flask) -> None:
    """Its page hands back all that was typed."""
    with sqlite_app.test_request_context():
        seen = fields("relying_party_example")
        assert len(seen) > 5, "the forms are found"
        assert [each for each in seen if any(word in str(each[3]) for word in SECRET_WORDS)] == []
    templates = [path.read_text() for path in Path("relying_party_example").rglob("*.html")]
    assert not [page for page in templates if 'type="password"' in page]


@pytest.mark.attack(142)
def test_no_secret_is_handed_back_to_be_sent_again(sqlite_app: Flask) -> None:
    client = sqlite_app.test_client()
    typed = dict.fromkeys(
        {name for _form, name, kind, _label in fields("idp") if issubclass(kind, SECRET_KINDS)}, TYPED
    )
    paths = ["/home/password/change", "/activate/x", "/register/person", "/registration-status/x", "/signin"]
    for path in paths:  # the form's cookie is another by now
        page = client.post(path, data={**typed, "nickname": "หนึ่ง"}, headers=SAME_ORIGIN)
        assert page.status_code == 400
        assert "หนึ่ง" in page.get_data(as_text=True)
        assert TYPED not in page.get_data(as_text=True), path
    with sqlite_app.app_context():
        open_person(CLERK)
    sign_in(client, CLERK)
    client.delete_cookie("idp_sid")  # the session ended elsewhere
    token = client.get("/register/before").get_data(as_text=True).partition('name="csrf_token" value="')[2]
    data = {**typed, "csrf_token": token.partition('"')[0], "nickname": "หนึ่ง"}
    page = client.post("/home/password/change", data=data)
    assert page.status_code == 401
    assert "หนึ่ง" in page.get_data(as_text=True)
    assert TYPED not in page.get_data(as_text=True)
