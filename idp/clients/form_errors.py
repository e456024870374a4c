"""What is wrong with a registration, for whoever typed it: beside which field, and what to do."""

import re
from collections.abc import Mapping

from idp.clients.metadata import read_metadata
from idp.clients.metadata_fields import MetadataError, texts
from thai_web.refusal import N_

FIELDS = {
    "client_name": "name_th",
    "client_name#th": "name_th",
    "client_name#en": "name_en",
    "scope": "scopes",
    "tile.url": "tile_url",
    "tile.name_th": "tile_name_th",
    "tile.name_en": "tile_name_en",
    "tile.description_th": "tile_description_th",
    "tile.description_en": "tile_description_en",
}

# The beginning of what `MetadataError` says, and the same for a person; what is said of several fields names its own.
SENTENCES = (
    ("is taken by another", N_("มีระบบอื่นใช้รหัสนี้แล้ว โปรดใช้รหัสอื่น หรือเว้นว่างให้ระบบกำหนดให้")),
    ("cannot be changed", N_("เปลี่ยนรหัสของระบบไม่ได้ หากต้องการรหัสใหม่ให้ลงทะเบียนเป็นระบบใหม่")),
    ("is the name of another", N_("หน่วยงานนี้มีระบบชื่อนี้แล้ว โปรดใช้ชื่ออื่น หรือแก้ไขระบบเดิม")),
    ("is required where client_id", N_("โปรดกรอกชื่อระบบภาษาไทย")),
    ("must match", N_("โปรดใช้ตัวอักษรอังกฤษ ตัวเลข และเครื่องหมาย ไม่มีเว้นวรรค ไม่เกินจำนวนที่กำหนด")),
    ("must have at least", N_("รหัสลับสั้นเกินไป โปรดลบ client_secret ออกจากไฟล์ แล้วระบบจะออกรหัสลับที่ปลอดภัยให้")),
    ("must be a text", N_("%(field)s ต้องเป็นข้อความบรรทัดเดียว ไม่เกิน 1,000 ตัวอักษร")),
    ("must be printable ASCII", N_("%(field)s ใช้ได้เฉพาะตัวอักษรอังกฤษ ไม่มีเว้นวรรคหรือ \\ และไม่เกิน 1,000 ตัวอักษร")),
    ("cannot be mailed to", N_("โปรดกรอกอีเมลให้ครบถ้วน เป็นตัวอักษรอังกฤษ เช่น somjai@example.go.th")),
    ("is not an address", N_("%(field)s ต้องเป็นที่อยู่ที่ครบถ้วน เช่น https://app.example.go.th")),
    ("must be an absolute https", N_("%(field)s ต้องเป็นที่อยู่เต็มที่ขึ้นต้นด้วย https:// เช่น https://app.example.go.th")),
    ("must not have a fragment", N_("%(field)s ต้องไม่มีเครื่องหมาย # และข้อความที่ตามหลัง")),
    ("must not have a wildcard", N_("%(field)s ต้องตรงทุกตัวอักษร จึงใช้ * ไม่ได้ โปรดกรอกทุกที่อยู่ บรรทัดละหนึ่งที่อยู่")),
    ("must not carry a user", N_("%(field)s ต้องไม่มีชื่อผู้ใช้และเครื่องหมาย @")),
    ("must begin with https", N_("%(field)s ต้องขึ้นต้นด้วย https:// (ใช้ http:// ได้เฉพาะ localhost ของระบบทดสอบ)")),
    ("must not be localhost", N_("ระบบใช้งานจริงกลับไปยัง localhost ไม่ได้ โปรดเปลี่ยนที่อยู่ หรือเลือกเป็นระบบทดสอบ")),
    ("must list at least one", N_("โปรดกรอกที่อยู่ที่ให้กลับไปหลังเข้าสู่ระบบอย่างน้อยหนึ่งที่อยู่")),
    ("must include authorization_code", N_("โปรดเลือก “ให้ผู้ใช้เข้าสู่ระบบ” ด้วย หรือเลือก “เรียกในนามของระบบ” เพียงข้อเดียว")),
    ("client_credentials is for", N_("ระบบที่ไม่มีรหัสลับหรือกุญแจเรียกในนามของตนเองไม่ได้ โปรดเปลี่ยนวิธียืนยันตัวของระบบ")),
    (".* is neither one of", N_("ขอบเขตของระบบต้องเขียนเป็น รหัสระบบ:คำ เช่น water-quality:read")),
    ("client_id:word goes with", N_("ขอบเขตของระบบใช้ได้เมื่อเลือก “เรียกในนามของระบบ” โปรดเลือกข้อนั้น หรือลบขอบเขตออก")),
    ("leave out .* about people", N_("ระบบที่ไม่ให้ผู้ใช้เข้าสู่ระบบรับข้อมูลของบุคคลไม่ได้ โปรดยกเลิกข้อมูลที่เลือกไว้")),
    ("must include openid", N_("ต้องเลือก openid ด้วยเสมอ")),
    ("must name the law", N_("โปรดกรอกกฎหมายและมาตราที่ให้ระบบนี้รับเลขประจำตัวประชาชน")),
    ("must be absent where scope", N_("โปรดเลือกข้อมูล “national_id” ด้วย หรือลบฐานกฎหมายออก")),
    ("must be absent where jwks_uri", N_("โปรดกรอกกุญแจ หรือที่อยู่ของกุญแจ เพียงอย่างเดียว")),
    ("or jwks_uri is required", N_("วิธี private_key_jwt ต้องมีกุญแจสาธารณะ โปรดกรอก jwks หรือ jwks_uri")),
    ("must be an object with a list", N_('โปรดวางกุญแจเป็น JSON ในรูป {"keys": […]} ไม่เกิน 20 ชุด')),
    ("key .* must be a public", N_("ในชุดกุญแจมีกุญแจลับ โปรดวางเฉพาะกุญแจสาธารณะ และเปลี่ยนกุญแจลับที่วางมาแล้ว")),
    ("holds no key to sign", N_("ไม่มีกุญแจที่ใช้ได้ โปรดใช้ RSA ตั้งแต่ 2048 บิต EC P-256 หรือ Ed25519")),
    ("is for private_key_jwt", N_("วิธีลงลายมือชื่อนี้ใช้กับ private_key_jwt เท่านั้น โปรดเลือก “วิธีใดก็ได้”")),
    ("cannot be false", N_("ระบบที่ไม่มีรหัสลับต้องใช้ PKCE")),
    ("is required, since", N_("ที่อยู่กลับไปอยู่คนละเครื่อง โปรดกรอก sector_identifier_uri เพื่อบอกว่าเป็นกลุ่มเดียวกัน")),
    ("cannot be fetched", N_("เปิดที่อยู่นี้ไม่ได้ โปรดตรวจสอบว่าเป็นที่อยู่สาธารณะที่เปิดได้โดยไม่ต้องเข้าสู่ระบบ")),
    ("must answer with status", N_("ที่อยู่นี้ต้องตอบรายการที่อยู่เป็น JSON")),
    ("does not list", N_("รายการที่ได้จากที่อยู่นี้ ไม่ครบทุกที่อยู่ที่ให้กลับไปของระบบนี้")),
    ("would give every person", N_("เปลี่ยนไม่ได้ เพราะทุกคนจะมีรหัสอ้างอิงใหม่ในระบบนี้ โปรดคงค่าเดิม หรือลงทะเบียนเป็นระบบใหม่")),
    ("must be absent where profile", N_("โปรดลบเหตุผลออก หรือเลือกเป็นระบบของ สถ. เอง")),
    ("is required", N_("โปรดกรอก%(field)s")),
    ("two roles have", N_("มีสิทธิ์ที่ใช้รหัสนี้แล้ว โปรดใช้รหัสอื่น")),
    ("no unit has", N_("ไม่พบหน่วยงานเจ้าของระบบ โปรดเลือกหน่วยงานใหม่")),
)
# What the reader needs to go on with where these are wrong or missing.
STAND_INS: dict[str, object] = {"redirect_uris": ["https://redirect.invalid/"], "client_name": "–"}
OTHERWISE = N_("ค่าในช่องนี้ใช้ไม่ได้ โปรดตรวจสอบอีกครั้ง")
_LINE = re.compile(r"(?P<member>[a-z_]+)\[(?P<number>[0-9]+)\]$")


