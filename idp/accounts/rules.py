"""What a username, a name, a telephone number and a national ID may be, and when a posting counts."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from urllib.parse import quote, urlsplit

from stdnum.th import pin

from thai_web.normalisation import comparable, mend_code
from thai_web.refusal import N_, Refusal

USERNAME = re.compile(r"[a-z][a-z0-9._-]{3,39}")
RESERVED = frozenset({"admin", "administrator", "root", "system", "support", "dla", "thaid", "info", "sso"})


class Status(StrEnum):
    """Whether a person may sign in."""

    ACTIVE = "ACTIVE"
    SUSPENDED = "SUSPENDED"


class Proof(StrEnum):
    """How the person behind an account was proven."""

    CLAIMED = "CLAIMED"  # typed by hand, judged by a reviewer on documents
    THAID = "THAID"


@dataclass(frozen=True)
class Person:
    """Who somebody is: what a registration hands over when an account is opened."""

    title: str
    given_name: str
    family_name: str
    national_id: str
    email: str
    phone: str | None = None


class Gender(StrEnum):
    """As OpenID Connect Core, section 5.1, spells it; who would rather not say says nothing."""

    FEMALE = "female"
    MALE = "male"


@dataclass(frozen=True)
class Details:
    """What a person may tell of themselves; nobody checks it, and nothing is decided by it."""

    middle_name: str | None = None
    nickname: str | None = None
    profile: str | None = None
    picture: str | None = None
    website: str | None = None
    gender: str | None = None
    birthdate: date | None = None
    address: str | None = None


LONGEST_WEB_ADDRESS = 500


def normalise_web_address(text: str) -> str:
    """An address of a page or picture as it is told: Thai letters escaped. Raises `Refusal` when it is none."""
    try:
        parts = urlsplit(text.strip())
        host, _port = (parts.hostname or "").encode("idna").decode(), parts.port
    except ValueError:  # a UnicodeError is one, too
        host = ""
    is_plain = host and "." in host and parts.username is None and not re.search(r"[\s\\<>\"]", text.strip())
    if not is_plain or parts.scheme not in ("https", "http"):
        raise Refusal(N_("โปรดกรอกที่อยู่เว็บให้ครบ เช่น https://www.example.go.th"))
    address = parts._replace(
        netloc=host if parts.port is None else f"{host}:{parts.port}",
        path=quote(parts.path, safe="/%:@!$&'()*+,;=~"),
        query=quote(parts.query, safe="/%:@!$&'()*+,;=~?"),
        fragment=quote(parts.fragment, safe="/%:@!$&'()*+,;=~?"),
    ).geturl()
    if len(address) > LONGEST_WEB_ADDRESS:
        raise Refusal(N_("ที่อยู่เว็บยาวเกินไป"))
    return address


def full_name(title: str, given_name: str, family_name: str) -> str:
    """The name as shown: title and given name run together in Thai. One name is enough: some have no family name."""
    return f"{title}{given_name} {family_name}".rstrip()


def check_name(text: str) -> None:
    """Raises `Refusal` for a name with anything but letters, spaces, dots, hyphens and apostrophes."""
    if not all(unicodedata.category(letter)[0] in "LM" or letter in " .-'’" for letter in text):
        raise Refusal(N_("ใช้ได้เฉพาะตัวอักษร เว้นวรรค จุด และขีด"))


_NO_FAMILY_NAME = ("-", "ไม่มี", "ไม่มีนามสกุล", "ไม่มีชื่อสกุล", "ไม่ระบุ", "none", "n/a")


def is_same_name(one: tuple[str, str], other: tuple[str, str]) -> bool:
    """Whether two pairs of given and family name read alike, wherever the border between the two was drawn."""
    return _letters(*one) == _letters(*other)


def is_name_of(text: str, given_name: str, family_name: str) -> bool:
    """Whether a name in one piece, perhaps with a title before it or without the family name, may be a person's."""
    typed, full = _letters(text, ""), _letters(given_name, family_name)
    return typed.endswith((full, _letters(given_name, "")))


def family_name_of(text: str) -> str:
    """The family name that was written, in its spelling; empty where the words say that there is none."""
    return "" if comparable(text).replace(" ", "") in _NO_FAMILY_NAME else text


def _letters(given_name: str, family_name: str) -> str:
    return comparable(f"{given_name}{family_name_of(family_name)}").replace(" ", "")


# Bangkok and the provinces have nine digits, mobiles ten (NBTC numbering plan); both without the leading 0 here.
_NATIONAL = re.compile(r"[2-57][0-9]{7}|[689][0-9]{8}")
_CALLED = re.compile(r"^(?:tel|โทรศัพท์|โทร|มือถือ)[.:\s]*")
_EXTENSION = re.compile(r"(?:ต่อ|;?ext(?:ension)?[.=]?|#)\s*(\d{1,5})(?:\s*[-,/]\s*\d{1,5})*")
# `0-5671-1234-5` on a letterhead are two lines, the second told by the digits in which it differs.
_RANGE = re.compile(r"(.+\d)\s*(?:[-/~]|ถึง)\s*(\d{1,4})")
_PREFIX = re.compile(r"^(?:(?:\+|00)66|66(?=0?\d{8,9}$))?0?")
_DECIMAL = re.compile(r"^(\d{8,10})\.0$")  # how a spreadsheet writes a number
_SEPARATED = re.compile(r"[\s().-]")


