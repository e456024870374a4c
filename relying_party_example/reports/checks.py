"""What the form finds wrong with a report, and what it only wants explained. Pure."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from statistics import median
from typing import Any, Self

from relying_party_example.periods.rules import PeriodKey
from relying_party_example.reports.definition import Block, Definition, Text
from relying_party_example.reports.figures import Figures, is_nil
from thai_web.refusal import N_

FEW_RESPONDENTS = 10
MANY_RESPONDENTS = 30
LEAP = 3
QUARTERS_FOR_OUTLIERS = 4
OUTLIER = 3.5


@dataclass(frozen=True)
class Issue:
    """One finding. An error must be mended; a warning needs the unit's explanation, which the province reads.

    `name` is the answer at fault, `block` its page; `message` a message id with places filled from `values`.
    """

    code: str
    block: str
    name: str
    message: str
    values: dict[str, object] = field(default_factory=dict)
    is_error: bool = True

    def stored(self) -> dict[str, Any]:
        """As JSON, for the snapshot of a submitted version."""
        values = {
            name: {"th": value.th, "en": value.en} if isinstance(value, Text) else value
            for name, value in self.values.items()
        }
        return {"code": self.code, "block": self.block, "name": self.name, "message": self.message, "values": values}

    @classmethod
    def restored(cls, data: Mapping[str, Any]) -> Self:
        """From the snapshot."""
        values = {name: Text(**value) if isinstance(value, dict) else value for name, value in data["values"].items()}
        return cls(data["code"], data["block"], data["name"], data["message"], values, is_error=False)


@dataclass(frozen=True)
class Subject:
    """A report under examination: the answers, their period, the day, and what the unit reported before."""

    answers: Mapping[str, Any]
    definition: Definition
    period: PeriodKey
    today: date
    earlier: Sequence[Mapping[str, Any]] = ()  # answers of earlier quarters, the newest first

    @property
    def figures(self) -> Figures:
        return Figures.of(self.answers, self.definition)

    def number(self, name: str) -> int:
        """A count; an empty box is nothing."""
        return self.answers.get(name) or 0


def examine(subject: Subject) -> list[Issue]:
    """Every finding, errors first."""
    checks: list[Callable[[Subject], Iterator[Issue]]] = [_missing, _as_of, _personal_data]
    if not is_nil(subject.answers):
        checks += [
            _volume,
            _sums,
            _respondents,
            _warn_of_respondents,
            _warn_of_scores,
            _warn_of_volume,
            _warn_of_history,
        ]
    found = [issue for check in checks for issue in check(subject)]
    return sorted(found, key=lambda issue: not issue.is_error)


def applies(block: Block, answers: Mapping[str, Any]) -> bool:
    """Whether a page is asked at all: a unit without an open centre skips volume, respondents and satisfaction."""
    return not (block.needs_centre and is_nil(answers))


def _missing(subject: Subject) -> Iterator[Issue]:
    nil = is_nil(subject.answers)
    for block in subject.definition.blocks:
        for each in block.fields:
            asked = applies(block, subject.answers) and not (nil and each.needs_centre)
            if each.required and asked and subject.answers.get(each.code) in (None, "", []):
                yield Issue("missing", block.code, each.code, N_("ยังไม่ได้ตอบ “%(field)s”"), {"field": each.label})
    if nil and not subject.answers.get("nil_reason"):
        yield Issue("nil_reason", "centre", "nil_reason", N_("โปรดระบุเหตุผลที่ไม่มีข้อมูลการให้บริการ"))


def _as_of(subject: Subject) -> Iterator[Issue]:
    text = subject.answers.get("as_of")
    if not text:
        return
    first, last = subject.period.starts_on, min(subject.period.ends_on, subject.today)
    if not first <= date.fromisoformat(text) <= last:
        yield Issue(
            "as_of",
            "identity",
            "as_of",
            N_("วันที่ของข้อมูลต้องอยู่ระหว่าง %(first)s ถึง %(last)s"),
            {"first": first, "last": last},
        )


def _volume(subject: Subject) -> Iterator[Issue]:
    grid = subject.definition.grid("volume")
    if all(subject.answers.get(name) is None for name, _, _ in grid.cells()):
        first = grid.cell(grid.rows[0].code, "offered")
        yield Issue("volume", "volume", first, N_("โปรดกรอกปริมาณงานอย่างน้อยหนึ่งกลุ่มบริการ"))
    for row in grid.rows:
        recipients = subject.number(grid.cell(row.code, "recipients"))
        for column in ("in_time", "forwarded"):
            if subject.number(grid.cell(row.code, column)) > recipients:
                yield Issue(
                    "volume",
                    "volume",
                    grid.cell(row.code, column),
                    N_("%(row)s: จำนวนนี้มากกว่าผู้รับบริการ (%(recipients)s คน)"),
                    {"row": row.label, "recipients": recipients},
                )


def _sums(subject: Subject) -> Iterator[Issue]:
    wanted = subject.number("respondents")
    for grid in subject.definition.block("respondents").grids:  # type: ignore[union-attr]
        found = sum(subject.number(name) for name, _, _ in grid.cells())
        if grid.sums_to and found != wanted:
            name = grid.cell(grid.rows[0].code, grid.columns[0].code)
            yield _sum_issue("respondents", name, grid.label, found, wanted)
    satisfaction = subject.definition.grid("satisfaction")
    for row in satisfaction.rows:
        found = subject.figures.scores[row.code].answers
        if found != wanted:
            yield _sum_issue("satisfaction", satisfaction.cell(row.code, "5"), row.label, found, wanted)


def _sum_issue(block: str, name: str, what: Text, found: int, wanted: int) -> Issue:
    message = N_("%(what)s: รวมได้ %(found)s แต่ผู้ตอบทั้งหมดมี %(wanted)s คน")
    return Issue("sum", block, name, message, {"what": what, "found": found, "wanted": wanted})


def _respondents(subject: Subject) -> Iterator[Issue]:
    if subject.figures.respondents and not subject.figures.recipients:
        yield Issue("respondents", "respondents", "respondents", N_("มีผู้ตอบแบบสำรวจ แต่ไม่มีผู้รับบริการ"))


def _warning(code: str, block: str, name: str, message: str, **values: object) -> Issue:
    return Issue(code, block, name, message, values, is_error=False)


def _warn_of_respondents(subject: Subject) -> Iterator[Issue]:
    figures = subject.figures
    if 0 < figures.recipients < figures.respondents:
        yield _warning(
            "more_respondents",
            "respondents",
            "respondents",
            N_("ผู้ตอบแบบสำรวจ (%(respondents)s คน) มากกว่าผู้รับบริการ (%(recipients)s คน)"),
            respondents=figures.respondents,
            recipients=figures.recipients,
        )
    if figures.respondents < FEW_RESPONDENTS:
        yield _warning(
            "few_respondents",
            "respondents",
            "respondents",
            N_("มีผู้ตอบแบบสำรวจน้อยกว่า %(least)s คน"),
            least=FEW_RESPONDENTS,
        )


def _warn_of_scores(subject: Subject) -> Iterator[Issue]:
    scores = list(subject.figures.scores.values())
    first = subject.definition.grid("satisfaction").cell("process", "5")
    everything = subject.figures.all_scores
    if everything.n and everything.counts[0] == everything.n and scores[0].n >= MANY_RESPONDENTS:
        yield _warning("all_highest", "satisfaction", first, N_("ทุกคำตอบอยู่ในระดับ 5 มากที่สุด"))
    elif everything.n and len(set(scores)) == 1:
        yield _warning("all_alike", "satisfaction", first, N_("ทุกด้านมีจำนวนคำตอบเหมือนกันทั้งหมด"))


def _warn_of_volume(subject: Subject) -> Iterator[Issue]:
    grid = subject.definition.grid("volume")
    for row in grid.rows:
        served = subject.number(grid.cell(row.code, "recipients"))
        if served and not subject.number(grid.cell(row.code, "offered")):
            yield _warning(
                f"not_offered_{row.code}",
                "volume",
                grid.cell(row.code, "offered"),
                N_("%(row)s: มีผู้รับบริการ แต่ไม่มีงานบริการ"),
                row=row.label,
            )


def _warn_of_history(subject: Subject) -> Iterator[Issue]:
    served = subject.figures.recipients
    before = [Figures.of(answers, subject.definition).recipients for answers in subject.earlier]
    name = subject.definition.grid("volume").cell("registration", "recipients")
    if before and before[0] and served and not before[0] / LEAP <= served <= before[0] * LEAP:
        yield _warning(
            "leap",
            "volume",
            name,
            N_("ผู้รับบริการ %(served)s คน ต่างจากไตรมาสก่อน (%(before)s คน) มากกว่า 3 เท่า"),
            served=served,
            before=before[0],
        )
    elif _is_outlier(served, before):
        yield _warning(
            "outlier",
            "volume",
            name,
            N_("ผู้รับบริการ %(served)s คน ต่างจากไตรมาสที่ผ่านมามาก"),
            served=served,
        )
    counted = subject.definition.grid("volume").cells()
    if (
        subject.earlier
        and served
        and all(subject.number(cell) == (subject.earlier[0].get(cell) or 0) for cell, _, _ in counted)
    ):
        yield _warning("same_as_before", "volume", name, N_("ปริมาณงานทุกช่องเท่ากับไตรมาสก่อน"))


def _is_outlier(value: int, before: Sequence[int]) -> bool:
    """The modified z-score, which a single odd quarter does not spoil."""
    if len(before) < QUARTERS_FOR_OUTLIERS:
        return False
    middle = median(before)
    spread = median(abs(each - middle) for each in before)
    return bool(spread) and 0.6745 * abs(value - middle) / spread > OUTLIER


# Thirteen digits as on an ID card, or a telephone number of nine or ten, with or without dashes and spaces.
_PERSONAL = re.compile(r"(?<!\d)(?:\d[ -]?){12}\d(?!\d)|(?<!\d)0(?:[ -]?\d){8,9}(?!\d)")
_THAI_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")


def _personal_data(subject: Subject) -> Iterator[Issue]:
    for block in subject.definition.blocks:
        for each in block.fields:
            text = subject.answers.get(each.code)
            if each.kind == "long_text" and text and _PERSONAL.search(text.translate(_THAI_DIGITS)):
                yield _warning(
                    f"personal_{each.code}",
                    block.code,
                    each.code,
                    N_("“%(field)s” อาจมีเลขประจำตัวประชาชนหรือเบอร์โทรศัพท์ โปรดลบออก หรือชี้แจง"),
                    field=each.label,
                )
