"""What ThaID says about a person, read out of every shape its answers are known to take."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from stdnum.th import pin

from thai_web.normalisation import mend, mend_code, mend_name
from thai_web.refusal import N_, Refusal

STATE_LIFETIME = timedelta(minutes=10)  # to find the phone and open the app
TAKE_LIFETIME = timedelta(minutes=5)  # from the callback to the page that finishes
KEPT_LIFETIME = timedelta(minutes=15)  # for who has no account yet: the privacy notice is read in between
LEEWAY = timedelta(seconds=60)  # clocks of two machines differ

DENIED = frozenset({"user_denied", "access_denied"})
LATER = frozenset({"server_error", "temporarily_unavailable"})
USED = frozenset({"invalid_request", "invalid_grant"})  # ThaID calls a used code an invalid request
OURS = frozenset(
    {
        "invalid_scope",
        "invalid_client",
        "unauthorized_client",
        "unsupported_response_type",
        "unsupported_grant_type",
        "duplicate_request",
    }
)


class Intent(StrEnum):
    """Why a person is sent to ThaID; a state made for one is worth nothing for another."""

    SIGN_IN = "SIGN_IN"
    REGISTER = "REGISTER"
    RESUME = "RESUME"
    RECOVER = "RECOVER"
    RENEW = "RENEW"


@dataclass(frozen=True)
class Place:
    """Where an intent begins, and the only path on which it may finish."""

    start: str
    finish: str


PLACES = {
    Intent.SIGN_IN: Place("/signin", "/signin/thaid"),
    Intent.REGISTER: Place("/register", "/register/thaid"),
    Intent.RESUME: Place("/registration-status/find", "/registration-status/thaid"),
    Intent.RECOVER: Place("/recovery", "/recovery/thaid"),
    Intent.RENEW: Place("/account", "/home/thaid"),
}


class ThaIDUnavailable(Refusal):
    """ThaID does not answer, or not in a way that we can read; nothing else stops because of it.

    `again` is the page on which the person began, where known.
    """

    again = "/"

    def __init__(self) -> None:
        super().__init__(
            N_("ขณะนี้ใช้ ThaID ไม่ได้"),
            next_step=N_("ท่านยังเข้าสู่ระบบด้วยชื่อผู้ใช้และรหัสผ่านได้ตามปกติ หรือรอสักครู่แล้วลอง ThaID อีกครั้ง"),
            status=503,
            code="thaid_unavailable",
        )


class ThaIDRefused(Refusal):
    """ThaID answered, and the answer does not let anybody in."""


def check_return_path(intent: Intent, path: str) -> None:
    """Raises `ValueError` unless `path` is the intent's own, with or without a query: no open redirect."""
    if path.partition("?")[0] != PLACES[intent].finish or not path.isascii() or not path.isprintable() or "#" in path:
        raise ValueError(f"{intent} does not finish there")


def start_again_path(intent: Intent, return_path: str) -> str:
    """The page on which the intent begins, with the query that its end would have had."""
    _path, mark, query = return_path.partition("?")
    return PLACES[intent].start + mark + query


def refusal_for(error: str) -> Refusal:
    """What to tell a person about an error code of ThaID, from the callback or the token endpoint."""
    if error in DENIED:
        return ThaIDRefused(
            N_("ท่านไม่ได้ยืนยันตัวตนในแอป ThaID"), next_step=N_("หากกดผิด โปรดเริ่มใหม่อีกครั้ง"), code="thaid_denied"
        )
    if error in USED:
        return ThaIDRefused(
            N_("ThaID แจ้งว่าการยืนยันตัวตนครั้งนี้ใช้ไปแล้วหรือหมดเวลา"),
            next_step=N_("โปรดเริ่มยืนยันตัวตนใหม่อีกครั้ง"),
            code="thaid_used",
        )
    return ThaIDUnavailable()


