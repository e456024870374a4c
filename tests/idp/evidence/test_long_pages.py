"""Pages so long that nobody could read them as one: screenshots, rolls, several letters in one strip."""

import pytest

from idp.evidence.rebuild import LONGEST_SIDE, OVERLAP
from idp.evidence.rules import Kind
from idp.evidence.sandbox import rebuild
from tests.idp.evidence import documents
from thai_web.refusal import Refusal


@pytest.mark.parametrize(
    ("upload", "kind", "width", "height", "sheets"),
    [
        (documents.image((1080, 2400)), Kind.JPEG, 900, 2000, 1),
        (documents.image((1080, 9000)), Kind.JPEG, 1000, 8333, 5),
        (documents.image((1080, 20000), kind="PNG"), Kind.PNG, 1000, 18519, 10),
        (documents.image((300, 3000)), Kind.JPEG, 300, 3000, 2),
        (documents.image((20000, 1000)), Kind.JPEG, 20000, 1000, 11),
        (documents.pdf_of_size(b"0 0 595 4210"), Kind.PDF, 1000, 7076, 4),
        (documents.pdf_of_size(b"0 0 226 5600"), Kind.PDF, 1000, 24779, 13),
        (documents.pdf_of_size(b"0 0 6000 595"), Kind.PDF, 10084, 1000, 6),
    ],
    ids=["telephone", "screenshot", "chat", "small", "panorama", "five-letters", "receipt", "banner"],
)
def test_a_long_page_is_cut_into_sheets_that_can_be_read(
    upload: bytes, kind: Kind, width: int, height: int, sheets: int
) -> None:
    pages = rebuild(upload, kind)
    assert len(pages) == sheets
    overlaps = OVERLAP * (sheets - 1)
    if height > width:
        assert all(abs(page.width - width) <= 1 for page in pages)
        assert abs(sum(page.height for page in pages) - overlaps - height) <= 1
    else:
        assert all(abs(page.height - height) <= 1 for page in pages)
        assert abs(sum(page.width for page in pages) - overlaps - width) <= 1
    assert all(max(page.width, page.height) <= LONGEST_SIDE for page in pages)


def test_the_sheets_of_a_long_page_follow_each_other() -> None:
    first, *_others, last = rebuild(documents.image((1080, 9000)), Kind.JPEG)
    assert documents.upright(first.jpeg).getpixel((5, 5)) == 0
    assert documents.upright(last.jpeg).getpixel((5, 5)) == 255


def test_a_long_page_has_no_more_sheets_than_a_document_may_have_pages() -> None:
    with pytest.raises(Refusal, match="ยาวเกินไป") as refused:
        rebuild(documents.image((1080, 9000)), Kind.JPEG, most_pages=4)
    assert refused.value.values == {"limit": 4}
