"""Characters that are no text are refused before any view reads them, on every address."""

from base64 import b64encode
from io import BytesIO

import pytest
from flask import Flask
from werkzeug.routing import Rule

from tests.factories import open_person, sign_in
from tests.people import CLERK

TOLD = "อักขระที่ใช้ไม่ได้"
PROTOCOL = ("/token", "/userinfo", "/introspect", "/revoke")
# As they stand in an address: NUL and other control characters, DEL, a C1 one, half a character, a lone surrogate.
NEVER = ["%00", "a%00b", "%01", "%1b[2J", "%7f", "%c2%85", "%ff", "%e0%b8", "%ed%a0%80"]
LINE = ["%0a", "%0d%0aSet-Cookie:x=1", "%09"]


def _addresses(rule: Rule) -> list[str]:
    """With something harmless for each of its parts, and for each part of text once with NUL."""
    kinds = {name: "int" if "Key" in type(part).__name__ else "text" for name, part in rule._converters.items()}
    harmless = {name: 1 if kind == "int" else "x" for name, kind in kinds.items()}
    texts = [name for name, kind in kinds.items() if kind == "text"]
    return [_built(rule, harmless), *(_built(rule, {**harmless, name: "x\x00"}) for name in texts)]


def _built(rule: Rule, values: dict[str, object]) -> str:
    built = rule.build(values, append_unknown=False)
    assert built is not None
    return built[1]


@pytest.mark.attack(105)
def test_no_address_takes_what_is_no_text(app: Flask) -> None:
    with app.app_context():
        open_person(CLERK)
    browser = app.test_client()
    sign_in(browser, CLERK)
    wrong = []
    for rule in app.url_map.iter_rules():
        plain, *with_nul = _addresses(rule)
        asked = [("GET", each, None) for each in (*with_nul, f"{plain}?q=%00", f"{plain}?%00=1")]
        asked += [("POST", plain, {"q": "a\x00b"}), ("POST", plain, {"\x01": "x"})]
        for method, address, form in asked:
            if method not in (rule.methods or ()):
                continue
            answer = browser.open(address, method=method, data=form)
            is_told = TOLD in answer.text or (answer.json or {}).get("error") == "invalid_request"
            if answer.status_code != 400 or not is_told:
                wrong.append((method, address, answer.status_code))
    assert wrong == []


@pytest.mark.attack(105)
@pytest.mark.parametrize("text", NEVER + LINE)
def test_an_address_holds_text_in_one_line(sqlite_app: Flask, text: str) -> None:
    browser = sqlite_app.test_client()
    for address in (f"/signin?username={text}", f"/signin?{text}=1", f"/activate/{text}", f"/authorize?state={text}"):
        answer = browser.get(address)
        assert answer.status_code == 400, address
        assert TOLD in answer.text
        assert "\x00" not in answer.text


@pytest.mark.attack(105)
@pytest.mark.parametrize("path", PROTOCOL)
def test_systems_get_an_error_that_they_know(app: Flask, path: str) -> None:
    answer = app.test_client().post(path, data={"client_id": "a\x00", "grant_type": "authorization_code"})
    assert (answer.status_code, answer.json) == (
        400,
        {"error": "invalid_request", "error_description": "invalid_request"},
    )
    basic = b64encode(b"a\x00b:secret").decode()
    answer = app.test_client().post(path, headers={"Authorization": f"Basic {basic}"})
    assert (answer.status_code, (answer.json or {})["error"]) == (400, "invalid_request")
    encoded = b64encode(b"a%00b:sec%00ret").decode()
    assert app.test_client().post(path, headers={"Authorization": f"Basic {encoded}"}).status_code in (400, 401)


@pytest.mark.attack(105)
@pytest.mark.parametrize("sent", [b"q=%00", b"q=%1b", b"%00=1", "q=\ufffd".encode(), b"q=%7f", b"q=a%c2%85b"])
def test_forms_hold_text(sqlite_app: Flask, sent: bytes) -> None:
    answer = sqlite_app.test_client().post("/signin", data=sent, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 400
    assert TOLD in answer.text


@pytest.mark.attack(105)
def test_names_of_files_are_text(sqlite_app: Flask) -> None:
    sent = {"file": (BytesIO(b"%PDF-"), "คำสั่ง\x01.pdf")}
    answer = sqlite_app.test_client().post("/register/evidence", data=sent)
    assert answer.status_code == 400
    assert TOLD in answer.text


@pytest.mark.parametrize(
    "text", ["สมใจ", "บรรทัดหนึ่ง\r\nบรรทัดสอง\tแท็บ", "e\u0301", "👩🏽\u200d🌾", "\u200b\ufeff", "’–…"]
)
def test_what_people_write_goes_to_the_form(sqlite_app: Flask, text: str) -> None:
    answer = sqlite_app.test_client().post("/signin", data={"username": text})
    assert TOLD not in answer.text


def test_the_error_is_told_in_english_as_well(sqlite_app: Flask) -> None:
    browser = sqlite_app.test_client()
    browser.set_cookie("idp_language", "en")
    assert "characters that cannot be used" in browser.get("/signin?q=%00").text
