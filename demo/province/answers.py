"""Answers to INFO's questionnaire that hang together: a unit's own size, its season, and what its people say."""

from collections.abc import Iterator
from datetime import date
from random import Random
from typing import Any

from relying_party_example.periods.rules import PeriodKey
from relying_party_example.reports.definition import Definition, for_fiscal_year

CLOSED = 0.04  # of the units have no centre
PROBLEMS = ("ที่จอดรถไม่เพียงพอ", "รอคิวนานในวันจันทร์", "ป้ายบอกทางไม่ชัดเจน", "อินเทอร์เน็ตขัดข้องบางวัน", "")
SUGGESTIONS = ("เพิ่มเก้าอี้สำหรับผู้สูงอายุ", "เปิดให้บริการช่วงพักกลางวัน", "แจ้งผลทางโทรศัพท์", "")
IMPROVEMENTS = ("จัดช่องบริการผู้สูงอายุและผู้พิการ", "เพิ่มจุดบริการน้ำดื่ม", "อบรมเจ้าหน้าที่ด้านการให้บริการ", "")
SERVED = {"registration": 9, "tax": 7, "permits": 2, "health": 2, "welfare": 8, "environment": 3, "complaints": 2}


class Questionnaire:
    """What a unit answers in a quarter."""

    def __init__(self, chance: Random) -> None:
        self.chance = chance
        self.size: dict[str, float] = {}  # how much a unit has to do, the same in every quarter

    def filled_in(self, code: str, key: PeriodKey, today: date) -> Iterator[tuple[str, dict[str, Any]]]:
        """The answers, page by page."""
        definition = for_fiscal_year(key.fiscal_year)
        size = self.size.setdefault(code, 0.0 if self.chance.random() < CLOSED else self.chance.uniform(3, 16))
        answers = self._answers(definition, size, min(key.ends_on, today))
        for block in definition.blocks:
            names = set(block.names())
            yield block.code, {name: value for name, value in answers.items() if name in names}

    def _answers(self, definition: Definition, size: float, as_of: date) -> dict[str, Any]:
        if not size:
            return {
                "as_of": as_of.isoformat(),
                "has_centre": "not_yet",
                "nil_reason": "ยังไม่มีอาคารสถานที่ อยู่ระหว่างของบประมาณ",
            }
        answers: dict[str, Any] = {
            "as_of": as_of.isoformat(),
            "has_centre": "yes",
            "nil_reason": "",
            "centre_form": "one_stop" if size > 8 else "joint",
            "opening": self.chance.choice(("office", "lunch", "lunch", "weekend")),
            "channels": ["counter", *(["online"] if size > 7 else []), *(["mobile"] if size > 12 else [])],
            "problems": self.chance.choice(PROBLEMS),
            "suggestions": self.chance.choice(SUGGESTIONS),
            "improvements": self.chance.choice(IMPROVEMENTS),
        }
        served = self._volume(answers, size)
        asked = max(14, min(round(served * self.chance.uniform(0.08, 0.2)), 160))
        answers["respondents"] = asked
        for grid, weights in (("sex", _SEX), ("age", _AGE), ("method", _METHOD)):
            for row, number in self._shared(asked, weights).items():
                answers[f"{grid}_{row}_count"] = number
        leaning = self.chance.uniform(-0.12, 0.12)
        for row in definition.grid("satisfaction").rows:
            weights = {"5": 0.46 + leaning, "4": 0.34, "3": 0.12 - leaning / 2, "2": 0.03, "1": 0.01, "none": 0.04}
            for level, number in self._shared(asked, weights).items():
                answers[f"satisfaction_{row.code}_{level}"] = number
        return answers

    def _volume(self, answers: dict[str, Any], size: float) -> int:
        whole = 0
        for row, weight in SERVED.items():
            number = max(1, round(size * weight * self.chance.uniform(0.8, 1.25)))
            answers[f"volume_{row}_offered"] = weight
            answers[f"volume_{row}_recipients"] = number
            answers[f"volume_{row}_in_time"] = number - self.chance.randint(0, min(number, 3))
            answers[f"volume_{row}_forwarded"] = self.chance.randint(0, min(number, 2))
            whole += number
        return whole

    def _shared(self, whole: int, weights: dict[str, float]) -> dict[str, int]:
        """A number in parts that add up to it."""
        parts = self.chance.choices(list(weights), list(weights.values()), k=whole)
        return {name: parts.count(name) for name in weights}


_SEX = {"male": 0.42, "female": 0.52, "other": 0.01, "unstated": 0.05}
_AGE = {"under_21": 0.06, "21_40": 0.3, "41_60": 0.4, "over_60": 0.22, "unstated": 0.02}
_METHOD = {"paper": 0.45, "qr": 0.4, "online": 0.15}
