"""What is computed from the answers and never typed: totals, rates, means. Pure.

Means of several units add the counts (`Scores.__add__`); they are never averages of averages.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any, Self

from relying_party_example.reports.definition import Definition

LEVELS = (5, 4, 3, 2, 1)
_HUNDREDTH = Decimal("0.01")


def rounded(value: Fraction) -> Decimal:
    """Two decimals, halves up, from the exact value."""
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(_HUNDREDTH, ROUND_HALF_UP)


def percent(part: int, whole: int) -> Decimal | None:
    """`part` of `whole` in percent; nothing where there is no whole."""
    return rounded(Fraction(part * 100, whole)) if whole else None


@dataclass(frozen=True)
class Scores:
    """Answers on the five levels; `no opinion` counts as an answer given, not as a score."""

    counts: tuple[int, int, int, int, int] = (0, 0, 0, 0, 0)  # from level 5 down to 1
    no_opinion: int = 0

    def __add__(self, other: "Scores") -> "Scores":
        five, four, three, two, one = (a + b for a, b in zip(self.counts, other.counts, strict=True))
        return Scores((five, four, three, two, one), self.no_opinion + other.no_opinion)

    @property
    def n(self) -> int:
        """How many scored."""
        return sum(self.counts)

    @property
    def answers(self) -> int:
        """How many were asked."""
        return self.n + self.no_opinion

    @property
    def total(self) -> int:
        """The sum of the scores."""
        return sum(level * count for level, count in zip(LEVELS, self.counts, strict=True))

    @property
    def mean(self) -> Decimal | None:
        return rounded(Fraction(self.total, self.n)) if self.n else None

    @property
    def percent(self) -> Decimal | None:
        """The mean as a share of five, from the exact mean, so that no rounding error is carried along."""
        return rounded(Fraction(self.total * 100, self.n * 5)) if self.n else None

    @property
    def top_two(self) -> Decimal | None:
        """The share of levels 5 and 4."""
        return percent(self.counts[0] + self.counts[1], self.n)

    @property
    def deviation(self) -> Decimal | None:
        """The sample's standard deviation (n-1), as survey reports print it."""
        if self.n < 2:
            return None
        squares = sum(level * level * count for level, count in zip(LEVELS, self.counts, strict=True))
        variance = Fraction(squares * self.n - self.total**2, self.n * (self.n - 1))
        root = (Decimal(variance.numerator) / Decimal(variance.denominator)).sqrt()
        return root.quantize(_HUNDREDTH, ROUND_HALF_UP)


@dataclass(frozen=True)
class Figures:
    """Everything computed of one report."""

    volume: dict[str, int]  # by column
    respondents: int
    scores: dict[str, Scores]  # by aspect

    @property
    def recipients(self) -> int:
        return self.volume["recipients"]

    @property
    def response_rate(self) -> Decimal | None:
        return percent(self.respondents, self.recipients)

    @property
    def in_time_rate(self) -> Decimal | None:
        return percent(self.volume["in_time"], self.recipients)

    @property
    def all_scores(self) -> Scores:
        """Every aspect together: the mean of the whole report."""
        return sum(self.scores.values(), Scores())

    @classmethod
    def of(cls, answers: Mapping[str, Any], definition: Definition) -> Self:
        """Compute; an empty box counts as nothing, and a unit without a centre has only nothing."""
        if is_nil(answers):
            answers = {}
        volume, satisfaction = definition.grid("volume"), definition.grid("satisfaction")
        return cls(
            volume={column.code: volume.total(answers, column.code) for column in volume.columns},
            respondents=answers.get("respondents") or 0,
            scores={row.code: _scores(answers, satisfaction.code, row.code) for row in satisfaction.rows},
        )


def _scores(answers: Mapping[str, Any], grid: str, row: str) -> Scores:
    five, four, three, two, one = (answers.get(f"{grid}_{row}_{level}") or 0 for level in LEVELS)
    return Scores((five, four, three, two, one), answers.get(f"{grid}_{row}_none") or 0)


def is_nil(answers: Mapping[str, Any]) -> bool:
    """Whether the unit reports that it has no open centre."""
    return answers.get("has_centre") in ("not_yet", "closed")
