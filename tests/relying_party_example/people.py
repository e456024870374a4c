"""The cast: invented people of invented offices, as the provider would tell of them, and the register they live in."""

from typing import Any

Claims = dict[str, Any]


def unit(code: str, kind: str, name: str, district: tuple[str, str] | None = None, **more: Any) -> dict[str, Any]:
    """A row of the feed, in Phetchabun unless told otherwise."""
    row = {
        "code": code,
        "kind": kind,
        "name_th": name,
        "name_en": None,
        "supervisor": None,
        "province_code": "67",
        "province_th": "เพชรบูรณ์",
        "district_code": district[0] if district else None,
        "district_th": district[1] if district else None,
        "valid_from": None,
        "valid_to": None,
    }
    return row | more


SI_THEP = ("6706", "ศรีเทพ")
DLA = unit("DLA", "DLA", "กรมส่งเสริมการปกครองท้องถิ่น", province_code=None, province_th=None)
PROVINCE = unit("P67", "PROVINCIAL_OFFICE", "เพชรบูรณ์", supervisor="DLA")
DISTRICT = unit("D6706", "DISTRICT_OFFICE", "ศรีเทพ", SI_THEP, supervisor="P67")
SA_KRUAT = unit("670603", "TAO", "สระกรวด", SI_THEP, supervisor="D6706", name_en="Sa Kruat")
KHLONG_KRACHANG = unit("670604", "TAO", "คลองกระจัง", SI_THEP, supervisor="D6706")
PAO = unit("670101", "PAO", "เพชรบูรณ์", ("6701", "เมืองเพชรบูรณ์"), supervisor="P67")
ELSEWHERE = unit("P65", "PROVINCIAL_OFFICE", "พิษณุโลก", province_code="65", province_th="พิษณุโลก")
FAR_TAO = unit("650101", "TAO", "วังน้ำคู้", ("6501", "เมืองพิษณุโลก"), province_code="65", province_th="พิษณุโลก")
CLOSED = unit("670699", "TAO", "ที่ยุบแล้ว", SI_THEP, valid_to="2020-09-30")
REGISTER = [DLA, PROVINCE, DISTRICT, SA_KRUAT, KHLONG_KRACHANG, PAO, ELSEWHERE, FAR_TAO, CLOSED]


def person(sub: str, name: str, office: dict[str, Any] | None, position: str, *roles: str) -> Claims:
    """The claims of UserInfo."""
    told = office and {name: value for name, value in office.items() if not name.startswith("valid")}
    return {
        "sub": sub,
        "name": name,
        "email": f"{sub}@example.go.th",
        "unit": told and told | {"position": position, "supervisors": []},
        "roles": list(roles),
    }


CLERK = person("clerk", "กานดา ตั้งใจจริง", SA_KRUAT, "เจ้าพนักงานธุรการ", "reporter")
COLLEAGUE = person("colleague", "มานพ ขยันยิ่ง", SA_KRUAT, "นักวิเคราะห์นโยบายและแผน", "reporter")
NEIGHBOUR = person("neighbour", "ชบา จันทร์เพ็ญ", KHLONG_KRACHANG, "เจ้าพนักงานธุรการ", "reporter")
CERTIFIER = person("certifier", "ประสิทธิ์ รอบคอบ", PROVINCE, "นักส่งเสริมการปกครองท้องถิ่น", "certifier", "viewer")
SECOND_CERTIFIER = person("certifier-2", "วารี ละเอียด", PROVINCE, "นักส่งเสริมการปกครองท้องถิ่น", "certifier")
OTHER_CERTIFIER = person("certifier-65", "สายชล ใจเย็น", ELSEWHERE, "นักส่งเสริมการปกครองท้องถิ่น", "certifier")
DISTRICT_VIEWER = person("district", "ปรีชา ใกล้ชิด", DISTRICT, "ท้องถิ่นอำเภอ", "viewer")
DLA_OFFICER = person("dla", "สุดา กลางเมือง", DLA, "นักส่งเสริมการปกครองท้องถิ่น", "viewer", "period_manager")
WITHOUT_ROLE = person("no-role", "อนงค์ รอสิทธิ์", SA_KRUAT, "เจ้าพนักงานธุรการ")
WITHOUT_UNIT = person("no-unit", "ดาวเรือง ย้ายมา", None, "", "reporter")
