import ctypes
import json
import os
import socket
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from PIL import Image

from idp.evidence import rules, sandbox
from idp.evidence.rules import Kind
from idp.evidence.sandbox import rebuild
from tests.idp.evidence import documents
from thai_web.refusal import Refusal

ORIENTATION, GPS = 0x0112, 0x8825


def test_each_page_of_a_pdf_becomes_an_image_that_is_large_enough_to_read() -> None:
    pages = rebuild(documents.pdf(3), Kind.PDF)
    assert len(pages) == 3
    assert [(page.width, page.height) for page in pages] == [documents.upright(page.jpeg).size for page in pages]
    assert (pages[0].width, pages[0].height) == (1413, 2000)
    picture = documents.upright(pages[0].jpeg)
    assert picture.getpixel((5, picture.height - 5)) == 0
    assert picture.getpixel((5, 5)) == 255


@pytest.mark.parametrize(
    ("upload", "width", "height"),
    [
        (documents.scan((3000, 4000), 1200), 1500, 2000),
        (documents.scan((3000, 4000), 3000), 1500, 2000),
        (documents.scan((2022, 1276), 600), 2000, 1262),
        (documents.pdf_of_size(b"0 0 180 237.6"), 1515, 2000),
        (documents.pdf_of_size(b"0 0 4 3"), 2000, 1500),
        (documents.pdf_of_size(b"0 0 14400 14400"), 2000, 2000),
        (documents.pdf_of_size(b"0 0 180 240", b"/UserUnit 4"), 1500, 2000),
        (documents.pdf_of_size(b"0 0 180 240", b"/Rotate 90"), 2000, 1500),
        (documents.pdf_of_size(b"-90 -120 90 120"), 1500, 2000),
        (documents.pdf_of_size(b"0 0 1800 2400", b"/CropBox [0 0 180 240]"), 1500, 2000),
    ],
    ids=["1200-dpi", "3000-dpi", "card-600-dpi", "small", "stamp", "huge", "unit", "turned", "negative", "cropped"],
)
def test_a_page_is_painted_as_large_as_a_photograph_whatever_it_says_of_its_size(
    upload: bytes, width: int, height: int
) -> None:
    (page,) = rebuild(upload, Kind.PDF)
    assert abs(page.width - width) <= 1
    assert abs(page.height - height) <= 1


def test_a_letter_is_as_sharp_in_a_small_page_as_in_a_photograph() -> None:
    """The picture of the letter, not its page, tells how much there is to see."""
    (photograph,) = rebuild(documents.image((3000, 4000)), Kind.JPEG)
    (scanned,) = rebuild(documents.scan((3000, 4000), 1200), Kind.PDF)
    assert (scanned.width, scanned.height) == (photograph.width, photograph.height)


@pytest.mark.parametrize(
    "face", [b"AngsanaNew", b"CordiaNew,Bold", b"THSarabunPSK", b"Tahoma", b"Arial", b"TimesNewRoman", b"AngsanaUPC"]
)
def test_thai_words_are_painted_where_the_file_does_not_carry_its_font(face: bytes) -> None:
    (page,) = rebuild(documents.thai_pdf(face), Kind.PDF)
    assert not page.blank
    assert documents.upright(page.jpeg).crop((100, 240, 1300, 360)).getextrema()[0] < 60


def test_thai_words_in_a_field_are_painted() -> None:
    (page,) = rebuild(documents.filled_form("สมชาย ใจดี"), Kind.PDF)
    assert not page.blank


@pytest.mark.parametrize(
    ("upload", "kind", "blank"),
    [
        (documents.pdf(content=b""), Kind.PDF, True),
        (documents.pdf(content=b"0.9 g 0 0 595 842 re f"), Kind.PDF, True),
        (documents.pdf(content=b"0 g 0 0 595 842 re f"), Kind.PDF, True),
        (documents.pdf(content=b"300 20 4 8 re f"), Kind.PDF, True),  # no more than the number of the page
        (documents.pdf(content=b"100 700 300 2 re f"), Kind.PDF, False),
        (documents.image(), Kind.JPEG, False),
    ],
    ids=["white", "grey", "black", "number", "line", "picture"],
)
def test_a_page_on_which_nothing_is_to_be_seen_is_told(upload: bytes, kind: Kind, blank: bool) -> None:
    (page,) = rebuild(upload, kind)
    assert page.blank is blank


