import json
import os
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from idp.evidence import rules, sandbox
from idp.evidence.rules import Kind
from idp.evidence.sandbox import rebuild
from idp.refusal import Refusal
from tests.idp.evidence import documents

ORIENTATION, GPS = 0x0112, 0x8825


def test_each_page_of_a_pdf_becomes_an_image_that_is_large_enough_to_read() -> None:
    pages = rebuild(documents.pdf(3), Kind.PDF)
    assert len(pages) == 3
    assert [(page.width, page.height) for page in pages] == [documents.upright(page.jpeg).size for page in pages]
    assert 1200 <= pages[0].width <= pages[0].height <= 2000
    picture = documents.upright(pages[0].jpeg)
    assert picture.getpixel((5, picture.height - 5)) == 0
    assert picture.getpixel((5, 5)) == 255


@pytest.mark.attack(32)
def test_of_a_pdf_with_a_script_only_the_picture_is_left() -> None:
    (page,) = rebuild(documents.scripted_pdf(), Kind.PDF)
    assert b"JavaScript" not in page.jpeg
    assert b"secret-script" not in page.jpeg


def test_filled_in_fields_and_visible_signatures_are_painted() -> None:
    (page,) = rebuild(documents.signed_form(), Kind.PDF)
    assert documents.upright(page.jpeg).getpixel((5, 5)) == 0


@pytest.mark.attack(32)
def test_a_photograph_is_turned_upright_and_tells_no_place() -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = 6  # held sideways: the upper left corner belongs at the upper right
    exif[0x010F] = "SecretPhone"
    exif.get_ifd(GPS).update({1: "N", 2: (16.0, 25.0, 0.0), 3: "E", 4: (101.0, 9.0, 0.0)})
    (page,) = rebuild(documents.image((1200, 800), exif=exif, comment=b"taken at home"), Kind.JPEG)
    picture = Image.open(BytesIO(page.jpeg))
    assert (page.width, page.height) == picture.size == (800, 1200)
    assert documents.upright(page.jpeg).getpixel((795, 5)) == 0
    assert not picture.getexif()
    for told in (b"SecretPhone", b"Exif", b"taken at home"):
        assert told not in page.jpeg


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_kind_of_png_becomes_an_opaque_picture(mode: str) -> None:
    picture = Image.new("LA", (40, 40), (0, 0)) if mode == "LA" else Image.new(mode, (40, 40))
    if mode == "RGBA":
        picture.putalpha(0)
    target = BytesIO()
    picture.save(target, "PNG")
    (page,) = rebuild(target.getvalue(), Kind.PNG)
    expected = 255 if mode in ("LA", "RGBA") else 0
    assert documents.upright(page.jpeg).getpixel((20, 20)) == expected


def test_a_large_photograph_is_made_smaller() -> None:
    (page,) = rebuild(documents.image((4000, 3000)), Kind.JPEG)
    assert (page.width, page.height) == (2000, 1500)


@pytest.mark.parametrize(
    ("upload", "kind", "says"),
    [
        (documents.pdf(rules.MAX_PAGES + 1), Kind.PDF, "หน้า"),
        (documents.locked_pdf(), Kind.PDF, "รหัสผ่าน"),
        (documents.image((8001, 8001), "1", "PNG"), Kind.PNG, "ล้านพิกเซล"),
        (documents.image(kind="PNG")[:60], Kind.PNG, "เปิดไฟล์นี้ไม่ได้"),
        (documents.image((900, 900))[:2000], Kind.JPEG, "เปิดไฟล์นี้ไม่ได้"),
        (documents.image(kind="PNG"), Kind.JPEG, "เปิดไฟล์นี้ไม่ได้"),
        (b"%PDF-1.7\n" + b"\0" * 500 + b"%%EOF", Kind.PDF, "เปิดไฟล์นี้ไม่ได้"),
        (documents.pdf(0), Kind.PDF, "เปิดไฟล์นี้ไม่ได้"),
        (documents.swelling_pdf(), Kind.PDF, "เปิดไฟล์นี้ไม่ได้"),
        (documents.endless_pdf(), Kind.PDF, "เปิดไฟล์นี้ไม่ได้"),
    ],
    ids=["pages", "locked", "pixels", "cut-png", "cut-jpeg", "disguised", "rubbish", "empty", "swelling", "endless"],
)
@pytest.mark.attack(32)
def test_what_cannot_be_painted_within_the_limits_is_refused(upload: bytes, kind: Kind, says: str) -> None:
    with pytest.raises(Refusal) as refused:
        rebuild(upload, kind)
    assert says in refused.value.message
    assert refused.value.status == 422


@pytest.mark.attack(32)
def test_a_document_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "WALL_SECONDS", 0.01)
    with pytest.raises(Refusal, match="เปิดไฟล์นี้ไม่ได้"):
        rebuild(documents.pdf(), Kind.PDF)


def test_in_a_rush_the_next_document_is_asked_to_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "WAIT_SECONDS", 0.01)
    with sandbox.SLOTS, sandbox.SLOTS, pytest.raises(Refusal) as refused:
        rebuild(documents.pdf(), Kind.PDF)
    assert refused.value.status == 503


def test_the_child_inherits_neither_environment_nor_open_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "spy.py"
    program.write_text(
        "import json, os, pathlib\n"
        "seen = json.dumps([sorted(os.environ), len(os.listdir('/proc/self/fd'))])\n"
        "pathlib.Path(__file__).with_name('seen').write_text(seen)\n"
    )
    monkeypatch.setattr(sandbox, "PROGRAM", program)
    monkeypatch.setenv("IDP_KEYS_PASSWORD", "not for the child")
    with (tmp_path / "open").open("w") as held:
        os.set_inheritable(held.fileno(), True)
        with pytest.raises(Refusal):
            rebuild(documents.pdf(), Kind.PDF)
    variables, files = json.loads((tmp_path / "seen").read_text())
    assert "IDP_KEYS_PASSWORD" not in variables
    assert files == 4  # the three standard ones and the look at the folder itself


@pytest.mark.parametrize(
    "answer",
    [b"", b"ok\n", b"ok\nshort", b"ok\n" + bytes(12), b"ok\n" + bytes(8) + b"\0\0\0\x06<html>", b"nonsense\n"],
)
def test_a_strange_answer_of_the_child_is_not_believed(
    answer: bytes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program = tmp_path / "captured.py"
    program.write_text(f"import sys\nsys.stdout.buffer.write({answer!r})\n")
    monkeypatch.setattr(sandbox, "PROGRAM", program)
    with pytest.raises(Refusal, match="เปิดไฟล์นี้ไม่ได้"):
        rebuild(documents.pdf(), Kind.PDF)