def state_refusal() -> Refusal:
    """One wording for a state that is missing, foreign, used or over."""
    return ThaIDRefused(
        N_("การยืนยันตัวตนครั้งนี้หมดเวลา ใช้ไปแล้ว หรือเริ่มจากเบราว์เซอร์อื่น"),
        next_step=N_("โปรดเริ่มยืนยันตัวตนด้วย ThaID ใหม่ในเบราว์เซอร์นี้ หากเป็นซ้ำ ให้เปิดใช้คุกกี้ในเบราว์เซอร์"),
        status=410,
        code="thaid_state",
    )


@dataclass(frozen=True)
class BirthDate:
    """A birth date as precise as the civil register knows it; the year is of the common era."""

    year: int
    month: int | None = None
    day: int | None = None

    def __str__(self) -> str:
        return "-".join([f"{self.year:04d}", *(f"{part:02d}" for part in (self.month, self.day) if part)])


@dataclass(frozen=True)
class ThaIDIdentity:
    """Who ThaID says it is. `ial` is the identity assurance level as (major, minor)."""

    national_id: str
    title: str
    given_name: str
    middle_name: str
    family_name: str
    given_name_en: str
    family_name_en: str
    birth_date: BirthDate | None
    address: str
    ial: tuple[int, int] | None


# The names under which an attribute is known to arrive: version 2, its variants, version 1.
ALIASES = {
    "pid": ("pid",),
    "title": ("title", "titleTh", "th_title"),
    "given_name": ("given_name", "th_fname"),
    "middle_name": ("middle_name", "th_mname"),
    "family_name": ("family_name", "th_lname"),
    "name": ("name", "th_fullname"),
    "given_name_en": ("given_name_en", "en_fname"),
    "family_name_en": ("family_name_en", "en_lname"),
    "birthdate": ("birthdate", "dob"),
    "ial": ("ial",),
}
TITLES = ("นางสาว", "นาง", "นาย", "น.ส.", "เด็กชาย", "เด็กหญิง", "ด.ช.", "ด.ญ.")


def identity_from(claims: Mapping[str, object]) -> ThaIDIdentity:
    """The person behind ThaID's claims.

    Raises `ThaIDUnavailable` when number or name are not among them (a matter of our registration at DOPA, not of
    the person), `ThaIDRefused` when the number is none or belongs to another than `sub`.
    """
    read = {name: _first(claims, names) for name, names in ALIASES.items()}
    given_name, family_name = _names(read)
    national_id = re.sub("[ -]", "", read["pid"])
    is_granted = family_name or read["name"] or any(name in claims for name in ALIASES["family_name"])
    if not national_id or not given_name or not is_granted:
        raise ThaIDUnavailable
    _check_number(national_id, re.sub("[ -]", "", _text(claims.get("sub"))))
    return ThaIDIdentity(
        national_id=national_id,
        title=mend_name(read["title"]),
        given_name=given_name,
        middle_name=mend_name(read["middle_name"]),
        family_name=family_name,
        given_name_en=read["given_name_en"],
        family_name_en=read["family_name_en"],
        birth_date=parse_birth_date(read["birthdate"]),
        address=_address(claims.get("address")) or _address(claims.get("house_address")),
        ial=parse_ial(read["ial"]),
    )


def _first(claims: Mapping[str, object], names: tuple[str, ...]) -> str:
    return next((text for name in names if (text := _text(claims.get(name)))), "")


