"""Invented names: given names that anybody may bear, family names that say how somebody works and bear no one."""

from dataclasses import dataclass
from random import Random


def _pairs(text: str) -> list[tuple[str, str]]:
    """Names in Thai, each with its username, out of `กานดา kanda, ดวงใจ duangchai`."""
    pairs = (each.split() for each in text.split(","))
    return [(thai, latin) for thai, latin in pairs]


WOMEN = _pairs(
    """
    กานดา kanda, ขวัญใจ khwanchai, จันทร์เพ็ญ chanphen, จารุณี charunee, ชลธิชา chonthicha,
    ดวงใจ duangchai, ทิพวรรณ thippawan, ธิดารัตน์ thidarat, นงลักษณ์ nonglak, นันทนา nanthana,
    บุษบา butsaba, ประภา prapha, ปราณี pranee, พรทิพย์ phonthip, เพ็ญศรี phensri, มณีรัตน์ maneerat,
    รัตนา rattana, ลัดดา ladda, วราภรณ์ waraphon, วันดี wandee, ศิริพร siriphon, สายฝน saifon,
    สุภาพร suphaphon, อรทัย orathai, อัมพร amphon, อุไรวรรณ uraiwan
    """
)
MEN = _pairs(
    """
    กิตติ kitti, เกรียงไกร kriangkrai, จักรพันธ์ chakkraphan, ชาญชัย chanchai, ณรงค์ narong,
    ทวีศักดิ์ thawisak, ธนากร thanakon, นิพนธ์ niphon, บุญส่ง bunsong, ประยูร prayun, พงศกร phongsakon,
    มานพ manop, ยุทธนา yutthana, วินัย winai, ศักดิ์ชัย sakchai, สมชาย somchai, สุรชัย surachai,
    อนุชา anucha, อำนาจ amnat, อุดม udom
    """
)
VIRTUES = ("ขยัน", "ตั้งใจ", "ซื่อตรง", "เพียร", "อดทน", "รอบคอบ", "ใฝ่", "รักษ์", "สุขุม", "อารี", "ยิ้มแย้ม", "มุ่งมั่น")
THINGS = ("ถิ่น", "งาน", "นา", "ไร่", "ภูผา", "ป่าสัก", "ธารา", "เมืองมะขาม", "ทางดี", "บ้านดอน")


@dataclass(frozen=True)
class Name:
    """A name in Thai, and as its bearer would write a username."""

    title: str
    given: str
    family: str
    latin: str


def invent(chance: Random) -> Name:
    """Somebody; women as often as men."""
    if chance.random() < 0.5:
        given, latin = chance.choice(MEN)
        return Name("นาย", given, _family(chance), latin)
    given, latin = chance.choice(WOMEN)
    return Name(chance.choice(("นาง", "นางสาว", "นางสาว")), given, _family(chance), latin)


def _family(chance: Random) -> str:
    return chance.choice(VIRTUES) + chance.choice(THINGS)
