"""Why can this person not get in? Pure: a list of named checks, each answered for whoever helps them."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from thai_web.refusal import N_


class Answer(StrEnum):
    """What a check found."""

    GOOD = "GOOD"
    NOTE = "NOTE"  # nothing is wrong, but it is worth knowing
    STOPS = "STOPS"


@dataclass(frozen=True)
class Finding:
    """One check's answer: what was asked, what is so, and what to do about it."""

    asked: str
    answer: Answer
    told: str
    next_step: str = ""


@dataclass(frozen=True, kw_only=True)
class Facts:
    """All that the checks rest on, for one person and one system, today."""

    system_works: bool
    signs_people_in: bool
    lacks_secret: bool
    is_sandbox: bool
    is_first_party: bool
    account_works: bool
    has_password: bool
    proven_by_thaid: bool
    is_locked: bool
    postings: int
    posting_begins_later: bool
    declares_roles: bool
    holds_role: bool
    role_fits_unit: bool
    agreed: frozenset[str]
    asked_scopes: frozenset[str]
    is_signed_in: bool


def _finding(asked: str, good: bool, told_good: str, told_bad: str, next_step: str) -> Finding:
    return Finding(asked, Answer.GOOD, told_good) if good else Finding(asked, Answer.STOPS, told_bad, next_step)


def the_system_works(f: Facts) -> Finding:
    return _finding(
        N_("ระบบเปิดใช้งานอยู่หรือไม่"),
        f.system_works,
        N_("เปิดใช้งานอยู่"),
        N_("ระบบถูกระงับ ไม่มีผู้ใดเข้าได้"),
        N_("ให้ สถ. ตรวจเหตุผลที่ระงับ แล้วให้ใช้งานได้อีกในหน้าของระบบ"),
    )


def the_system_signs_people_in(f: Facts) -> Finding:
    return _finding(
        N_("ระบบนี้ให้ผู้ใช้เข้าสู่ระบบหรือไม่"),
        f.signs_people_in,
        N_("ให้ผู้ใช้เข้าสู่ระบบ"),
        N_("ระบบนี้เรียกในนามของระบบเท่านั้น"),
        N_("ให้ สถ. เพิ่ม “ให้ผู้ใช้เข้าสู่ระบบ” ในทะเบียนของระบบ หากควรเป็นเช่นนั้น"),
    )


def the_system_has_a_secret(f: Facts) -> Finding:
    return _finding(
        N_("ระบบมีรหัสลับที่ใช้ได้หรือไม่"),
        not f.lacks_secret,
        N_("มี หรือไม่ต้องใช้รหัสลับ"),
        N_("รหัสลับหมดอายุทุกตัว ไม่มีผู้ใดเข้าได้"),
        N_("ให้ สถ. ออกรหัสลับใหม่ และให้ผู้ดูแลระบบนั้นนำไปใช้"),
    )


def the_account_works(f: Facts) -> Finding:
    return _finding(
        N_("บัญชีใช้งานได้หรือไม่"),
        f.account_works,
        N_("ใช้งานได้"),
        N_("บัญชีถูกระงับ"),
        N_("ให้ผู้ดูแล SSO ตรวจเหตุผลในหน้าบุคลากร แล้วยกเลิกการระงับหากสมควร"),
    )


def there_is_a_way_to_sign_in(f: Facts) -> Finding:
    return _finding(
        N_("มีวิธีเข้าสู่ระบบหรือไม่"),
        f.has_password or f.proven_by_thaid,
        N_("มีรหัสผ่าน หรือยืนยันด้วย ThaID แล้ว"),
        N_("ยังไม่ได้ตั้งรหัสผ่าน และยังไม่ได้ยืนยันด้วย ThaID"),
        N_("ให้เจ้าของบัญชีเข้าสู่ระบบด้วย ThaID หรือเปิดลิงก์ตั้งรหัสผ่านในอีเมลผลการพิจารณา"),
    )


def the_password_is_not_locked(f: Facts) -> Finding:
    return _finding(
        N_("กรอกรหัสผ่านผิดหลายครั้งหรือไม่"),
        not f.is_locked,
        N_("ไม่ได้ถูกล็อก"),
        N_("กรอกรหัสผ่านผิดหลายครั้ง จึงต้องรอ"),
        N_("รอสักครู่ เข้าด้วย ThaID หรือให้ผู้ดูแล SSO ปลดล็อกในหน้าบุคลากร"),
    )


def a_posting_is_in_force(f: Facts) -> Finding:
    begins = N_("สังกัดยังไม่ถึงวันเริ่มต้น")
    told = begins if f.posting_begins_later else N_("ไม่มีสังกัดที่มีผลในวันนี้ ระบบจึงไม่ได้รับหน่วยงานและสิทธิ์")
    return _finding(
        N_("มีสังกัดที่มีผลในวันนี้หรือไม่"),
        f.postings > 0,
        N_("มี"),
        told,
        N_("รอถึงวันเริ่มต้น หรือให้เจ้าของบัญชีแจ้งย้ายหน่วยงานหรือขอเพิ่มสังกัด"),
    )