def test_a_form_with_fields_of_its_own_is_taken_though_it_is_one_of_adobes_as_well() -> None:
    form = documents.signed_form().replace(b"/Fields [4 0 R]", b"/Fields [4 0 R] /XFA [(a) 5 0 R]")
    (page,) = rebuild(form, Kind.PDF)
    assert not page.blank


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
    picture = Image.new("LA", (400, 400), (0, 0)) if mode == "LA" else Image.new(mode, (400, 400))
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
        (documents.image((1, 1)), Kind.JPEG, "เล็กหรือแคบเกินไป"),
        (documents.image((2000, 3), kind="PNG"), Kind.PNG, "เล็กหรือแคบเกินไป"),
        (documents.image((199, 9000)), Kind.JPEG, "เล็กหรือแคบเกินไป"),
        (documents.image((250, 40000)), Kind.JPEG, "ยาวเกินไป"),
        (documents.pdf_of_size(b"0 0 2000 3"), Kind.PDF, "ยาวเกินไป"),
        (documents.pdf_of_size(b"0 0 226 9000"), Kind.PDF, "ยาวเกินไป"),
        (documents.adobe_form(), Kind.PDF, "Adobe"),
        (documents.adobe_form(b""), Kind.PDF, "Adobe"),
        (documents.image(kind="PNG")[:60], Kind.PNG, "เปิดไฟล์นี้ไม่ได้"),
        (documents.image((900, 900))[:2000], Kind.JPEG, "เปิดไฟล์นี้ไม่ได้"),
        (documents.image(kind="PNG"), Kind.JPEG, "เปิดไฟล์นี้ไม่ได้"),
        (b"%PDF-1.7\n" + b"\0" * 500 + b"%%EOF", Kind.PDF, "เปิดไฟล์นี้ไม่ได้"),
        (documents.pdf(0), Kind.PDF, "เปิดไฟล์นี้ไม่ได้"),
        (documents.swelling_pdf(), Kind.PDF, "เปิดไฟล์นี้ไม่ได้"),
        (documents.endless_pdf(), Kind.PDF, "เปิดไฟล์นี้ไม่ได้"),
    ],
    ids=[
        "pages",
        "locked",
        "pixels",
        "point",
        "strip",
        "narrow",
        "roll",
        "strip-pdf",
        "roll-pdf",
        "xfa",
        "hybrid-xfa",
        "cut-png",
        "cut-jpeg",
        "disguised",
        "rubbish",
        "empty",
        "swelling",
        "endless",
    ],
)
@pytest.mark.attack(32)
def test_what_cannot_be_painted_within_the_limits_is_refused(upload: bytes, kind: Kind, says: str) -> None:
    with pytest.raises(Refusal) as refused:
        rebuild(upload, kind)
    assert says in refused.value.message
    assert refused.value.status == 422


def spied(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, act: str) -> Any:
    """What a program in the painter's place finds out; `act` puts it into `told`."""
    program = tmp_path / "spy.py"
    program.write_text(
        "import ctypes, json, os, socket, struct, sys\n"
        "def is_open(number):\n"
        "    try: return bool(os.fstat(number))\n"
        "    except OSError: return False\n"
        f"{act}\n"
        "told = json.dumps(told).encode()\n"
        "frame = struct.pack('>IIII', 1, 1, 0, len(told) + 5) + b'\\xff\\xd8\\xff' + told + b'\\xff\\xd9'\n"
        "sys.stdout.buffer.write(b'ok\\n' + frame)\n"
    )
    monkeypatch.setattr(sandbox, "PROGRAM", program)
    (page,) = rebuild(documents.pdf(), Kind.PDF)
    return json.loads(page.jpeg[3:-2])


TRIES = """
secret, server, beside, parent = {secret!r}, {server!r}, {beside!r}, os.getppid()
def tried(act):
    try: return str(act())[:40]
    except BaseException as error: return type(error).__name__
def call(number, *arguments):
    libc = ctypes.CDLL(None, use_errno=True)
    return 'done' if libc.syscall(number, *arguments) >= 0 else os.strerror(ctypes.get_errno())
def connect():
    with socket.socket() as line: line.connect(('127.0.0.1', server)); return 'connected'
def read_memory():
    taken = ctypes.create_string_buffer(8)
    here = struct.pack('QQ', ctypes.addressof(taken), 8)
    return 'read' if ctypes.CDLL(None).process_vm_readv(parent, here, 1, here, 1, 0) > 0 else 'refused'
told = dict(
    key=tried(lambda: open(secret).read()),
    passwords=tried(lambda: open('/etc/passwd').read()),
    environment=tried(lambda: open(f'/proc/{{parent}}/environ').read()),
    memory=tried(lambda: open(f'/proc/{{parent}}/mem', 'rb').read(1)),
    folder=tried(lambda: os.listdir('/')),
    writes=tried(lambda: open(beside, 'w').write('x')),
    writes_own=tried(lambda: open(os.path.join(os.path.dirname(os.__file__), 'planted.py'), 'w').write('x')),
    deletes=tried(lambda: os.unlink(secret)),
    network=tried(connect),
    local=tried(lambda: socket.socketpair()),
    program=tried(lambda: os.execv('/bin/true', ['true'])),
    process=tried(os.fork),
    kills=tried(lambda: os.kill(parent, 0)),
    limits=tried(lambda: __import__('resource').prlimit(parent, 7, (9, 9))),
    traces=tried(lambda: call(101 if os.uname().machine == 'x86_64' else 117, 16, parent, 0, 0)),
    reads=tried(read_memory),
    privileges=tried(lambda: ctypes.CDLL(None).prctl(39, 0, 0, 0, 0)),
)
"""


