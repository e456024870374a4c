"""The cut-over: people of the former system come in from a file, each row by itself; a second run changes nothing."""

import csv
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from idp import database
from idp.accounts import operations as accounts
from idp.accounts.models import Account
from idp.accounts.rules import (
    Person,
    Status,
    check_name,
    check_national_id,
    family_name_of,
    is_same_name,
    normalise_national_id,
    normalise_phone,
)
from idp.appointments import provisional
from idp.audit.rules import COMMAND
from idp.notifications.rules import is_address, normalise_address
from idp.signin import claiming
from idp.units import operations as units
from thai_web import clock
from thai_web.normalisation import mend, mend_code, mend_name
from thai_web.refusal import N_, Refusal
from thai_web.thai import BUDDHIST_ERA, FIRST_YEAR

# Column: the longest text, and whether a row must have it. `docs/reference/commands.md` describes them.
COLUMNS = {
    "national_id": (40, True),
    "title": (40, False),
    "given_name": (100, True),
    "family_name": (100, False),
    "email": (254, True),
    "phone": (40, False),
    "unit_code": (20, True),
    "position": (150, True),
    "sso_admin": (10, False),
    "provisional_until": (10, False),
}
NEEDED = [name for name, (_longest, needed) in COLUMNS.items() if needed]
YES, NO = ("yes", "true", "1", "ใช่"), ("", "no", "false", "0", "ไม่ใช่")
PROVISIONAL = timedelta(days=90)
ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})")


class FileError(Exception):
    """The file as a whole cannot be read; the message says why."""


@dataclass(frozen=True)
class Result:
    """What became of a row: its line in the file, `added`, `changed`, `unchanged` or `refused`, and why."""

    line: int
    outcome: str
    why: Refusal | None = None


Row = tuple[int, dict[str, str]]


def read(lines: Iterable[str]) -> Iterator[Row]:
    """The rows of a file with their line numbers. Raises `FileError` for a heading that does not fit.

    Rows and columns without a single value, which spreadsheets leave at the ends, are passed over.
    """
    reader = csv.reader(lines, strict=True)
    try:
        names = [mend_code(name).strip() for name in next(reader, ())]
        while names and not names[-1]:
            names.pop()
        _check_heading(names)
        for cells in reader:
            filled = [bool(mend(cell).strip()) for cell in cells]
            if not any(filled):
                continue
            if len(cells) < len(names) or any(filled[len(names) :]):
                raise FileError(f"line {reader.line_num} has another number of fields than the first line")
            yield reader.line_num, dict(zip(names, cells, strict=False))
    except csv.Error as error:
        raise FileError(f"line {reader.line_num} is not CSV: {error}") from error
    except UnicodeDecodeError as error:
        raise FileError("the file is not UTF-8; save it as “CSV UTF-8”") from error


def _check_heading(names: list[str]) -> None:
    if missing := [name for name in NEEDED if name not in names]:
        raise FileError(f"the first line must name these columns: {', '.join(missing)}")
    if unknown := [name or "(no name)" for name in names if name not in COLUMNS]:
        raise FileError(f"unknown columns: {', '.join(unknown)}; known are {', '.join(COLUMNS)}")
    if twice := [name for name in COLUMNS if names.count(name) > 1]:
        raise FileError(f"columns named twice: {', '.join(twice)}")


def bring_in(rows: Iterable[Row], *, mail: bool) -> Iterator[Result]:
    """Import rows, one savepoint and one result each. Arguments: `mail`, whether new people are mailed a link."""
    outcomes: dict[int, str] = {}

    def act(row: Row) -> None:
        outcomes[row[0]] = _bring_in(row[1], mail=mail)

    for (line, _values), error in database.per_row(rows, act):
        if error is not None and not isinstance(error, Refusal):
            raise error
        yield Result(line, "refused" if error else outcomes[line], error)


def _bring_in(typed: dict[str, str], *, mail: bool) -> str:
    row = {name: _cell(name, typed.get(name, "")) for name in COLUMNS}
    unit = units.find(row["unit_code"])
    if unit is None:
        raise Refusal(N_("ไม่พบหน่วยงานนี้ในทะเบียน"))
    units.require_open(unit.id, clock.today())
    ends_on = _provisional_until(row)
    account, is_new = _account(row)
    is_changed = is_new
    if unit.id not in {posting.unit_id for posting in accounts.postings(account.id, clock.today())}:
        accounts.begin_posting(account, unit.id, row["position"], clock.today(), COMMAND)
        is_changed = True
    if ends_on and provisional.make(account.id, unit.id, ends_on):
        is_changed = True
    if is_new and mail:
        claiming.send_link(account)
    return "added" if is_new else "changed" if is_changed else "unchanged"