def the_posting_is_chosen(f: Facts) -> Finding | None:
    if f.postings < 2:
        return None
    return Finding(
        N_("มีหลายสังกัดหรือไม่"),
        Answer.NOTE,
        N_("มีหลายสังกัด ระบบได้รับหน่วยงานและสิทธิ์ของสังกัดที่เลือกเท่านั้น"),
        N_("ให้เจ้าของบัญชีเลือกสังกัดที่มีสิทธิ์ในระบบนี้ ที่หน้าแรก"),
    )


def a_role_is_held(f: Facts) -> Finding:
    if not f.declares_roles:
        return Finding(N_("มีสิทธิ์ในระบบนี้หรือไม่"), Answer.GOOD, N_("ระบบนี้ไม่ได้กำหนดสิทธิ์ ผู้ใช้ทุกคนเข้าใช้ได้"))
    return _finding(
        N_("มีสิทธิ์ในระบบนี้หรือไม่"),
        f.holds_role,
        N_("มี"),
        N_("ไม่มีสิทธิ์ จึงไม่เห็นระบบในหน้าแรก และระบบนั้นมักไม่ให้เข้า"),
        N_("ให้เจ้าของบัญชีขอสิทธิ์เพิ่มในหน้าแรก แล้วให้ผู้ดูแล SSO พิจารณา"),
    )


def a_role_fits_the_unit(f: Facts) -> Finding | None:
    if not f.declares_roles or f.holds_role or not f.postings:
        return None
    return _finding(
        N_("หน่วยงานประเภทนี้มีสิทธิ์ในระบบนี้ได้หรือไม่"),
        f.role_fits_unit,
        N_("อนุญาต"),
        N_("ไม่มีสิทธิ์ใดของระบบนี้ที่ใช้กับหน่วยงานประเภทนี้ได้"),
        N_("หากควรมีได้ ให้ สถ. เพิ่มประเภทหน่วยงานในสิทธิ์ของระบบ"),
    )


def the_person_agreed(f: Facts) -> Finding:
    asked = N_("อนุญาตให้ระบบนี้ใช้ข้อมูลแล้วหรือไม่")
    if f.is_first_party:
        return Finding(asked, Answer.GOOD, N_("ระบบของ สถ. เอง จึงไม่ถาม"))
    if f.asked_scopes <= f.agreed:
        return Finding(asked, Answer.GOOD, N_("อนุญาตแล้ว"))
    return Finding(
        asked,
        Answer.NOTE,
        N_("ยังไม่ได้อนุญาต หรืออนุญาตไม่ครบ ระบบจะถามเมื่อเข้าครั้งถัดไป"),
        N_("ให้เจ้าของบัญชีกด “อนุญาต” เมื่อถูกถาม"),
    )


def the_person_is_signed_in(f: Facts) -> Finding:
    asked = N_("ขณะนี้เข้าสู่ระบบอยู่หรือไม่")
    if f.is_signed_in:
        return Finding(asked, Answer.GOOD, N_("เข้าสู่ระบบอยู่อย่างน้อยหนึ่งเครื่อง"))
    return Finding(asked, Answer.NOTE, N_("ไม่ได้เข้าสู่ระบบอยู่ ระบบจะให้เข้าสู่ระบบก่อน"))


def the_system_is_in_use(f: Facts) -> Finding | None:
    if not f.is_sandbox:
        return None
    return Finding(
        N_("ระบบนี้ใช้งานจริงหรือไม่"),
        Answer.NOTE,
        N_("เป็นระบบทดสอบ ข้อมูลในระบบนั้นอาจไม่ใช่ข้อมูลจริง"),
        N_("ตรวจว่าเจ้าของบัญชีเปิดที่อยู่ของระบบใช้งานจริง ไม่ใช่ระบบทดสอบ"),
    )


CHECKS: tuple[Callable[[Facts], Finding | None], ...] = (
    the_system_works,
    the_system_signs_people_in,
    the_system_has_a_secret,
    the_account_works,
    there_is_a_way_to_sign_in,
    the_password_is_not_locked,
    a_posting_is_in_force,
    the_posting_is_chosen,
    a_role_is_held,
    a_role_fits_the_unit,
    the_person_agreed,
    the_person_is_signed_in,
    the_system_is_in_use,
)


def findings(facts: Facts) -> list[Finding]:
    """Every check's answer, in the order in which they matter."""
    return [found for check in CHECKS if (found := check(facts)) is not None]


def verdict(found: list[Finding]) -> Finding | None:
    """The first thing that stops them, or nothing."""
    return next((each for each in found if each.answer is Answer.STOPS), None)
