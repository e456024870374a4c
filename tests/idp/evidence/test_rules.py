from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.evidence import rules
from idp.evidence.rules import Kind, display_name, judge
from tests.idp.evidence import documents
from thai_web.refusal import Refusal

LIMIT = 1024 * 1024


@pytest.mark.parametrize(
    ("upload", "filename", "kind"),
    [
        (documents.pdf(), "หนังสือมอบหมาย.pdf", Kind.PDF),
        (documents.pdf() + b"\0" * 5000, "padded.PDF", Kind.PDF),
        (documents.image(), "IMG_0001.JPG", Kind.JPEG),
        (documents.image(), "1000012345", Kind.JPEG),
        (documents.image(), "หนังสือ ที่ มท 0808.2", Kind.JPEG),
        (documents.image(), "หนังสือ.docx.pdf.jpeg", Kind.JPEG),
        (documents.image(progressive=True), "a.jpg", Kind.JPEG),
        (documents.image() + b"ftypmp42 a short film" * 99, "motion photo.jpg", Kind.JPEG),
        (documents.image(kind="PNG"), "สำเนาบัตร.png", Kind.PNG),
        (documents.image(), "IMG_0001.HEIC", Kind.JPEG),
        (documents.image(), "photo.webp", Kind.JPEG),
        (documents.image(), "photo.pjpeg", Kind.JPEG),
        (documents.image(kind="PNG"), "a.jpg", Kind.PNG),
    ],
)
def test_an_honest_document_is_recognised_by_its_content(upload: bytes, filename: str, kind: Kind) -> None:
    assert judge(upload, filename, LIMIT).kind is kind