def _cell(name: str, typed: str) -> str:
    """The cell as a form would read it. Raises `Refusal`, its code the column's name, for what a form refuses."""
    longest, needed = COLUMNS[name]
    try:
        text = READ.get(name, _line)(typed)
        if needed and not text:
            raise Refusal(N_("ไม่ได้กรอก"))
        if len(text) > longest:
            raise Refusal(N_("ยาวเกิน %(longest)s ตัวอักษร"), longest=longest)
        if any(unicodedata.category(letter) == "Cc" for letter in text):
            raise Refusal(N_("มีอักขระที่มองไม่เห็นปนอยู่ โปรดลบแล้วพิมพ์ข้อความนี้ใหม่"))
    except Refusal as refusal:
        refusal.code = name
        raise
    return text


def _line(text: str) -> str:
    return " ".join(mend(text).split())


def _code(text: str) -> str:
    return mend_code(text).strip()


def _name(text: str) -> str:
    name = mend_name(text)
    check_name(name)
    return name


def _national_id(text: str) -> str:
    number = re.sub(r"\.0$", "", normalise_national_id(text))  # how a spreadsheet writes a number
    check_national_id(number)
    return number


def _email(text: str) -> str:
    address = normalise_address(text)
    if address and not is_address(address):
        raise Refusal(N_("อีเมลไม่ถูกต้อง โปรดกรอกให้ครบ เช่น somjai@example.go.th"))
    return address


def _phone(text: str) -> str:
    return "" if mend_code(text).strip(" -.").lower() in NO_PHONE else normalise_phone(text)


NO_PHONE = ("", "ไม่มี", "ไม่ระบุ", "none", "n/a")
READ: dict[str, Callable[[str], str]] = {
    "national_id": _national_id,
    "title": _name,
    "given_name": _name,
    "family_name": lambda text: family_name_of(_name(text)),
    "email": _email,
    "phone": _phone,
    "unit_code": _code,
    "sso_admin": _code,
    "provisional_until": _code,
}


def _provisional_until(row: dict[str, str]) -> date | None:
    """The last day of an admin's provisional appointment, the year of either era; None for who is no admin."""
    is_admin, text = row["sso_admin"].lower(), row["provisional_until"]
    if is_admin not in (*YES, *NO):
        raise Refusal(N_("คอลัมน์ sso_admin ต้องเป็น yes หรือ no"))
    if is_admin in NO:
        return None
    found = ISO.fullmatch(text)
    if not text:
        return clock.today() + PROVISIONAL
    try:
        assert found
        year, month, day = (int(part) for part in found.groups())
        return date(year - BUDDHIST_ERA if year >= FIRST_YEAR else year, month, day)
    except (AssertionError, ValueError) as error:
        raise Refusal(N_("คอลัมน์ provisional_until ต้องเป็นวันที่ เช่น 2027-03-31 หรือ 2570-03-31")) from error


def _account(row: dict[str, str]) -> tuple[Account, bool]:
    """The person's account, opened where there is none; the number decides, and the name must agree."""
    person = Person(
        row["title"],
        row["given_name"],
        row["family_name"],
        row["national_id"],
        row["email"],
        row["phone"] or None,
    )
    known = accounts.with_number(row["national_id"])
    if len(known) > 1:
        raise Refusal(N_("มีบัญชีที่ใช้เลขประจำตัวประชาชนนี้มากกว่าหนึ่งบัญชี"))
    if not known:
        return accounts.open_account(person, origin="command accounts import", actor=COMMAND), True
    if not is_same_name((known[0].given_name, known[0].family_name), (person.given_name, person.family_name)):
        raise Refusal(N_("เลขประจำตัวประชาชนนี้มีบัญชีในชื่ออื่นแล้ว"))
    if known[0].status != Status.ACTIVE:
        raise Refusal(N_("บัญชีนี้ยังเข้าใช้ไม่ได้"))
    return known[0], False
