"""What blocks a report, and what only wants an explanation."""

from datetime import date
from typing import Any

import pytest

from relying_party_example.periods.rules import PeriodKey
from relying_party_example.reports.checks import Issue, Subject, examine
from tests.relying_party_example.answers import DEFINITION, complete, nil

TODAY = date(2026, 11, 24)
ROWS = [row.code for row in DEFINITION.grid("satisfaction").rows]


def found(answers: dict[str, Any], *earlier: dict[str, Any]) -> list[Issue]:
    return examine(Subject(answers, DEFINITION, PeriodKey(2570, 1), TODAY, earlier))


def errors(answers: dict[str, Any]) -> set[str]:
    return {issue.name for issue in found(answers) if issue.is_error}


def warnings(answers: dict[str, Any], *earlier: dict[str, Any]) -> set[str]:
    return {issue.code for issue in found(answers, *earlier) if not issue.is_error}


def test_a_complete_report_has_no_finding() -> None:
    assert found(complete()) == []
    assert found(nil()) == []


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"as_of": None}, "as_of"),
        ({"as_of": "2026-09-30"}, "as_of"),
        ({"as_of": "2026-11-25"}, "as_of"),
        ({"as_of": "2027-01-01"}, "as_of"),
        ({"has_centre": None}, "has_centre"),
        ({"channels": []}, "channels"),
        ({"opening": None}, "opening"),
        ({"respondents": None}, "respondents"),
        ({"volume_tax_in_time": 81}, "volume_tax_in_time"),
        ({"volume_tax_forwarded": 81}, "volume_tax_forwarded"),
        ({"sex_male_count": 9}, "sex_male_count"),
        ({"age_under_21_count": 1}, "age_under_21_count"),
        ({"method_qr_count": 14}, "method_paper_count"),
        ({"satisfaction_staff_5": 12}, "satisfaction_staff_5"),
        ({"satisfaction_overall_none": 0}, "satisfaction_overall_5"),
    ],
)
def test_an_error_points_to_its_field(changes: dict[str, Any], name: str) -> None:
    assert name in errors(complete(**changes))


def test_the_first_and_the_last_day_are_good_days() -> None:
    for day in ("2026-10-01", "2026-11-24"):
        assert found(complete(as_of=day)) == []


def test_respondents_without_recipients_are_an_error() -> None:
    nobody = {name: 0 for name, _row, _column in DEFINITION.grid("volume").cells()}
    assert "respondents" in errors(complete(**nobody))
    missing = dict.fromkeys(nobody)
    assert {"respondents", "volume_registration_offered"} <= errors(complete(**missing))


def test_no_centre_needs_a_reason_and_nothing_else() -> None:
    assert errors(nil(nil_reason="")) == {"nil_reason"}
    assert errors(nil(has_centre="closed", nil_reason=None)) == {"nil_reason"}


def of_all(level: str, count: int) -> dict[str, Any]:
    levels = ("5", "4", "3", "2", "1", "none")
    return {f"satisfaction_{row}_{each}": count if each == level else 0 for row in ROWS for each in levels}


def with_respondents(count: int) -> dict[str, Any]:
    grids = [DEFINITION.grid(code) for code in ("sex", "age", "method")]
    zero = {name: 0 for grid in grids for name, _row, _column in grid.cells()}
    return zero | {"respondents": count, "sex_male_count": count, "age_41_60_count": count, "method_qr_count": count}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        (with_respondents(201) | of_all("4", 201), "more_respondents"),
        (with_respondents(9) | of_all("4", 9), "few_respondents"),
        (with_respondents(30) | of_all("5", 30), "all_highest"),
        (of_all("4", 20), "all_alike"),
        ({"volume_tax_offered": 0}, "not_offered_tax"),
        ({"problems": "โทร 081-234-5678"}, "personal_problems"),
        ({"suggestions": "บัตร ๑ ๒๓๔๕ ๖๗๘๙๐ ๑๒ ๓"}, "personal_suggestions"),
    ],
)
def test_a_warning_wants_an_explanation_and_blocks_nothing(changes: dict[str, Any], code: str) -> None:
    assert errors(complete(**changes)) == set()
    assert code in warnings(complete(**changes))


def test_ordinary_numbers_in_a_text_are_no_personal_data() -> None:
    text = "ผู้รับบริการ 1,250 คน ปี 2569 งบ 1000000 บาท เลขที่ ๑๒๓/๒๕๖๙"
    assert warnings(complete(problems=text)) == set()


def volume(recipients: int) -> dict[str, Any]:
    return complete(volume_tax_recipients=0, volume_tax_in_time=0, volume_registration_recipients=recipients)


@pytest.mark.parametrize(
    ("before", "warned"),
    [(601, {"leap"}), (600, set()), (66, {"leap"}), (67, set()), (0, set())],
)
def test_three_times_more_or_less_than_the_quarter_before_is_a_leap(before: int, warned: set[str]) -> None:
    assert warnings(complete(), volume(before)) == warned


def test_figures_copied_from_the_quarter_before_are_noticed() -> None:
    assert warnings(complete(), complete()) == {"same_as_before"}


def test_a_quarter_out_of_line_with_four_others_is_noticed() -> None:
    steady = [volume(count) for count in (110, 112, 108, 111)]
    assert warnings(complete(), *steady) == {"outlier"}
    assert warnings(complete(), *steady[:3]) == set()


def test_a_stored_warning_reads_as_it_was() -> None:
    issue = found(complete(volume_tax_offered=0))[0]
    assert Issue.restored(issue.stored()) == issue
