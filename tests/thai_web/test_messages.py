"""A rule's sentence is filled in the reader's language."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from flask import Flask
from flask_babel import Babel, force_locale

from thai_web.messages import say, say_with_next_step
from thai_web.refusal import N_, Refusal

ENGLISH = {"ปิดเมื่อ %(day)s": "closed on %(day)s", "ร่าง": "draft", "อยู่ในสถานะ “%(state)s”": "is “%(state)s”"}


@pytest.fixture(autouse=True)
def _app(tmp_path: Path) -> Iterator[None]:
    catalogue, folder = Catalog(locale="en"), tmp_path / "en/LC_MESSAGES"
    for thai, english in ENGLISH.items():
        catalogue.add(thai, english)
    folder.mkdir(parents=True)
    with (folder / "messages.mo").open("wb") as file:
        write_mo(file, catalogue)
    app = Flask("messages", static_folder=None)
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(tmp_path)
    Babel(app, default_locale="th")
    with app.test_request_context():
        yield


def test_a_date_is_written_out_as_the_reader_writes_dates() -> None:
    refusal = Refusal(N_("ปิดเมื่อ %(day)s"), day=date(2026, 12, 1))
    assert say(refusal) == "ปิดเมื่อ 1 ธันวาคม 2569"
    with force_locale("en"):
        assert say(refusal) == "closed on 1 December 2026"


def test_a_name_from_a_rule_is_translated_and_what_somebody_typed_is_not() -> None:
    by_rule, typed = (Refusal(N_("อยู่ในสถานะ “%(state)s”"), state=state) for state in (N_("ร่าง"), "ร่าง"))
    with force_locale("en"):
        assert say(by_rule) == "is “draft”"
        assert say(typed) == "is “ร่าง”"


def test_what_to_do_next_stands_behind_the_sentence() -> None:
    assert say_with_next_step(Refusal(N_("ปิดแล้ว"), next_step=N_("แจ้งผู้ดูแล"))) == "ปิดแล้ว แจ้งผู้ดูแล"
    assert say_with_next_step(Refusal(N_("ปิดแล้ว"))) == "ปิดแล้ว"
