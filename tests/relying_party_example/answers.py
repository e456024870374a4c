"""A complete, consistent set of answers for the fiscal year 2570, and ways to turn it."""

from typing import Any

from relying_party_example.reports.definition import for_fiscal_year

DEFINITION = for_fiscal_year(2570)


def complete(**changes: Any) -> dict[str, Any]:
    """Answers without error and without warning."""
    answers: dict[str, Any] = {
        "as_of": "2026-11-20",
        "has_centre": "yes",
        "nil_reason": "",
        "centre_form": "one_stop",
        "opening": "lunch",
        "channels": ["counter", "online"],
        "volume_registration_offered": 3,
        "volume_registration_recipients": 120,
        "volume_registration_in_time": 118,
        "volume_registration_forwarded": 2,
        "volume_tax_offered": 4,
        "volume_tax_recipients": 80,
        "volume_tax_in_time": 80,
        "respondents": 20,
        "sex_male_count": 8,
        "sex_female_count": 11,
        "sex_unstated_count": 1,
        "age_21_40_count": 12,
        "age_41_60_count": 8,
        "method_paper_count": 5,
        "method_qr_count": 15,
        "problems": "ที่จอดรถไม่พอ",
    }
    for place, row in enumerate(DEFINITION.grid("satisfaction").rows):
        answers[f"satisfaction_{row.code}_5"] = 12 - place
        answers[f"satisfaction_{row.code}_4"] = 7 + place
        answers[f"satisfaction_{row.code}_none"] = 1
    return answers | changes


def nil(**changes: Any) -> dict[str, Any]:
    """A unit without a centre."""
    return {"as_of": "2026-11-20", "has_centre": "not_yet", "nil_reason": "ยังไม่มีอาคาร"} | changes
