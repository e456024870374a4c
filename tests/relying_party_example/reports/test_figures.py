"""Figures are computed, rounded once, and added up over units by their counts."""

from decimal import Decimal
from statistics import fmean, stdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relying_party_example.reports.definition import all_definitions, for_fiscal_year
from relying_party_example.reports.figures import LEVELS, Figures, Scores, percent
from tests.relying_party_example.answers import DEFINITION, complete, nil


def test_a_reports_totals_and_rates() -> None:
    figures = Figures.of(complete(), DEFINITION)
    assert figures.volume == {"offered": 7, "recipients": 200, "in_time": 198, "forwarded": 2}
    assert figures.response_rate == Decimal("10.00")
    assert figures.in_time_rate == Decimal("99.00")
    process = figures.scores["process"]
    assert (process.n, process.answers, process.mean) == (19, 20, Decimal("4.63"))
    assert (process.percent, process.top_two, process.deviation) == (
        Decimal("92.63"),
        Decimal("100.00"),
        Decimal("0.50"),
    )


def test_percent_comes_from_the_exact_mean() -> None:
    assert Scores((1, 1, 1, 0, 0)).mean == Decimal("4.00")
    assert Scores((2, 1, 0, 0, 0)).mean == Decimal("4.67")
    assert Scores((2, 1, 0, 0, 0)).percent == Decimal("93.33")  # 4.67 / 5 would say 93.40


@pytest.mark.parametrize(
    ("mean", "word"),
    [
        ("5.00", "มากที่สุด"),
        ("4.21", "มากที่สุด"),
        ("4.20", "มาก"),
        ("3.41", "มาก"),
        ("3.40", "ปานกลาง"),
        ("2.61", "ปานกลาง"),
        ("2.60", "น้อย"),
        ("1.81", "น้อย"),
        ("1.80", "น้อยที่สุด"),
        ("1.00", "น้อยที่สุด"),
    ],
)
def test_each_mean_has_one_word(mean: str, word: str) -> None:
    found = DEFINITION.level(Decimal(mean))
    assert found is not None
    assert found.th == word


def test_nothing_asked_gives_nothing_computed() -> None:
    figures = Figures.of({}, DEFINITION)
    assert figures.response_rate is None
    assert figures.all_scores.mean is None
    assert figures.all_scores.deviation is None
    assert DEFINITION.level(None) is None
    assert percent(1, 0) is None


def test_a_unit_without_a_centre_counts_nothing_whatever_was_typed_before() -> None:
    assert Figures.of(complete(has_centre="not_yet"), DEFINITION) == Figures.of(nil(), DEFINITION)


counts = st.tuples(*[st.integers(0, 400)] * 5)
scores = st.builds(Scores, counts, st.integers(0, 50))


@given(scores)
def test_mean_and_deviation_are_those_of_the_single_answers(given_scores: Scores) -> None:
    single = [level for level, count in zip(LEVELS, given_scores.counts, strict=True) for _ in range(count)]
    if single:
        assert abs(float(given_scores.mean or 0) - fmean(single)) <= 0.00501
    if len(single) > 1:
        assert abs(float(given_scores.deviation or 0) - stdev(single)) <= 0.00501


@given(scores, scores)
def test_the_mean_of_two_units_weighs_every_answer_alike(one: Scores, other: Scores) -> None:
    together = one + other
    assert (together.n, together.total) == (one.n + other.n, one.total + other.total)
    assert together + Scores() == together


def test_a_fiscal_year_uses_the_newest_form_that_began_by_then() -> None:
    assert for_fiscal_year(2570) == for_fiscal_year(2567)
    assert for_fiscal_year(2500) in all_definitions()


def test_answers_have_names_of_their_own() -> None:
    names = [name for block in DEFINITION.blocks for name in block.names()]
    assert len(names) == len(set(names))
    assert DEFINITION.label("volume_tax_recipients") == "ภาษีและค่าธรรมเนียม – ผู้รับบริการ (คน)"
    assert DEFINITION.label("as_of", "en") == "Data as of"
