"""Which requests are asked for which documents."""

from dataclasses import dataclass, field

import pytest

from idp.requirements import rules
from thai_web.refusal import Refusal


@dataclass
class Asked:
    asked_of: str = "EVERYBODY"
    unit_kinds: list[str] = field(default_factory=list)
    role_id: int | None = None
    kinds: list[str] = field(default_factory=lambda: ["order", "card"])


BY_HAND = {"unit_kind": "TAO", "role_ids": {5}, "known": False, "further": False}


@pytest.mark.parametrize(
    ("requirement", "case", "concerned"),
    [
        (Asked(), {}, True),
        (Asked("BY_HAND"), {}, True),
        (Asked("BY_HAND"), {"known": True}, False),
        (Asked("KNOWN"), {}, False),
        (Asked("KNOWN"), {"known": True}, True),
        (Asked(unit_kinds=["TAO", "CITY"]), {}, True),
        (Asked(unit_kinds=["CITY"]), {}, False),
        (Asked(role_id=5), {}, True),
        (Asked(role_id=6), {}, False),
        (Asked(role_id=5), {"role_ids": set()}, False),
        (Asked(), {"further": True}, False),
        (Asked(role_id=5), {"further": True}, True),
        (Asked("KNOWN", role_id=5), {"further": True, "known": True}, True),
    ],
)
def test_a_requirement_concerns_those_it_names(requirement: Asked, case: dict, concerned: bool) -> None:
    assert rules.concerns(requirement, **{**BY_HAND, **case}) is concerned


@pytest.mark.parametrize(
    ("attached", "met"), [((), False), (("other",), False), (("card",), True), (("other", "order"), True)]
)
def test_one_document_of_a_named_kind_is_enough(attached: tuple[str, ...], met: bool) -> None:
    assert rules.is_met(Asked(), attached) is met


@pytest.mark.parametrize("code", ["", "Card", "1card", "card-1", "a", "x" * 41, "บัตร", "card\n"])
def test_a_code_is_plain(code: str) -> None:
    with pytest.raises(Refusal):
        rules.check_code(code, [])


def test_a_code_is_given_once() -> None:
    rules.check_code("card", ["order"])
    with pytest.raises(Refusal, match="รหัสนี้แล้ว"):
        rules.check_code("card", ["card"])


@pytest.mark.parametrize("code", ["order", "other"])
def test_what_a_requirement_names_and_the_last_resort_stay_in_use(code: str) -> None:
    rules.check_retirable("letter", [Asked()])
    with pytest.raises(Refusal):
        rules.check_retirable(code, [Asked()])
