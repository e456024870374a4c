"""What another team takes over works as the page about it says, with neither the provider nor INFO around."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.browsing import text_of

PAGE = Path("docs/how-to/take-over-the-frame.md").read_text(encoding="utf-8")
TYPED = {"name": "บ่อใหม่", "dug_on-day": "๑", "dug_on-month": "ธ.ค.", "dug_on-year": "๒๕๖๙"}


@pytest.fixture
def example(tmp_path: Path) -> Path:
    """The example of the page, in files."""
    program, layout, page, style = re.findall(r"```(?:python|html|css)\n(.*?)```", PAGE, re.DOTALL)
    for name, text in {
        "wells.py": program,
        "templates/layout.html": layout,
        "templates/wells.html": page,
        "static/site.css": style,
        "static/icon.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def client(example: Path, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    """A browser at the example."""
    monkeypatch.syspath_prepend(example)
    monkeypatch.delitem(sys.modules, "wells", raising=False)
    from wells import create_app  # type: ignore[import-not-found]

    app: Flask = create_app()
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return app.test_client()


def token(client: FlaskClient) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/").text)
    assert found is not None
    return found[1]


def test_a_page_has_the_frame_and_the_applications_own_words(client: FlaskClient) -> None:
    page = client.get("/")
    assert "ทะเบียนบ่อน้ำ" in text_of(page)
    assert "สำนักน้ำ" in text_of(page)
    for address in re.findall(r'(?:href|src)="(/static/[^"]+)"', page.text):
        with client.get(address) as file:
            assert file.status_code == 200, address


def test_a_form_is_read_as_people_type(client: FlaskClient) -> None:
    assert client.post("/", data=TYPED | {"csrf_token": token(client)}).status_code == 303
    refused = client.post("/", data=TYPED | {"csrf_token": token(client), "dug_on-year": "2026"})
    assert "กรอกปีเป็น พ.ศ. สี่หลัก เช่น 2569" in text_of(refused)


def test_a_rules_no_stands_beside_its_field(client: FlaskClient) -> None:
    refused = client.post("/", data=TYPED | {"csrf_token": token(client), "name": "บ่อเก่า"})
    assert refused.status_code == 422
    assert "มีบ่อชื่อนี้แล้ว ตั้งชื่ออื่น" in text_of(refused)


def test_a_form_without_its_token_gets_the_error_page(client: FlaskClient) -> None:
    refused = client.post("/", data=TYPED)
    assert refused.status_code == 400
    assert "แบบฟอร์มนี้หมดอายุ" in text_of(refused)


@pytest.mark.parametrize(("path", "status"), [("/nothing", 404), ("/language", 405), ("/?q=%00", 400)])
def test_every_error_has_a_page_in_both_languages(client: FlaskClient, path: str, status: int) -> None:
    thai = client.get(path)
    assert (thai.status_code, "ไปหน้าแรก" in text_of(thai)) == (status, True)
    client.post("/language", data={"csrf_token": token(client), "language": "en", "next": "/"})
    english = client.get(path)
    assert (english.status_code, "Go to the home page" in text_of(english)) == (status, True)


def test_a_method_that_is_not_taken_names_those_that_are(client: FlaskClient) -> None:
    assert {"POST", "OPTIONS"} <= set(client.get("/language").allow)


def test_the_frame_does_not_begin_where_nobody_looks_for_tokens() -> None:
    from thai_web import frame

    with pytest.raises(RuntimeError, match="CSRFProtect"):
        frame.begin(Flask("bare"), "", "language")


def test_it_needs_neither_the_provider_nor_info(example: Path) -> None:
    script = f"""
import sys
sys.path[:0] = [{str(example)!r}, {str(Path.cwd())!r}]
sys.modules["idp"] = sys.modules["relying_party_example"] = None
import wells
wells.create_app()
"""
    command = [sys.executable, "-W", "error", "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
