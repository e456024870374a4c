"""The cast: invented people of real units, with fictional national IDs."""

from dataclasses import dataclass
from functools import lru_cache

from stdnum.th import pin


@lru_cache
def fictional_national_id(number: int) -> str:
    """A national ID that nobody has: class 9 is assigned to no one. `number` picks one of 100 million."""
    head = f"9990{number:08d}"
    return head + str(pin.calc_check_digit(head + "0"))


@dataclass(frozen=True)
class Invented:
    """A person of the cast."""

    key: str
    title: str
    given_name: str
    family_name: str
    email: str
    unit_code: str
    position: str
    number: int
    phone: str | None = None

    @property
    def national_id(self) -> str:
        return fictional_national_id(self.number)

    @property
    def username(self) -> str:
        return self.key.replace("_", ".")


PASSWORD = "river-lamp-garden-2569"

DLA_OFFICER = Invented(
    "malee_officer", "นางสาว", "มาลี", "ส่วนกลาง", "malee@dla.example.go.th", "DLA", "นักวิชาการคอมพิวเตอร์", 1
)
PROVINCIAL = Invented(
    "prasit_province", "นาย", "ประสิทธิ์", "จังหวัดดี", "prasit@phetchabun.example.go.th", "P67", "นักส่งเสริมการปกครองท้องถิ่น", 2
)
UNIT_ADMIN = Invented("wilai_admin", "นาง", "วิไล", "ดูแลดี", "wilai@sakruat.example.go.th", "670603", "นักจัดการงานทั่วไป", 3)
CLERK = Invented(
    "somjai_clerk",
    "นางสาว",
    "สมใจ",
    "ขยันงาน",
    "somjai@sakruat.example.go.th",
    "670603",
    "เจ้าพนักงานธุรการ",
    4,
    "0812345678",
)
CAST = (DLA_OFFICER, PROVINCIAL, UNIT_ADMIN, CLERK)

# These live in the province alone (`demo/province`), beside the cast.
DISTRICT = Invented("araya_district", "นาง", "อารยา", "ใกล้ชิดถิ่น", "araya@sithep.example.go.th", "D6706", "ท้องถิ่นอำเภอ", 5)
AUDITOR = Invented(
    "thida_auditor", "นางสาว", "ธิดา", "ตรวจถี่ถ้วน", "thida@dla.example.go.th", "DLA", "นักวิชาการตรวจสอบภายใน", 6
)
DEVELOPER = Invented("krit_developer", "นาย", "กฤต", "ต่อระบบดี", "krit@dla.example.go.th", "DLA", "นักวิชาการคอมพิวเตอร์", 7)
IN_THE_PROVINCE = (DISTRICT, AUDITOR, DEVELOPER)