def mask_national_id(digits: str) -> str:
    """The last three digits in the card's grouping: enough for its owner to recognise it."""
    return f"x-xxxx-xxxxx-{digits[10:12]}-{digits[12]}"


def normalise_phone(text: str) -> str:
    """A Thai telephone number as stored: `056123456 ต่อ 12`; of several lines in a row, the first.

    What a spreadsheet did to a number is undone where nothing was lost but the leading 0. Raises `Refusal` for
    anything that could be another number than was meant.
    """
    written = _CALLED.sub("", mend_code(text).strip().lower().removeprefix("'"))
    extension = _EXTENSION.search(written)
    if extension:
        written = written[: extension.start()] if extension.end() == len(written) else ""
    digits = _digits(written) or _first_line(written)
    if digits is None:
        raise Refusal(N_("โปรดกรอกหมายเลขโทรศัพท์ไทยหมายเลขเดียว 9–10 หลัก เช่น 0812345678 หรือ 056123456 ต่อ 12"))
    return f"0{digits} ต่อ {extension[1]}" if extension else f"0{digits}"


def _digits(written: str) -> str | None:
    """The digits after the leading 0 or +66; None when the text is no number."""
    plain = _SEPARATED.sub("", _DECIMAL.sub(r"\1", written.strip()))
    digits = _PREFIX.sub("", plain, count=1)
    return digits if _NATIONAL.fullmatch(digits) else None


def _first_line(written: str) -> str | None:
    found = _RANGE.fullmatch(written.strip())
    digits = _digits(found[1]) if found else None
    return digits if found and digits and digits[-len(found[2]) :] < found[2] else None


_IN_A_SEARCH = re.compile(
    r"(?<![^\s:])(?:tel[.:]?\s*|(?:โทรศัพท์|โทร|มือถือ)[.\s]*)?(?P<number>\+?\(?\d[\d\s().-]{6,}\d"
    r"(?:\s*(?:ต่อ|;?ext(?:ension)?[.=]?|#)\s*\d{1,5})?)[,;]*(?!\S)"
)


def search_words(text: str) -> list[str]:
    """The words of a search among people, as they are compared; a telephone number becomes one word, as stored."""
    return _IN_A_SEARCH.sub(lambda found: _as_stored(found["number"]), comparable(text)).split()


def _as_stored(written: str) -> str:
    try:
        return normalise_phone(written)
    except Refusal:
        return written


def international_phone(stored: str | None) -> str | None:
    """A telephone number as OpenID Connect wants it (E.164, an extension as in RFC 3966): 081 234 5678 is +66812345678.

    None where what is stored is no number: a system that is told nothing asks; one that is told rubbish dials it.
    """
    try:
        number, _mark, extension = normalise_phone(stored or "").partition(" ต่อ ")
    except Refusal:
        return None
    return f"+66{number[1:]}" + (f";ext={extension}" if extension else "")


def normalise_national_id(text: str) -> str:
    """Thirteen digits out of what was typed: digits of any script, dashes and spaces are accepted."""
    return re.sub(r"[\s-]", "", mend_code(text))


def check_national_id(digits: str) -> None:
    """Raises `Refusal` unless the thirteen digits carry the right check digit."""
    if len(digits) != 13 or not digits.isascii() or not digits.isdigit():
        raise Refusal(N_("เลขประจำตัวประชาชนต้องมี 13 หลัก"))
    if digits[12] != pin.calc_check_digit(digits):
        raise Refusal(N_("เลขประจำตัวประชาชนไม่ถูกต้อง โปรดตรวจสอบกับบัตรอีกครั้ง"))


def holds_national_id(text: str) -> bool:
    """Whether thirteen digits follow each other in a text, in either script, with or without dashes and spaces."""
    return re.search(r"\d{13}", re.sub("[ -]", "", mend_code(text))) is not None


def normalise_username(text: str) -> str:
    """A username as stored and compared: no two differ in capitals."""
    return mend_code(text).strip().casefold()


def check_username(text: str) -> str:
    """The username as stored. Raises `Refusal` with the rule that it breaks."""
    name = normalise_username(text)
    if not USERNAME.fullmatch(name):
        raise Refusal(
            N_("ชื่อผู้ใช้ต้องขึ้นต้นด้วยตัวอักษรอังกฤษ ยาว 4–40 ตัว ใช้ได้เฉพาะ a–z, 0–9, จุด ขีดกลาง และขีดล่าง"),
            code="username",
        )
    if name in RESERVED:
        raise Refusal(N_("ชื่อผู้ใช้นี้สงวนไว้ โปรดเลือกชื่ออื่น"), code="username")
    return name


def in_force(starts_on: date, ends_on: date | None, day: date) -> bool:
    """Whether dates, both inclusive, cover a day."""
    return starts_on <= day and (ends_on is None or day <= ends_on)
