"""An office puts its own mark in the place of the application's, by a file alone."""

import re
from pathlib import Path

import pytest
from flask import Flask, render_template_string
from flask_wtf import CSRFProtect

from thai_web import frame

LAYOUT = {"sign_out_url": "", "navigation": [], "more": None}
ICON = re.compile(r'src="(/static/icon\.svg\?v=\w+)"')


def icon_of(folder: Path, office: frame.Office) -> tuple[str, bytes, str]:
    """The address of the mark in a page's head, and what is found there."""
    (folder / "static").mkdir(exist_ok=True)
    (folder / "static/icon.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    (folder / "static/site.css").write_text("a {}")
    app = Flask("marked", root_path=str(folder))
    app.config["SECRET_KEY"] = "test"
    CSRFProtect(app)
    frame.begin(app, "ทะเบียนบ่อน้ำ", "language", office=office)
    app.add_url_rule("/", view_func=lambda: render_template_string("{% extends 'thai_web/layout.html' %}", **LAYOUT))
    client = app.test_client()
    found = ICON.search(client.get("/").text)
    assert found is not None
    with client.get("/static/site.css") as style:
        assert style.data == b"a {}"
    with client.get(found[1]) as picture:
        return found[1], picture.data, picture.mimetype


def test_a_file_takes_the_place_of_the_mark_under_an_address_of_its_own(tmp_path: Path) -> None:
    mark = tmp_path / "garuda.png"
    mark.write_bytes(b"\x89PNG\r\n\x1a\n")
    ours, given = icon_of(tmp_path, frame.Office()), icon_of(tmp_path, frame.Office(mark=mark))
    assert (given[1], given[2]) == (mark.read_bytes(), "image/png")
    assert ours[1] != given[1]
    assert ours[0] != given[0], "no browser keeps showing the old one"


@pytest.mark.parametrize("said", ["ศูนย์เทคโนโลยีสารสนเทศท้องถิ่น โทร. 0 2000 0000", ""])
def test_the_foot_names_whom_to_ask_or_nobody(tmp_path: Path, said: str) -> None:
    app = Flask("marked", root_path=str(tmp_path))
    app.config["SECRET_KEY"] = "test"
    CSRFProtect(app)
    frame.begin(app, "ทะเบียนบ่อน้ำ", "language", office=frame.Office(contact=said, version="1.2.3"))
    with app.test_request_context():
        page = render_template_string("{% extends 'thai_web/layout.html' %}", **LAYOUT)
    assert ("สอบถามและแจ้งปัญหา" in page) == bool(said)
    assert said in page
    assert "รุ่น 1.2.3" in page