@pytest.mark.attack(90)
def test_who_takes_the_painter_over_reaches_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The spy is what an attacker would run who found a fault in a decoder: as our user, in the painter's place."""
    (tmp_path / "national-id.key").write_text("secret")
    with socket.create_server(("127.0.0.1", 0)) as server:
        told = spied(
            monkeypatch,
            tmp_path,
            TRIES.format(
                secret=str(tmp_path / "national-id.key"),
                server=server.getsockname()[1],
                beside=str(tmp_path / "planted"),
            ),
        )
    refused = {"PermissionError", "Operation not permitted", "refused"}
    assert told.pop("privileges") == "1", "no_new_privs is on"
    assert set(told.values()) <= refused, told
    assert (tmp_path / "national-id.key").read_text() == "secret"
    assert not (tmp_path / "planted").exists()


@pytest.mark.attack(90)
def test_nobody_of_the_same_user_reads_the_providers_memory(sqlite_app: Flask) -> None:
    assert sqlite_app.config["KEY_FILES"]
    get_dumpable = 3
    assert ctypes.CDLL(None).prctl(get_dumpable, 0, 0, 0, 0) == 0


def test_the_doctor_finds_nothing_to_mend_where_all_protections_are_there() -> None:
    assert sandbox.faults() == []


def test_the_doctor_names_a_protection_that_the_kernel_lacks(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    older = Path(sandbox.CONFINED).read_text().replace("CREATE_RULESET, ADD_RULE", "ADD_RULE, CREATE_RULESET")
    (tmp_path / "confine.py").write_text(older)
    monkeypatch.setattr(sandbox, "CONFINED", tmp_path / "confine.py")
    assert sandbox.faults() == ["documents: no Landlock here; uploads are opened without it"]


def test_the_doctor_finds_that_painting_does_not_work(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "rebuild.py").write_text("raise SystemExit(1)\n")
    monkeypatch.setattr(sandbox, "PROGRAM", tmp_path / "rebuild.py")
    (fault,) = sandbox.faults()
    assert fault.startswith("documents: painting does not work here")


def test_the_doctor_misses_the_products_thai_letters(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = Path(sandbox.PROGRAM).read_text()
    (tmp_path / "rebuild.py").write_text(program)  # beside no fonts
    monkeypatch.setattr(sandbox, "PROGRAM", tmp_path / "rebuild.py")
    (fault,) = sandbox.faults()
    assert fault.startswith("documents:")


@pytest.mark.attack(32)
def test_a_document_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "WALL_SECONDS", 0.01)
    with pytest.raises(Refusal, match="เปิดไฟล์นี้ไม่ได้"):
        rebuild(documents.pdf(), Kind.PDF)


def test_the_child_inherits_neither_environment_nor_open_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("IDP_KEYS_PASSWORD", "not for the child")
    with (tmp_path / "open").open("w") as held:
        os.set_inheritable(held.fileno(), True)
        seen = spied(
            monkeypatch, tmp_path, "files = [n for n in range(64) if is_open(n)]; told = [sorted(os.environ), files]"
        )
    variables, files = seen
    assert "IDP_KEYS_PASSWORD" not in variables
    assert files == [0, 1, 2]


@pytest.mark.parametrize(
    "answer",
    [b"", b"ok\n", b"ok\nshort", b"ok\n" + bytes(16), b"ok\n" + bytes(12) + b"\0\0\0\x06<html>", b"nonsense\n"],
)
def test_a_strange_answer_of_the_child_is_not_believed(
    answer: bytes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program = tmp_path / "captured.py"
    program.write_text(f"import sys\nsys.stdout.buffer.write({answer!r})\n")
    monkeypatch.setattr(sandbox, "PROGRAM", program)
    with pytest.raises(Refusal, match="เปิดไฟล์นี้ไม่ได้"):
        rebuild(documents.pdf(), Kind.PDF)
