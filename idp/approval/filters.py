"""What the queue shows, as its address says it: filters and words. Pure, as `rules`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from idp.accounts.rules import Proof, search_words
from idp.registration.fields import PURPOSE_NAMES
from thai_web.normalisation import mend, mend_code
from thai_web.refusal import N_

MINE, OTHERS, RETURNED = "mine", "others", "returned"
OPEN_SHOWS = (MINE, OTHERS, RETURNED)  # what waits for somebody: counted, oldest first
LONGEST_QUERY = 100
MOST_WORDS = 8
# Each filter with its values and their names; of `unit` and `role` the values stand in the database.
FACETS: Mapping[str, Mapping[str, str]] = {
    "show": {
        MINE: N_("รอท่านพิจารณา"),
        OTHERS: N_("รอผู้อื่นพิจารณา"),
        RETURNED: N_("รอผู้ขอแก้ไข"),
        "approved": N_("อนุมัติแล้ว"),
        "rejected": N_("ไม่อนุมัติ"),
    },
    "age": {"3": N_("รอ 3 วันขึ้นไป"), "7": N_("รอ 7 วันขึ้นไป"), "30": N_("รอ 30 วันขึ้นไป")},
    "purpose": {purpose.value: name for purpose, name in PURPOSE_NAMES.items()},
    "proof": {Proof.THAID.value: N_("ยืนยันด้วย ThaID แล้ว"), Proof.CLAIMED.value: N_("กรอกข้อมูลด้วยตนเอง")},
    "alike": {"yes": N_("โทรศัพท์หรือเอกสารตรงกับรายการอื่น")},
}
FACET_NAMES = {
    "show": N_("ผู้ที่ต้องดำเนินการ"),
    "age": N_("รอมานาน"),
    "purpose": N_("เรื่องที่ขอ"),
    "proof": N_("การยืนยันตัวตน"),
    "alike": N_("โทรศัพท์หรือเอกสารซ้ำ"),
    "unit": N_("หน่วยงาน"),
    "role": N_("สิทธิ์ที่ขอ"),
}
FIELDS = {
    "name": "name",
    "ชื่อ": "name",
    "position": "position",
    "ตำแหน่ง": "position",
    "email": "email",
    "อีเมล": "email",
    "phone": "phone",
    "โทร": "phone",
    "ref": "reference",
    "เลขที่": "reference",
    "unit": "unit",
    "หน่วยงาน": "unit",
}


@dataclass(frozen=True)
class Word:
    """One word of a search: where it must stand (anywhere when `field` is empty), or must not."""

    field: str
    text: str
    excluded: bool = False


@dataclass(frozen=True)
class Filters:
    """What is chosen: at most one value of each filter, and the words typed."""

    chosen: Mapping[str, str] = field(default_factory=dict)
    q: str = ""

    @property
    def show(self) -> str:
        """Which of the five lists."""
        return self.chosen.get("show", MINE)

    @property
    def is_open(self) -> bool:
        """Whether the list is of what waits for somebody."""
        return self.show in OPEN_SHOWS

    @property
    def narrowing(self) -> dict[str, str]:
        """The filters chosen within the list."""
        return {name: value for name, value in self.chosen.items() if name != "show"}

    def to(self, name: str, value: str = "") -> "Filters":
        """The same with another value of one filter, or without it."""
        rest = {each: kept for each, kept in self.chosen.items() if each != name}
        return replace(self, chosen=rest | ({name: value} if value else {}))

    def query(self, **more: Any) -> dict[str, Any]:
        """The parts of the address; what is usual is left out, so that equal lists have equal addresses."""
        parts = {name: self.chosen[name] for name in FACET_NAMES if name in self.chosen}
        if parts.get("show") == MINE:
            del parts["show"]
        return {**parts, **({"q": self.q} if self.q else {}), **more}

    @property
    def words(self) -> list[Word]:
        """The search in words: `ปรานี`, `unit:670603`, `-ตำแหน่ง:นายก`."""
        return [_word(each) for each in search_words(self.q)[:MOST_WORDS] if each.strip("-:")]


def parse(given: Mapping[str, str]) -> Filters:
    """Read an address. What it does not know it leaves out: an old link still opens a list."""
    chosen = {name: given[name] for name, values in FACETS.items() if given.get(name, "") in values}
    if re.fullmatch("[0-9A-Z]{1,12}", given.get("unit", "")):
        chosen["unit"] = given["unit"]
    if re.fullmatch("[0-9]{1,9}", given.get("role", "")):
        chosen["role"] = given["role"]
    words = mend(given.get("q", "").replace("\0", " ")[:LONGEST_QUERY])
    return Filters(chosen, " ".join(word for word in words.split() if not is_national_id(word)))


def is_national_id(word: str) -> bool:
    """Whether thirteen digits were typed: they belong into no address and no log, so nothing is found by them."""
    return bool(re.fullmatch(r"\D*(\d\D?){13}\D*", mend_code(word)))


def _word(typed: str) -> Word:
    excluded, text = typed.startswith("-"), typed.removeprefix("-")
    where, colon, value = text.partition(":")
    known = FIELDS.get(where) if colon and value else None
    return Word(known or "", value if known else text, excluded)
