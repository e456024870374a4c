"""Two pages count as one for axe only where axe could not tell them apart."""

import pytest

from tests.journeys import structure

PAGE = """<main><h1 class="a">{}</h1><ul>{}</ul><a href="/x{}">{}</a><img src="/1" alt="{}">
<input id="q-{}" name="q"></main>"""


def page(title="คำขอ", rows="<li>1</li>", number=1, link="ดู", alt="ภาพ", field=1) -> str:
    return PAGE.format(title, rows, number, link, alt, field)


@pytest.mark.parametrize(
    "other",
    [
        {"title": "สถานะ"},
        {"rows": "<li>1</li><li>22</li>"},
        {"number": 2},
        {"link": "เปิด"},
        {"alt": "รูป"},
        {"field": 2},
    ],
)
def test_other_names_numbers_and_lengths_are_the_same_structure(other) -> None:
    assert structure.of(page(**other)) == structure.of(page())


@pytest.mark.parametrize(
    "other",
    [
        {"title": ""},
        {"rows": ""},
        {"rows": "<li><b>1</b></li>"},
        {"rows": '<li class="b">1</li>'},
        {"link": " "},
        {"alt": ""},
        {"link": '<span aria-hidden="true">x</span>'},
        {"rows": "<li>1</li><li><p>2</p></li>"},
    ],
)
def test_a_missing_text_another_element_or_attribute_is_another_structure(other) -> None:
    assert structure.of(page(**other)) != structure.of(page())


def test_an_id_that_stands_twice_is_a_fault_of_its_own() -> None:
    with pytest.raises(AssertionError, match="q-1"):
        structure.of(page() + page())
