"""A document is chosen in a field of its own."""

from collections.abc import Iterator
from io import BytesIO

import pytest
from flask import Flask
from flask_babel import Babel
from werkzeug.datastructures import FileStorage, MultiDict

from idp.config import Settings
from idp.web.upload_field import UploadField
from thai_web.forms import Form, required


class Paper(Form):
    scan = UploadField("ไฟล์", validators=[required("เลือกไฟล์")])


@pytest.fixture(autouse=True)
def _request() -> Iterator[None]:
    app = Flask("upload", static_folder=None)
    app.config.update(SECRET_KEY="only for this test", SETTINGS=Settings(upload_limit=1024 * 1024))
    Babel(app, default_locale="th")
    with app.test_request_context(method="POST"):
        yield


def validated(**typed: object) -> Paper:
    form = Paper(formdata=MultiDict(typed))
    form.validate()
    return form


def test_an_empty_field_says_its_sentence_once() -> None:
    assert validated().errors == {"scan": ["เลือกไฟล์"]}


@pytest.mark.parametrize(
    ("filename", "size", "said"),
    [
        ("หนังสือ.PDF", 4, []),
        ("page.jpg", 1024 * 1024, []),
        ("scan.JFIF", 4, []),
        ("IMG_0001.HEIC", 4, []),  # what it is, its content tells
        ("page.png", 1024 * 1024 + 1, ["ไฟล์ใหญ่เกินไป โปรดเลือกไฟล์ที่ไม่เกิน 1 เมกะไบต์"]),
    ],
)
def test_an_upload_is_looked_at_by_its_size_alone(filename: str, size: int, said: list[str]) -> None:
    form = validated(scan=FileStorage(BytesIO(b"0" * size), filename))
    assert form.scan.errors == said
    assert len(form.scan.data.read()) == size


def test_text_where_a_file_belongs_is_no_file() -> None:
    assert validated(scan="letter.pdf").errors["scan"] == ["เลือกไฟล์"]
