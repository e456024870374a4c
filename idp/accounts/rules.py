"""What a username, a name and a national ID may be, and when a posting counts."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from urllib.parse import quote, urlsplit

from stdnum.th import pin

from idp.refusal import N_, Refusal

USERNAME = re.compile(r"[a-z][a-z0-9._-]{3,39}")
RESERVED = frozenset({"admin", "administrator", "root", "system", "support", "dla", "thaid", "info", "sso"})
THAI_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")


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
    """What a person may tell of herself; nobody checks it, and nothing is decided by it."""

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
        raise Refusal(N_("กรอกที่อยู่เว็บให้ครบ เช่น https://www.example.go.th"))
    address = parts._replace(
        netloc=host if parts.port is None else f"{host}:{parts.port}",
        path=quote(parts.path, safe="/%:@!$&'()*+,;=~"), query=quote(parts.query, safe="/%:@!$&'()*+,;=~?"),
        fragment=quote(parts.fragment, safe="/%:@!$&'()*+,;=~?"),
    ).geturl()  # fmt: skip
    if len(address) > LONGEST_WEB_ADDRESS:
        raise Refusal(N_("ที่อยู่เว็บยาวเกินไป"))
    return address


def check_own_name(text: str) -> None:
    """Raises `Refusal` for a middle name or nickname with anything but letters, spaces, dots, hyphens, apostrophes."""
    if not all(unicodedata.category(letter)[0] in "LM" or letter in " .-'’" for letter in text):
        raise Refusal(N_("ใช้ได้เฉพาะตัวอักษร เว้นวรรค จุด และขีด"))


def normalise_national_id(text: str) -> str:
    """Thirteen digits out of what was typed: Thai digits, dashes and spaces are accepted."""
    return re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", text).translate(THAI_DIGITS))


def check_national_id(digits: str) -> None:
    """Raises `Refusal` unless the thirteen digits carry the right check digit."""
    if len(digits) != 13 or not digits.isascii() or not digits.isdigit():
        raise Refusal(N_("เลขประจำตัวประชาชนต้องมี 13 หลัก"))
    if digits[12] != pin.calc_check_digit(digits):
        raise Refusal(N_("เลขประจำตัวประชาชนไม่ถูกต้อง โปรดตรวจสอบกับบัตรอีกครั้ง"))


def holds_national_id(text: str) -> bool:
    """Whether thirteen digits follow each other in a text, in either script, with or without dashes and spaces."""
    plain = text.translate(THAI_DIGITS).replace("-", "").replace(" ", "")
    return re.search(r"\d{13}", plain) is not None


def check_username(text: str) -> str:
    """The username as stored. Raises `Refusal` with the rule that it breaks."""
    name = text.strip().casefold()
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