def _text(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return " ".join(mend(str(value)).split())[:200]


def _names(read: Mapping[str, str]) -> tuple[str, str]:
    """Given and family name. One name is enough: who has no family name is told with an empty one."""
    given_name, family_name = mend_name(read["given_name"]), mend_name(read["family_name"])
    if given_name and family_name:
        return given_name, family_name
    first, rest = (mend_name(part) for part in _split_name(read["name"], read["title"]))
    if given_name:
        return given_name, rest if first == given_name else ""
    return first, rest


def _split_name(name: str, title: str) -> tuple[str, str]:
    """Given and family name out of a full name, whose title may stand apart, be glued on, or be missing."""
    title = next((each for each in (title, *TITLES) if each and name.startswith(each)), "")
    given_name, _space, family_name = name.removeprefix(title).strip().partition(" ")
    return given_name, family_name


def _check_number(national_id: str, sub: str) -> None:
    well_formed = len(national_id) == 13 and national_id.isascii() and national_id.isdigit()
    if not well_formed or national_id[12] != pin.calc_check_digit(national_id):
        raise invalid_answer()
    # ThaID's `sub` is the same number. Should DOPA ever make it another name, it will not have thirteen digits.
    if len(sub) == 13 and sub.isdigit() and sub != national_id:
        raise invalid_answer()


def invalid_answer() -> Refusal:
    """For an ID token that fails a check and for a number that is none: which it was is for the log."""
    return ThaIDRefused(
        N_("ข้อมูลที่ได้รับจาก ThaID ไม่ถูกต้อง จึงยังยืนยันตัวตนไม่ได้"),
        next_step=N_("โปรดเริ่มใหม่อีกครั้ง หากยังไม่ได้ โปรดแจ้งผู้ดูแล SSO ของหน่วยงาน"),
        code="thaid_invalid",
    )


def is_fictional(national_id: str) -> bool:
    """Whether nobody can have the number: class 0 or 9, or registry office 9999; they are for trying things out."""
    return national_id[0] in "09" or national_id[1:5] == "9999"


def _address(value: object) -> str:
    """One line, whether ThaID sends text, `formatted`, or eight parts joined by `#`."""
    if isinstance(value, Mapping):
        return _text(value.get("formatted")) or _address(value.get("raw"))
    return " ".join(part for part in _text(value).replace("#", " ").split(" ") if part)


BIRTH_DATE = re.compile(r"(\d{4})(?:[-/]?(\d{2}))?(?:[-/]?(\d{2}))?")
BUDDHIST_FROM, BUDDHIST_OFFSET = 2400, 543


def parse_birth_date(text: str) -> BirthDate | None:
    """A date of full or reduced precision (`YYYY`, `YYYY-00-00`, `YYYY-MM-00`, `YYYYMMDD`), of either era.

    None for anything else: nobody is turned away because of a birth date.
    """
    found = BIRTH_DATE.fullmatch(mend_code(text))
    if not found:
        return None
    year, month, day = (int(part or 0) for part in found.groups())
    if year > BUDDHIST_FROM:
        year -= BUDDHIST_OFFSET
    try:
        date(year, month or 1, day or 1)
    except ValueError:
        return None
    return BirthDate(year, month or None, (day or None) if month else None)


def parse_ial(text: str) -> tuple[int, int] | None:
    """An assurance level as integers: as text, `2.10` would be less than `2.3`."""
    found = re.fullmatch(r"(?:IAL)?\s*(\d{1,2})(?:\.(\d{1,2}))?", text, flags=re.IGNORECASE)
    return (int(found[1]), int(found[2] or 0)) if found else None


def check_assurance(ial: tuple[int, int] | None, minimum: tuple[int, int] | None) -> None:
    """Raises `ThaIDRefused` for a level below the minimum, `ThaIDUnavailable` where ThaID does not tell the level."""
    if minimum is None:
        return
    if ial is None:
        raise ThaIDUnavailable
    if ial < minimum:
        raise ThaIDRefused(
            N_("ThaID ของท่านยังไม่ผ่านการยืนยันตัวตนในระดับที่ระบบนี้ต้องใช้"),
            next_step=N_("โปรดนำบัตรประชาชนไปยืนยันตัวตน ThaID กับเจ้าหน้าที่ที่สำนักทะเบียนอำเภอหรือเทศบาล แล้วลองใหม่"),
            status=403,
            code="thaid_assurance",
        )


ABSOLUTE_FROM = 10**9  # seconds; as a duration it would be 31 years


def expires_at(token: Mapping[str, object], now: datetime) -> datetime | None:
    """When a token of ThaID ends: `expires_in` or `expire_in`, an instant as ThaID sends it or a duration as RFC 6749
    wants it; None where it does not say."""
    text = _first(token, ("expires_in", "expire_in"))
    try:
        seconds = float(text)
        return datetime.fromtimestamp(seconds, now.tzinfo) if seconds >= ABSOLUTE_FROM else now + timedelta(0, seconds)
    except (ValueError, OverflowError, OSError):
        return None
