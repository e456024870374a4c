"""The words of screens and mails: polite, written rather than spoken, one verb for one act. Why, and what is better,
stands in `docs/reference/glossary.md`."""

import ast
import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from tests.architecture.test_house_rules import PYTHON
from tests.architecture.translations import APPLICATIONS, catalogue_file

MAILS = sorted(path for root in APPLICATIONS for path in Path(root).rglob("mail/*.th.txt"))

# What once stood on a screen, why an officer stumbled over it, and what stands there now.
WORST = (
    (r"ถ้า", "spoken: the word of the manual, not of a screen", "หาก"),
    (r"ยังส่งไม่ได้", "nothing was sent where one signs in, searches or decides", "โปรดแก้ไขข้อมูลต่อไปนี้"),
    (r"\bMB\b", "English", "เมกะไบต์"),
    (r"ท่านคือใคร", "blunt to a superior", "ข้อมูลของท่าน"),
    (r"ตราประทับ|ประทับตรา", "a seal is of wax", "ลำดับในห่วงโซ่บันทึก"),
    (r"ทางกลับเข้าบัญชี", "“a way back”, translated", "ลิงก์กู้คืนบัญชี"),
    (r"ไม่ต้องทำอะไร", "curt", "โปรดเพิกเฉยต่ออีเมลฉบับนี้"),
    (r"ก็พอ|ได้เลย", "spoken", "เพียงอย่างใดอย่างหนึ่ง, ได้ทันที"),
    (r"(?<!%\()\{[a-z_]+\}", "a placeholder is for programmers", "a sentence that says what is put in"),
    (r"(ยุติ|ถอน|สิ้นสุด)สิทธิ์", "four verbs for one act", "ยกเลิกสิทธิ์"),
    (r"(ยกเลิก|ถอน)การมอบหมาย", "four verbs for one act", "ยุติการมอบหมาย"),
    (r"(ยกเลิก|ยุติ)คำขอ", "four verbs for one act", "ถอนคำขอ"),
    (r"(ยกเลิก|ยุติ|ถอน)บัญชี", "four verbs for one act", "ระงับบัญชี"),
    (r"[๐-๙0-9s] น\.", "the line may break before น.", "a no-break space, or the filter thai_datetime"),
)
# A refusal that only commands. What merely tells that something is not possible ends otherwise.
COMMAND = re.compile(
    "(กรอก|เลือก|ตรวจ|ลอง|เปิด|บอก|ระบุ|ทำเครื่องหมาย|ยืนยัน|ตั้งชื่อ|ลบ|ลด|กลับไป|ย้อนกลับ|แก้ไข|รอสัก|อ่าน|ชี้แจง|ตอบ|เริ่มใหม่|ให้)"
    r"(?!.*(ไม่ได้|ไม่สำเร็จ|แล้ว$|ตั้งแต่วันแรก|ครบจำนวนครั้ง))"
)
REFUSING = re.compile(r"(required|\w*Refus(al|ed)|refused|Conflict|NotFound|Forbidden|Incomplete|\w*Validation\w*)$")


def _texts() -> list[str]:
    found = [path.read_text(encoding="utf-8") for path in MAILS]
    for application in APPLICATIONS:
        with catalogue_file(application).open("rb") as file:
            found += [each.id if isinstance(each.id, str) else each.id[0] for each in read_po(file) if each.id]
    return found


@pytest.mark.parametrize(("phrase", "why", "better"), WORST, ids=[phrase for phrase, _why, _better in WORST])
def test_a_phrase_that_made_officers_stumble_does_not_return(phrase: str, why: str, better: str) -> None:
    found = [text for text in _texts() if re.search(phrase, text)]
    assert not found, f"{why}; better: {better}"


def _refusals(path: Path) -> list[str]:
    """The Thai texts that the code of a file gives to a refusal, and what it says one can do."""
    found = []
    for call in (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        told = call.args if REFUSING.match(name) else []
        told = [*told, *(each.value for each in call.keywords if each.arg == "next_step")]
        for marked in told:
            if isinstance(marked, ast.Call) and marked.args and isinstance(text := marked.args[0], ast.Constant):
                found.append(str(text.value))
    return found


def test_what_refuses_asks_politely() -> None:
    told = {text: path for path in PYTHON for text in _refusals(path)}
    assert len(told) > 250  # the reading finds them
    assert not {text: str(path) for text, path in told.items() if COMMAND.match(text)}
