"""Who decides, as a function of dates."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.access.rules import Power
from idp.appointments.rules import Term, check_letter, conflicts, deciders, letter_faults, power_for
from thai_web.refusal import Refusal

TODAY = date(2026, 11, 22)
TAO, DISTRICT, PROVINCE, DLA = 4, 3, 2, 1
CHAIN = (TAO, DISTRICT, PROVINCE, DLA)


def term(account: int, unit: int, starts: date = TODAY, ends: date = TODAY, ended: date | None = None) -> Term:
    return Term(account * 10, account, unit, Power.SSO_ADMIN, starts, ends, ended)


@pytest.mark.parametrize(
    ("terms", "without", "unit", "accounts"),
    [
        ([term(1, TAO), term(2, PROVINCE)], (), TAO, [1]),
        ([term(1, TAO), term(3, TAO)], (), TAO, [1, 3]),
        ([term(2, PROVINCE), term(9, DLA)], (), PROVINCE, [2]),
        ([term(1, TAO, ends=TODAY - timedelta(1)), term(2, PROVINCE)], (), PROVINCE, [2]),
        ([term(1, TAO, starts=TODAY + timedelta(1), ends=TODAY + timedelta(9)), term(9, DLA)], (), DLA, [9]),
        ([term(1, TAO, ended=TODAY), term(9, DLA)], (), DLA, [9]),
        ([term(1, TAO), term(2, PROVINCE)], (1,), PROVINCE, [2]),
        ([term(1, TAO)], (1,), None, []),
        ([], (), None, []),
    ],
)
@pytest.mark.attack(29)
def test_the_nearest_office_with_an_admin_in_force_decides(
    terms: list[Term], without: tuple[int, ...], unit: int | None, accounts: list[int]
) -> None:
    found = deciders(CHAIN, terms, TODAY, without)
    assert (found.unit_id if found else None) == unit
    assert ([each.account_id for each in found.terms] if found else []) == accounts


@given(
    st.lists(
        st.builds(
            term,
            st.integers(1, 5),
            st.sampled_from([*CHAIN, 77]),
            st.dates(TODAY - timedelta(3), TODAY + timedelta(3)),
            st.dates(TODAY - timedelta(3), TODAY + timedelta(3)),
        ),
        max_size=8,
    )
)
@pytest.mark.attack(30)
def test_nobody_decides_whose_term_does_not_cover_the_day(terms: list[Term]) -> None:
    found = deciders(CHAIN, terms, TODAY)
    covering = [each for each in terms if each.starts_on <= TODAY <= each.ends_on and each.unit_id in CHAIN]
    assert (found is None) == (not covering)
    if found:
        nearest = min(CHAIN.index(each.unit_id) for each in covering)
        assert CHAIN.index(found.unit_id) == nearest
        assert all(each.starts_on <= TODAY <= each.ends_on for each in found.terms)


@pytest.mark.parametrize(
    ("field", "letter"),
    [
        ("letter_number", (" ", TODAY, TODAY, TODAY)),
        ("letter_date", ("1/2569", TODAY + timedelta(1), TODAY + timedelta(1), TODAY + timedelta(9))),
        ("ends_on", ("1/2569", TODAY, TODAY + timedelta(2), TODAY + timedelta(1))),
        ("ends_on", ("1/2569", TODAY - timedelta(9), TODAY - timedelta(9), TODAY - timedelta(1))),
        ("ends_on", ("1/2569", TODAY, TODAY, TODAY.replace(year=2031))),
        ("starts_on", ("1/2569", TODAY, TODAY - timedelta(1), TODAY + timedelta(9))),
    ],
)
def test_a_letter_with_impossible_dates_is_refused_at_its_field(field: str, letter: tuple) -> None:
    with pytest.raises(Refusal) as refused:
        check_letter(*letter, TODAY)
    assert refused.value.code == field


def test_all_dates_of_a_letter_that_cannot_be_are_told_together_and_a_missing_one_is_passed_over() -> None:
    tomorrow, yesterday = TODAY + timedelta(1), TODAY - timedelta(1)
    assert set(letter_faults(tomorrow, TODAY, yesterday, TODAY)) == {"letter_date", "starts_on", "ends_on"}
    assert set(letter_faults(tomorrow, None, yesterday, TODAY)) == {"letter_date", "ends_on"}
    assert letter_faults(None, TODAY, None, TODAY) == {}


@pytest.mark.attack(30)
def test_a_term_from_a_leap_day_ends_four_years_later_on_the_day_before() -> None:
    leap = date(2028, 2, 29)
    check_letter("1/2571", leap, leap, date(2032, 2, 28), leap)
    with pytest.raises(Refusal):
        check_letter("1/2571", leap, leap, date(2032, 2, 29), leap)
    assert Term(1, 1, TAO, Power.SSO_ADMIN, leap, leap).in_force(leap)
    assert not Term(1, 1, TAO, Power.SSO_ADMIN, leap, leap).in_force(date(2028, 3, 1))


OFFICES = st.lists(st.sampled_from([*CHAIN, 77]), min_size=1, unique=True)


@given(
    OFFICES, st.lists(st.builds(term, st.integers(1, 5), st.sampled_from([*CHAIN, 77])), max_size=8), st.integers(1, 5)
)
@pytest.mark.attack(23)
def test_whoever_decides_on_an_appointment_stands_above_the_unit_and_is_in_no_conflict(
    chain: list[int], terms: list[Term], holder: int
) -> None:
    found = deciders(chain[1:], terms, TODAY, conflicts(terms, holder, 5))
    if found:
        assert found.unit_id in chain[1:]
        assert not found.accounts & {holder, 5}


def test_an_appointment_at_dla_makes_an_officer_and_elsewhere_an_admin() -> None:
    assert power_for("DLA") == Power.DLA_OFFICER
    assert power_for("TAO") == Power.SSO_ADMIN
