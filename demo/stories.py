"""What the start page offers: the cast by rank, and three stories to play."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from demo.cast import AUDITOR, CLERK, DEVELOPER, DISTRICT, DLA_OFFICER, PROVINCIAL, UNIT_ADMIN, Invented

# Where somebody comes out after signing in: an application of `var/demo.json` and a path there.
DOORS = {
    "home": ("provider", "/home"),
    "approvals": ("provider", "/approvals"),
    "oversight": ("provider", "/oversight"),
    "audit": ("provider", "/audit"),
    "clients": ("provider", "/clients"),
    "info": ("info", "/dashboards/"),
}


@dataclass(frozen=True)
class Part:
    """Somebody to play: what they are, and what is worth looking at."""

    person: Invented
    rank: str
    sees: str
    door: str = "home"


PARTS = (
    Part(CLERK, "เจ้าหน้าที่ อบต.", "หน้าแรก และร่างรายงาน INFO ที่พร้อมส่ง"),
    Part(UNIT_ADMIN, "ผู้ดูแล SSO ของหน่วยงาน", "คำขอที่รอพิจารณา 3 รายการ บุคลากร และคำเชิญ"),
    Part(DISTRICT, "ท้องถิ่นอำเภอ", "อปท. 8 แห่งในอำเภอ และหนังสือต่ออายุที่รออนุมัติ"),
    Part(PROVINCIAL, "สำนักงานท้องถิ่นจังหวัด", "ภาพรวมทั้งจังหวัด และรายงาน INFO ที่รอรับรอง"),
    Part(DLA_OFFICER, "เจ้าหน้าที่ส่วนกลาง สถ.", "ภาพรวมทั้งประเทศ ทะเบียนหน่วยงาน และงวดรายงาน"),
    Part(AUDITOR, "ผู้ตรวจสอบ", "บันทึกเหตุการณ์หนึ่งปีที่ตรวจสอบย้อนกลับได้ อ่านได้อย่างเดียว", "audit"),
    Part(DEVELOPER, "ผู้พัฒนาระบบ", "ระบบที่เชื่อมต่อ และการลงทะเบียนระบบใหม่", "clients"),
)


@dataclass(frozen=True)
class Step:
    """One step: its words, and what to press: a door to go through as somebody, or a page to open."""

    words: str
    enter: Invented | None = None
    door: str = "home"
    page: str = ""  # an address of ours, or `provider:/register`
    label: str = ""


@dataclass(frozen=True)
class Story:
    """Something to play from beginning to end."""

    code: str
    title: str
    told: str
    steps: tuple[Step, ...]


STORIES = (
    Story(
        "register",
        "เจ้าหน้าที่ใหม่ลงทะเบียน",
        "ประมาณ 3 นาที เหมาะกับการเปิดในหน้าต่างส่วนตัวหรือในโทรศัพท์",
        (
            Step("เปิดหน้าลงทะเบียน แล้วกด “เริ่มลงทะเบียน”", page="provider:/register", label="เปิดหน้าลงทะเบียน"),
            Step("กรอกชื่อสมมุติ และใช้เลขประจำตัวประชาชนสมมุติ %(number)s"),
            Step("กรอกอีเมลใดก็ได้ รหัสยืนยันจะมาถึงกล่องจดหมายทดสอบ", page="/mails", label="เปิดกล่องจดหมาย"),
            Step("เลือก อบต.สระกรวด อ.ศรีเทพ จ.เพชรบูรณ์ ตำแหน่งใดก็ได้ และสิทธิ์ “ผู้บันทึกรายงาน”"),
            Step("แนบคำสั่งแต่งตั้งตัวอย่าง", page="/papers/order.pdf", label="ดาวน์โหลดคำสั่ง"),
            Step("แนบบัตรเจ้าหน้าที่ตัวอย่าง", page="/papers/staff-card.jpg", label="ดาวน์โหลดบัตร"),
            Step("ตรวจสอบแล้วส่งคำขอ จดเลขที่คำขอไว้ แล้วเล่นเรื่องถัดไปเพื่ออนุมัติ"),
        ),
    ),
    Story(
        "decide",
        "ผู้ดูแลพิจารณาคำขอ",
        "ประมาณ 2 นาที มีคำขอรออยู่แล้ว ไม่ต้องลงทะเบียนก่อน",
        (
            Step("เข้าเป็นวิไล ผู้ดูแล SSO ของ อบต.สระกรวด", enter=UNIT_ADMIN, door="approvals", label="เข้าเป็นวิไล"),
            Step("เปิดคำขอรายการแรก อ่านเอกสารเทียบกับข้อมูล แล้วอนุมัติ หรือส่งกลับพร้อมเหตุผล"),
            Step("อ่านจดหมายแจ้งผลที่ผู้ขอได้รับ", page="/mails", label="เปิดกล่องจดหมาย"),
            Step("เข้าเป็นธิดา ผู้ตรวจสอบ เพื่อดูว่าใครเปิดเอกสารและใครตัดสิน", enter=AUDITOR, door="audit", label="เข้าเป็นธิดา"),
        ),
    ),
    Story(
        "certify",
        "รายงาน INFO ได้รับการรับรอง",
        "ประมาณ 3 นาที ร่างรายงานของ อบต.สระกรวด กรอกไว้ครบแล้ว",
        (
            Step("เข้าเป็นสมใจ เปิด INFO ตรวจร่างรายงาน แล้วส่งจังหวัด", enter=CLERK, door="info", label="เข้าเป็นสมใจ"),
            Step("เข้าเป็นประสิทธิ์ เปิดรายงานของ อบต.สระกรวด แล้วรับรอง", enter=PROVINCIAL, door="info", label="เข้าเป็นประสิทธิ์"),
            Step("เข้าเป็นมาลี ดูผลรวมและแนวโน้มแปดไตรมาสของประเทศ", enter=DLA_OFFICER, door="info", label="เข้าเป็นมาลี"),
        ),
    ),
)


def parts(people: Mapping[str, Mapping[str, Any]]) -> list[Part]:
    """Those of the cast who are there."""
    return [part for part in PARTS if part.person.username in people]


def stories(people: Mapping[str, Mapping[str, Any]]) -> list[Story]:
    """The stories whose people are all there."""
    return [
        story for story in STORIES if all(step.enter is None or step.enter.username in people for step in story.steps)
    ]