@pytest.mark.parametrize(
    ("upload", "filename", "says"),
    [
        (b"", "a.pdf", "ว่างเปล่า"),
        (documents.image() + b"\0" * LIMIT, "a.jpg", "ใหญ่เกินไป"),
        (b"hello", "a.pdf", "รับเฉพาะไฟล์ PDF, JPEG และ PNG"),
        (b"MZ\x90\0" + documents.pdf(), "a.pdf", "แฝงอยู่"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a.png", "รับเฉพาะไฟล์"),
        (b"\0\0\0\x18ftypheic\0\0\0\0", "IMG_1.HEIC", "รับเฉพาะไฟล์"),
        (documents.archive(), "a.pdf", "รับเฉพาะไฟล์"),
        (documents.pdf(), "a.jpg", "เนื้อหาในไฟล์เป็น"),
        (documents.image(), "a.pdf", "เนื้อหาในไฟล์เป็น"),
        (documents.image(kind="PNG"), "a.docx", "เนื้อหาในไฟล์เป็น"),
        (documents.pdf(), "letter.pdf.exe", "เนื้อหาในไฟล์เป็น"),
        (documents.pdf(), "letter.pdf.exe ", "เนื้อหาในไฟล์เป็น"),
        (documents.pdf(), "letter\u202efdp.exe", "เนื้อหาในไฟล์เป็น"),
        (documents.pdf(), "letter.exe.pdf", "นามสกุลซ้อนกัน"),
        (documents.image(), "shell.PHP.jpg", "นามสกุลซ้อนกัน"),
    ],
)
@pytest.mark.attack(32)
def test_what_is_not_what_it_claims_is_refused(upload: bytes, filename: str, says: str) -> None:
    with pytest.raises(Refusal) as refused:
        judge(upload, filename, LIMIT)
    assert says in refused.value.message
    assert refused.value.status == 422
    assert refused.value.next_step


@pytest.mark.parametrize(
    "before", [b"\n", b"\r\n\r\n", b" \t", b"\0" * 200, b"\xef\xbb\xbf", b"\xef\xbb\xbf\n", b"\n" * 1024]
)
def test_a_pdf_is_taken_from_its_signature_on(before: bytes) -> None:
    judgement = judge(before + documents.pdf(), "a.pdf", LIMIT)
    assert judgement.kind is Kind.PDF
    assert judgement.content == documents.pdf()


@pytest.mark.parametrize("filename", ["a.heic", "a", "a.jpg", "ภาพ.HEIF"])
@pytest.mark.parametrize(
    "start",
    [b"\0\0\0\x18ftyp" + brand for brand in (b"heic", b"heix", b"heis", b"hevc", b"mif1", b"msf1", b"avif", b"avis")]
    + [b"RIFF\0\0\0\0WEBPVP8 "],
)
def test_a_telephones_picture_is_told_by_its_content_how_to_be_taken_again(start: bytes, filename: str) -> None:
    with pytest.raises(Refusal) as refused:
        judge(start + bytes(200), filename, LIMIT)
    assert "เข้ากันได้มากที่สุด" in (refused.value.next_step or "")


@pytest.mark.parametrize("start", [b"GIF89a", b"BM", b"II*\0", b"MM\0*"])
def test_another_picture_is_to_be_saved_as_one_that_we_open(start: bytes) -> None:
    with pytest.raises(Refusal) as refused:
        judge(start + bytes(200), "a.gif", LIMIT)
    assert "บันทึกเป็น JPEG" in (refused.value.next_step or "")


def _commented_jpeg() -> bytes:
    return documents.image(comment=b"<?php system($_GET['c']);")


@pytest.mark.parametrize(
    ("upload", "filename"),
    [
        (documents.image() + documents.archive(), "a.jpg"),
        (documents.image(kind="PNG") + documents.archive(), "a.png"),
        (documents.pdf() + documents.archive(), "a.pdf"),
        (documents.image() + documents.pdf(), "a.jpg"),
        (documents.image(kind="PNG") + documents.pdf(), "a.png"),
        (documents.image() + b"<ScRiPt>alert(1)</script>", "a.jpg"),
        (documents.image(kind="PNG") + b"<?php echo 1;", "a.png"),
        (documents.image() + b"Rar!\x1a\x07\x00", "a.jpg"),
        (documents.pdf() + b"<html><body>", "a.pdf"),
        (documents.pdf().replace(b"%\xe2\xe3\xcf\xd3", b"<html><script>"), "a.pdf"),
        (_commented_jpeg(), "a.jpg"),
        (b"\n<b>Warning</b>: in line 3\n" + documents.pdf(), "a.pdf"),
        (b"HTTP/1.1 200 OK\r\n\r\n" + documents.pdf(), "a.pdf"),
    ],
)
@pytest.mark.attack(32)
def test_a_file_that_is_two_things_at_once_is_refused(upload: bytes, filename: str) -> None:
    with pytest.raises(Refusal, match="แฝงอยู่"):
        judge(upload, filename, LIMIT)


@pytest.mark.parametrize(
    ("make", "filename"),
    [(documents.pdf, "a.pdf"), (documents.image, "a.jpg"), (lambda: documents.image(kind="PNG"), "a.png")],
)
@pytest.mark.attack(32)
def test_a_file_that_was_cut_short_is_refused(make: Callable[[], bytes], filename: str) -> None:
    upload = make()
    for length in (len(upload) // 2, len(upload) - 8):
        with pytest.raises(Refusal, match="ไม่สมบูรณ์"):
            judge(upload[:length], filename, LIMIT)


@pytest.mark.parametrize(
    "upload",
    [
        b"\xff\xd8" + b"\xff" * LIMIT,
        b"\xff\xd8" + b"\xff\xfe\0\x02" * (LIMIT // 4),
        b"\x89PNG\r\n\x1a\n" + b"\0" * LIMIT,
    ],
)
@pytest.mark.attack(32)
def test_judging_a_file_made_of_empty_parts_comes_to_an_end(upload: bytes) -> None:
    with pytest.raises(Refusal, match="ไม่สมบูรณ์"):
        judge(upload, "a", 2 * LIMIT)


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("หนังสือมอบหมาย ที่ ๑๒๓.pdf", "หนังสือมอบหมาย ที่ ๑๒๓.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\somchai\\scan.pdf", "scan.pdf"),
        ("..", "เอกสาร"),
        ("", "เอกสาร"),
        ("a..b...pdf", "a.b.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "a Set-Cookie: x.pdf"),
        ("cod\u202efdp.jpg", "codfdp.jpg"),
        ("a\0.pdf", "a.pdf"),
        ("ก" * 300 + ".pdf", "ก" * 96 + ".pdf"),
    ],
)
def test_a_name_is_made_fit_to_show(given: str, shown: str) -> None:
    assert display_name(given) == shown


@given(st.text())
@pytest.mark.attack(32)
def test_no_name_breaks_out_of_the_page_it_is_shown_on(filename: str) -> None:
    shown = display_name(filename)
    assert 0 < len(shown) <= rules.NAME_LENGTH
    assert ".." not in shown
    assert shown.isprintable()
    assert not {"/", "\\"} & set(shown)
    assert display_name(shown) == shown


@given(st.sampled_from(list(Kind)), st.binary(max_size=300))
def test_whatever_follows_a_signature_is_judged_without_a_crash(kind: Kind, rest: bytes) -> None:
    signature = next(signature for signature, each in rules.SIGNATURES if each is kind)
    with suppress(Refusal):
        assert judge(signature + rest, "a", LIMIT).kind is kind
