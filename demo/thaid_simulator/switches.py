"""What can be turned while the simulator runs: every doubt and every fault that relying parties report of ThaID."""

from dataclasses import dataclass, field, fields, replace
from typing import Any


def _choice(label: str, *choices: str) -> Any:
    return field(default=choices[0], metadata={"label": label, "choices": choices})


def _yes_no(label: str, default: bool) -> Any:
    return field(default=default, metadata={"label": label})


def _number(label: str, default: int) -> Any:
    return field(default=default, metadata={"label": label})


def _words(label: str, default: str) -> Any:
    return field(default=default, metadata={"label": label})


# DOPA's manual, section 7: the codes that any endpoint may answer with, and their HTTP status.
ERRORS = {
    "invalid_request": 400,
    "invalid_scope": 400,
    "unsupported_response_type": 400,
    "unsupported_grant_type": 400,
    "unsupported_token_hint": 400,
    "unsupported_token_type": 400,
    "duplicate_request": 400,
    "server_error": 400,
    "unauthorized_client": 401,
    "invalid_client": 401,
    "user_denied": 401,
    "invalid_refresh_token": 401,
    "access_denied": 401,
    "not found": 404,
}


@dataclass(frozen=True)
class Switches:
    """The first choice of each is how ThaID is believed to behave."""

    screen: str = _choice("หน้าที่เปิดก่อน", "qr", "sandbox")
    approves_at_once: str = _words("ยืนยันทันทีด้วยเลข 13 หลักนี้ ไม่แสดงหน้าใด (เว้นว่างคือไม่ใช้)", "")
    denial: str = _choice("เมื่อผู้ใช้ไม่ยินยอม", "redirect", "page")
    denial_error: str = _choice(
        "รหัสข้อผิดพลาดเมื่อไม่ยินยอม", "user_denied", "access_denied", "server_error", "invalid_scope"
    )
    callback: str = _choice(
        "พารามิเตอร์ที่ส่งกลับ", "normal", "code_and_error", "without_code", "without_state", "wrong_state"
    )
    qr_seconds: int = _number("อายุ QR (วินาที)", 120)
    code_seconds: int = _number("อายุ code (วินาที)", 60)
    token_seconds: int = _number("อายุ token (วินาที)", 900)
    clock_skew: int = _number("นาฬิกาเร็วกว่าจริง (วินาที)", 0)
    expiry_spelling: str = _choice("ชื่อช่องวันหมดอายุ", "expires_in", "expire_in")
    expiry_is_absolute: bool = _yes_no("วันหมดอายุเป็นเวลา Unix", True)
    refresh_token: bool = _yes_no("ออก refresh token", True)
    inline_attributes: bool = _yes_no("ส่งข้อมูลนอก id_token ด้วย แม้ขอ openid", False)
    nonce: str = _choice("nonce ใน id_token", "echo", "omit", "wrong")
    audience: str = _choice("aud", "client_id", "uuid", "list")
    sub: str = _choice("sub", "pid", "pairwise", "other_pid")
    pid: str = _choice("pid", "normal", "absent", "wrong_check_digit", "with_dashes")
    ial: str = _words("ial (เว้นว่างคือไม่ส่ง)", "2.3")
    aliases: str = _choice("ชื่อช่องคำนำหน้าและบัตร", "camel", "snake", "version_1")
    middle_name: str = _choice("ชื่อกลางที่ไม่มี", "empty", "null", "absent")
    names: str = _choice("ชื่อ", "parts", "only_full", "absent")
    address: str = _choice("ที่อยู่", "object", "raw", "text")
    birthdate: str = _choice("วันเกิด", "iso", "buddhist", "year", "year_zeros", "month_zero")
    id_token: str = _choice(
        "ความผิดปกติของ id_token",
        "right",
        "missing",
        "malformed",
        "expired",
        "from_the_future",
        "old",
        "wrong_key",
        "unknown_kid",
        "without_kid",
        "alg_none",
        "hs256",
        "wrong_issuer",
        "issuer_with_slash",
        "wrong_audience",
        "wrong_azp",
    )
    revocation_wants: str = _choice("รูปแบบ token ตอนเพิกถอน", "either", "bearer", "bare")
    without_slash: str = _choice("เมื่อที่อยู่ไม่มี / ปิดท้าย", "not_found", "redirect")
    discovery: str = _choice("เอกสาร discovery", "full", "absent", "without_slashes", "wrong_issuer")
    error: str = _choice("ตอบด้วยรหัสข้อผิดพลาด", "none", *ERRORS)
    error_at: str = _choice("ตอบผิดพลาดที่", "token", "authorize", "introspect", "revoke", "userinfo")
    outage: str = _choice("ระบบล่ม", "none", "down", "slow", "not_json", "too_many")
    outage_at: str = _choice("ล่มที่", "everywhere", "discovery", "jwks", "authorize", "token", "revoke")
    slow_seconds: int = _number("ช้า (วินาที)", 5)
    firewall: bool = _yes_no("กั้นเบราว์เซอร์ HeadlessChrome", False)


FIELDS = fields(Switches)


def turned(switches: Switches, changes: dict[str, Any]) -> Switches:
    """The switches with changes laid over. Raises `ValueError` for an unknown name or value."""
    known = {each.name: each for each in FIELDS}
    values: dict[str, Any] = {}
    for name, value in changes.items():
        if name not in known:
            raise ValueError(f"there is no switch {name}")
        values[name] = _read(name, known[name].default, known[name].metadata.get("choices"), value)
    return replace(switches, **values)


def _read(name: str, default: object, choices: tuple[str, ...] | None, value: object) -> object:
    if isinstance(default, bool):
        return value in (True, "true", "on", "1")
    if isinstance(default, int):
        return int(str(value))
    if choices and value not in choices:
        raise ValueError(f"{name} is one of {', '.join(choices)}")
    return str(value)