def all_of(given: Mapping[str, object]) -> list[MetadataError]:
    """Everything that the reader finds: one member after the other, of lists one line, is taken out, or stands in for
    what is wrong, until it is content or stops at the same one again."""
    left, found = dict(given), list[MetadataError]()
    while True:
        try:
            read_metadata(left)
        except MetadataError as error:
            if place := _LINE.fullmatch(error.member):
                found.append(_without_line(left, given, place, error))
                continue
            member = re.split(r"[\[.]", error.member)[0]
            stand_in = STAND_INS.get(member)
            missed = left.get(member) is None and stand_in is None  # what was taken out, in vain
            if missed or any(each.member == error.member for each in found):
                return found or [error]
            found.append(error)
            left.pop(member, None)
            if stand_in is not None:
                left[member] = stand_in
            if member == "grant_types":  # on these the rest depends
                return found
        else:
            return found


def _without_line(
    left: dict[str, object], given: Mapping[str, object], place: re.Match[str], error: MetadataError
) -> MetadataError:
    """Take the wrong line out. Returns what is wrong with it, under the number that it has in what was given."""
    member, lines = place["member"], list(texts(left, place["member"], ()))
    line = lines.pop(int(place["number"]))
    left[member] = lines or STAND_INS.get(member, [])
    number = list(texts(given, member, ())).index(line)
    return MetadataError(f"{member}[{number}]", str(error).removeprefix(f"{error.member}: "))


def field_of(error: MetadataError) -> str:
    """The form's field for the member that is wrong."""
    place = _LINE.fullmatch(error.member)
    member = place["member"] if place else error.member
    if member == "scope" and re.search(r"client_id:word", str(error)):
        return "system_scopes"
    return FIELDS.get(member, member)


def value_of(error: MetadataError, given: Mapping[str, object]) -> str | None:
    """The value that is wrong, of a member with several."""
    place = _LINE.fullmatch(error.member)
    return texts(given, place["member"], ())[int(place["number"])] if place else None


def sentence(error: MetadataError) -> str:
    """A message id for the person."""
    problem = str(error).removeprefix(f"{error.member}: ")
    return next((text for beginning, text in SENTENCES if re.match(beginning, problem)), OTHERWISE)
