"""Invented papers: letters, orders and staff cards, drawn with the product's own Thai letters and marked ตัวอย่าง."""

from datetime import date
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

import idp.evidence
from demo.cast import Invented
from thai_web import thai

FONTS = Path(idp.evidence.__file__).parent / "fonts"
A4, CARD = (827, 1169), (860, 540)
INK, PALE = 30, 222
SPECIMEN = "ตัวอย่าง"
NOT_REAL = "เอกสารสมมุติของระบบสาธิต ไม่ใช่เอกสารราชการ"


@lru_cache
def _font(size: int, weight: str = "Regular") -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONTS / f"Sarabun-{weight}.ttf", size)


def letter(number: str, office: str, day: str, person: str, duty: str, until: str, signed_by: str) -> bytes:
    """A letter of assignment, as a PNG."""
    page, draw = _sheet(A4)
    _centred(draw, 90, "บันทึกข้อความ", 40, "Bold")
    lines = [
        f"ส่วนราชการ  {office}",
        f"ที่  {number}          วันที่  {day}",
        "เรื่อง  มอบหมายผู้ดูแลระบบยืนยันตัวตนกลาง (DLA SSO)",
        "",
        f"        มอบหมายให้ {person}",
        f"เป็น{duty}",
        f"ตั้งแต่วันที่ลงในหนังสือนี้ จนถึงวันที่ {until}",
        "ให้มีหน้าที่ตรวจสอบและพิจารณาคำขอใช้งานของบุคลากร",
        "ในหน่วยงาน และรักษาความลับของข้อมูลส่วนบุคคล",
        "",
        "        จึงเรียนมาเพื่อถือปฏิบัติ",
    ]
    _lines(draw, 200, lines)
    _signature(draw, signed_by)
    return _png(page)


def order(number: str, office: str, day: str, person: str, position: str) -> bytes:
    """An order of appointment to a post, as a PDF."""
    page, draw = _sheet(A4)
    _centred(draw, 110, f"คำสั่ง {office}", 34, "Bold")
    _centred(draw, 170, f"ที่ {number}", 28)
    _centred(draw, 214, "เรื่อง  แต่งตั้งพนักงานส่วนท้องถิ่น", 28)
    lines = [
        f"        ให้ {person}",
        f"ดำรงตำแหน่ง {position}",
        f"สังกัด {office}",
        "",
        f"        ทั้งนี้ ตั้งแต่วันที่ {day} เป็นต้นไป",
        f"        สั่ง ณ วันที่ {day}",
    ]
    _lines(draw, 310, lines)
    _signature(draw, "นายกองค์กรปกครองส่วนท้องถิ่น")
    file = BytesIO()
    page.save(file, "PDF", resolution=100)
    return file.getvalue()


def staff_card(office: str, person: Invented, *, blurred: bool = False) -> bytes:
    """A card with a drawn face, as a JPEG as a telephone takes it; `blurred`, one that nobody can read."""
    page, draw = _sheet(CARD)
    draw.rectangle((0, 0, CARD[0], 96), fill=70)
    draw.text((36, 22), "บัตรประจำตัวเจ้าหน้าที่ของรัฐ", fill=255, font=_font(38, "Bold"))
    draw.rectangle((40, 130, 260, 420), fill=240, outline=INK, width=2)
    draw.ellipse((105, 165, 195, 275), fill=150)
    draw.pieslice((65, 290, 235, 550), 180, 360, fill=150)
    draw.rectangle((40, 421, 260, 470), fill=255)
    name = f"{person.title}{person.given_name} {person.family_name}"
    for place, text in enumerate((name, person.position, office)):
        size = 36 if place == 0 else 28
        draw.text((300, 150 + 74 * place), text, fill=INK, font=_font(size, "Bold" if place == 0 else "Regular"))
    draw.text((40, 480), NOT_REAL, fill=90, font=_font(24))
    if blurred:
        page = page.resize((CARD[0] // 22, CARD[1] // 22)).resize(CARD, Image.Resampling.BICUBIC)
    file = BytesIO()
    page.save(file, "JPEG", quality=82)
    return file.getvalue()


def day_of(day: date) -> str:
    """A day as it is written on a letter."""
    return thai.format_date(day, "th")


def _sheet(size: tuple[int, int]) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    page = Image.new("L", size, 255)
    page.paste(_watermark(size))
    draw = ImageDraw.Draw(page)
    draw.rectangle((12, 12, size[0] - 13, size[1] - 13), outline=150, width=2)
    if size == A4:
        _centred(draw, size[1] - 70, NOT_REAL, 24)
    return page, draw


@lru_cache
def _watermark(size: tuple[int, int]) -> Image.Image:
    """The word across the sheet, painted once for each size."""
    sheet = Image.new("L", size, 255)
    word = Image.new("L", (size[0], 260), 255)
    ImageDraw.Draw(word).text((size[0] // 2, 130), SPECIMEN, fill=PALE, font=_font(150, "Bold"), anchor="mm")
    turned = word.rotate(32, expand=True, fillcolor=255)
    sheet.paste(turned, ((size[0] - turned.width) // 2, (size[1] - turned.height) // 2))
    return sheet


def _centred(draw: ImageDraw.ImageDraw, top: int, text: str, size: int, weight: str = "Regular") -> None:
    draw.text((A4[0] // 2, top), text, fill=INK, font=_font(size, weight), anchor="mt")


def _lines(draw: ImageDraw.ImageDraw, top: int, lines: list[str]) -> None:
    for place, text in enumerate(lines):
        draw.text((90, top + 52 * place), text, fill=INK, font=_font(27))


def _signature(draw: ImageDraw.ImageDraw, signed_by: str) -> None:
    draw.arc((470, 880, 560, 940), 200, 40, fill=INK, width=3)
    draw.arc((530, 870, 660, 930), 160, 340, fill=INK, width=3)
    draw.text((565, 960), f"({signed_by})", fill=INK, font=_font(26), anchor="mt")


def _png(page: Image.Image) -> bytes:
    file = BytesIO()
    page.save(file, "PNG")
    return file.getvalue()
