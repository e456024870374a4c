"""Addresses of the overview, and figures put together."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.oversight.rules import FORMULA, Figures, Filters, parse, plain_cell

NOW = datetime(2026, 11, 25, tzinfo=UTC)


@pytest.mark.parametrize(
    ("given", "query"),
    [
        ({}, {}),
        ({"show": "tree", "page": "7", "next": "//evil.example"}, {}),
        ({"show": "PIZZA", "kind": "PIZZA"}, {}),
        ({"show": "no_admin", "kind": "TAO"}, {"show": "no_admin", "kind": "TAO"}),
        ({"q": "  ศรีเทพ   ๖๗ \0"}, {"show": "all", "q": "ศรีเทพ 67"}),
        ({"kind": "TAO"}, {"show": "all", "kind": "TAO"}),
    ],
)
def test_an_address_says_what_is_listed_and_the_rest_is_left_out(given: dict[str, str], query: dict[str, str]) -> None:
    assert parse(given).query() == query
    assert parse(parse(given).query()) == parse(given)


def test_another_list_keeps_what_was_typed() -> None:
    assert Filters("all", "TAO", "ศรี").query(show="ending") == {"show": "ending", "kind": "TAO", "q": "ศรี"}


def test_figures_of_many_units_become_one() -> None:
    one = Figures(1, 1, 0, None, 2, NOW, 1, 3, 0)
    other = Figures(1, 0, 2, date(2027, 1, 1), 1, NOW - timedelta(days=8), 0, 1, 2)
    one.add(other)
    assert (one.units, one.without_admin, one.ending, one.first_end) == (2, 1, 2, date(2027, 1, 1))
    assert (one.waiting, one.oldest, one.returned, one.approved, one.rejected) == (3, NOW - timedelta(days=8), 1, 4, 2)
    assert one.waits_long(NOW)
    assert not Figures().waits_long(NOW)


@given(st.lists(st.integers(0, 400), min_size=1, max_size=50))
def test_the_usual_time_is_that_of_the_middle_decision(days: list[int]) -> None:
    figures = Figures()
    for each in days:
        one = Figures()
        one.days[each] = 1
        figures.add(one)
    assert figures.usual_days == sorted(days)[(len(days) - 1) // 2]


def test_without_decisions_there_is_no_usual_time() -> None:
    assert Figures().usual_days is None


@given(st.sampled_from(FORMULA), st.text(max_size=20))
def test_no_cell_begins_like_a_formula(first: str, rest: str) -> None:
    assert not plain_cell(first + rest).startswith(FORMULA)
    assert plain_cell("อบต.สระกรวด") == "อบต.สระกรวด"
