"""A registration as DLA types it, and the small forms beside it."""

import json
from typing import Any, ClassVar

from flask_babel import lazy_gettext as _
from wtforms import HiddenField
from wtforms.validators import StopValidation

from idp.clients import form_errors
from idp.clients.metadata_fields import MetadataError
from idp.clients.rules import ASSERTION_ALGORITHMS, AUTH_METHODS, SCOPES, SIGNING_ALGORITHMS, Environment, Profile
from idp.units.rules import LABELS
from thai_web import language
from thai_web.forms import (
    BooleanField,
    CheckboxesField,
    CodeField,
    Form,
    IntegerField,
    RadioField,
    SelectField,
    TextAreaField,
    TextField,
    required,
)

ADDRESS = 1000
LINES = 8000
SCOPE_WORDS = {
    "openid": _("openid — รหัสอ้างอิงของบัญชี"),
    "profile": _("profile — ชื่อ นามสกุล และชื่อผู้ใช้"),
    "email": _("email — อีเมล"),
    "phone": _("phone — หมายเลขโทรศัพท์"),
    "address": _("address — ที่อยู่สำหรับติดต่อ"),
    "offline_access": _("offline_access — ขอข้อมูลต่อได้แม้ผู้ใช้ออกจากระบบแล้ว"),
    "unit": _("unit — หน่วยงานและตำแหน่ง"),
    "roles": _("roles — สิทธิ์ในระบบนี้"),
    "assurance": _("assurance — วิธีที่ใช้ยืนยันตัวตน"),
    "national_id": _("national_id — เลขประจำตัวประชาชน ต้องมีฐานกฎหมาย"),
}


def _address(label: str, description: str = "") -> TextField:
    return TextField(label, max_length=ADDRESS, description=description)


class VersionForm(Form):
    """What was seen of the system when the page was made."""

    version = HiddenField()


class ClientForm(VersionForm):
    """Everything registered of a system but its owner, its roles and its secrets."""

    client_id = CodeField(
        _("รหัสของระบบ (client_id)"),
        max_length=100,
        description=_("ตัวอักษรอังกฤษ เช่น water-quality เปลี่ยนภายหลังไม่ได้ หากเว้นว่าง ระบบจะกำหนดให้"),
    )
    name_th = TextField(_("ชื่อระบบภาษาไทย"), [required(_("โปรดกรอกชื่อระบบภาษาไทย"))], max_length=200)
    name_en = TextField(_("ชื่อระบบภาษาอังกฤษ"), max_length=200, description=_("เว้นว่างได้ จะใช้ชื่อภาษาไทย"))
    contacts = TextAreaField(
        _("อีเมลผู้ติดต่อ"),
        max_length=2000,
        description=_("บรรทัดละหนึ่งอีเมล ใช้แจ้งเตือนก่อนรหัสลับหมดอายุ"),
    )
    environment = RadioField(
        _("ประเภทระบบ"),
        choices=[
            (Environment.PRODUCTION.value, _("ใช้งานจริง")),
            (Environment.SANDBOX.value, _("ทดสอบ — ผู้ใช้จะเห็นว่าเป็นระบบทดสอบ และกลับไปยัง localhost ได้")),
        ],
        validators=[required(_("โปรดเลือกประเภทระบบ"))],
    )
    profile = RadioField(
        _("การขออนุญาตจากผู้ใช้"),
        choices=[
            (Profile.STANDARD.value, _("ถามผู้ใช้ก่อนส่งข้อมูลครั้งแรก")),
            (Profile.FIRST_PARTY.value, _("ไม่ถาม เพราะเป็นระบบของ สถ. เอง")),
        ],
        validators=[required(_("โปรดเลือกว่าจะถามผู้ใช้หรือไม่"))],
    )
    first_party_reason = TextField(
        _("เหตุผลที่ไม่ถามผู้ใช้"), max_length=1000, description=_("กรอกเมื่อเลือก “ไม่ถาม” เช่น เลขที่บันทึกที่อนุมัติ")
    )
    redirect_uris = TextAreaField(
        _("ที่อยู่ที่ให้กลับไปหลังเข้าสู่ระบบ (redirect_uris)"),
        max_length=LINES,
        description=_("บรรทัดละหนึ่งที่อยู่ เทียบตรงทุกตัวอักษร"),
    )
    post_logout_redirect_uris = TextAreaField(
        _("ที่อยู่ที่ให้กลับไปหลังออกจากระบบ (post_logout_redirect_uris)"),
        max_length=LINES,
        description=_("บรรทัดละหนึ่งที่อยู่ เว้นว่างได้"),
    )
    backchannel_logout_uri = _address(
        _("ที่อยู่รับแจ้งว่าผู้ใช้ออกจากระบบแล้ว (backchannel_logout_uri)"), _("เว้นว่างได้ หากไม่ต้องการรับแจ้ง")
    )
    grant_types = CheckboxesField(
        _("ระบบนี้ทำอะไรได้ (grant_types)"),
        choices=[
            ("authorization_code", _("ให้ผู้ใช้เข้าสู่ระบบ")),
            ("refresh_token", _("ขอข้อมูลต่อได้โดยไม่ต้องเข้าสู่ระบบซ้ำ (refresh_token)")),
            ("client_credentials", _("เรียกในนามของระบบ (client_credentials)")),
        ],
        validators=[required(_("โปรดเลือกอย่างน้อยหนึ่งข้อ"))],
    )
    scopes = CheckboxesField(
        _("ข้อมูลที่ส่งให้ระบบนี้ได้ (scope)"),
        choices=[(scope, SCOPE_WORDS[scope]) for scope in SCOPES],
        description=_("เลือกเท่าที่จำเป็น openid ต้องเลือกเสมอเมื่อให้ผู้ใช้เข้าสู่ระบบ"),
    )
    system_scopes = TextAreaField(
        _("ขอบเขตในนามของระบบ"), description=_("บรรทัดละหนึ่งขอบเขต เช่น water-quality:read เว้นว่างได้")
    )
    national_id_basis = TextField(
        _("ฐานกฎหมายที่ให้รับเลขประจำตัวประชาชน"),
        max_length=1000,
        description=_("กรอกเฉพาะเมื่อเลือก national_id เป็นชื่อกฎหมายและมาตรา"),
    )
    token_endpoint_auth_method = RadioField(
        _("วิธียืนยันตัวของระบบ"),
        choices=[
            (AUTH_METHODS[0], _("รหัสลับในส่วนหัว (client_secret_basic)")),
            (AUTH_METHODS[1], _("รหัสลับในเนื้อหา (client_secret_post)")),
            (AUTH_METHODS[2], _("ลงลายมือชื่อด้วยกุญแจของระบบ (private_key_jwt)")),
            (AUTH_METHODS[3], _("ไม่มี สำหรับแอปที่เก็บความลับไม่ได้ (none)")),
        ],
        validators=[required(_("โปรดเลือกวิธียืนยันตัวของระบบ"))],
    )
    jwks = TextAreaField(_("กุญแจสาธารณะ (jwks)"), max_length=20000, description=_("เฉพาะ private_key_jwt วางเป็น JSON"))
    jwks_uri = _address(_("ที่อยู่ของกุญแจสาธารณะ (jwks_uri)"), _("กรอกแทน jwks ได้"))
    token_endpoint_auth_signing_alg = SelectField(
        _("วิธีลงลายมือชื่อของระบบ"),
        choices=[("", _("วิธีใดก็ได้")), *((each, each) for each in ASSERTION_ALGORITHMS)],
    )
    require_pkce = BooleanField(_("ต้องใช้ PKCE (ยกเว้นได้เฉพาะระบบสำเร็จรูปที่แก้ไขไม่ได้)"))
    id_token_signed_response_alg = SelectField(
        _("ลายมือชื่อของ ID token"), choices=[(each, each) for each in SIGNING_ALGORITHMS]
    )
    userinfo_signed_response_alg = SelectField(
        _("ลายมือชื่อของ UserInfo"),
        choices=[("", _("ไม่ลงลายมือชื่อ (JSON)")), *((each, each) for each in SIGNING_ALGORITHMS)],
    )
    subject_type = RadioField(
        _("รหัสอ้างอิงของบุคคล (sub)"),
        choices=[
            ("public", _("เหมือนกันทุกระบบ (public)")),
            ("pairwise", _("เฉพาะระบบนี้ เทียบกับระบบอื่นไม่ได้ (pairwise)")),
        ],
        description=_("เปลี่ยนภายหลังไม่ได้"),
        validators=[required(_("โปรดเลือกชนิดของรหัสอ้างอิง"))],
    )
    sector_identifier_uri = _address("sector_identifier_uri", _("เฉพาะ pairwise ที่มีที่อยู่กลับไปหลายเครื่อง"))
    client_uri = _address(_("หน้าแรกของระบบ (client_uri)"))
    policy_uri = _address(_("นโยบายความเป็นส่วนตัวของระบบ (policy_uri)"))
    tos_uri = _address(_("เงื่อนไขการใช้ระบบ (tos_uri)"))
    has_tile = BooleanField(_("แสดงในหน้าแรก"))
    tile_url = _address(_("ที่อยู่ที่เปิดจากหน้าแรก"), _("ควรเป็นที่อยู่ที่เริ่มเข้าสู่ระบบทันที"))
    tile_name_th = TextField(_("ชื่อที่แสดง ภาษาไทย"), description=_("เว้นว่างได้ จะใช้ชื่อระบบ"))
    tile_name_en = TextField(_("ชื่อที่แสดง ภาษาอังกฤษ"), description=_("เว้นว่างได้ จะใช้ชื่อระบบ"))
    tile_description_th = TextField(_("คำอธิบาย ภาษาไทย"), max_length=300)
    tile_description_en = TextField(_("คำอธิบาย ภาษาอังกฤษ"), max_length=300)

    PLAIN: ClassVar = (
        "environment",
        "profile",
        "first_party_reason",
        "backchannel_logout_uri",
        "national_id_basis",
        "token_endpoint_auth_method",
        "token_endpoint_auth_signing_alg",
        "jwks_uri",
        "id_token_signed_response_alg",
        "userinfo_signed_response_alg",
        "subject_type",
        "sector_identifier_uri",
        "client_uri",
        "policy_uri",
        "tos_uri",
    )
    LISTS: ClassVar = ("redirect_uris", "post_logout_redirect_uris", "contacts")
    TILE: ClassVar = ("url", "name_th", "name_en", "description_th", "description_en")

    def validate_first_party_reason(self, field: TextField) -> None:
        """Who is not asked has a right to know why; the reason is kept and recorded."""
        if self.profile.data == Profile.FIRST_PARTY and not field.data:
            raise StopValidation(_("โปรดกรอกเหตุผลที่ไม่ถามผู้ใช้"))

    @staticmethod
    def values_of(metadata: dict[str, Any]) -> dict[str, object]:
        """What stands in the fields for a registration."""
        tile, scopes = metadata.get("tile") or {}, metadata["scope"].split()
        return {
            **{name: metadata[name] or "" for name in ClientForm.PLAIN},
            **{name: "\n".join(metadata[name]) for name in ClientForm.LISTS},
            **{f"tile_{name}": tile.get(name, "") for name in ClientForm.TILE},
            "client_id": metadata["client_id"],
            "name_th": metadata["client_name"],
            "name_en": metadata["client_name#en"],
            "grant_types": metadata["grant_types"],
            "scopes": [scope for scope in scopes if scope in SCOPES],
            "system_scopes": "\n".join(scope for scope in scopes if scope not in SCOPES),
            "jwks": json.dumps(metadata["jwks"], indent=1) if metadata["jwks"] else "",
            "require_pkce": metadata["require_pkce"],
            "has_tile": bool(tile),
        }

    def metadata(self) -> dict[str, object]:
        """What was typed, as a registration; the reader of metadata judges it."""
        scopes = [scope for scope in SCOPES if scope in (self.scopes.data or ())]
        return {
            **{name: self[name].data or None for name in self.PLAIN},
            **{name: (self[name].data or "").split() for name in self.LISTS},
            "client_id": (self.client_id.data or None) if "client_id" in self else None,
            "client_name": self.name_th.data,
            "client_name#en": self.name_en.data or self.name_th.data,
            "grant_types": self.grant_types.data,
            "scope": " ".join([*scopes, *(self.system_scopes.data or "").split()]),
            "jwks": self._jwks(),
            "require_pkce": self.require_pkce.data,
            "tile": self._tile() if self.has_tile.data else None,
        }

    def _jwks(self) -> object:
        try:
            return json.loads(self.jwks.data) if self.jwks.data else None
        except (ValueError, RecursionError):
            return self.jwks.data  # for the reader to refuse

    def _tile(self) -> dict[str, str]:
        return {name: typed for name in self.TILE if (typed := self[f"tile_{name}"].data)}

    def blame(self, error: MetadataError) -> None:
        """Put what is wrong beside its field."""
        name, value = form_errors.field_of(error), form_errors.value_of(error, self.metadata())
        label = self[name].label.text if name in self else error.member
        message = str(_(form_errors.sentence(error), field=label))
        if value is not None:
            message = f"{value} — {message}"
        if name in self:
            self[name].errors = [*self[name].errors, message]
        else:
            self.form_errors.append(message)


class ReasonForm(VersionForm):
    """Why a system is suspended, or works again."""

    reason = TextAreaField(_("เหตุผล"), validators=[required(_("โปรดกรอกเหตุผล"))], max_length=500)


class SecretForm(VersionForm):
    """How long a new secret lasts, and how long the old ones work on."""

    days = IntegerField(
        _("รหัสลับใหม่หมดอายุใน (วัน)"), minimum=1, maximum=3660, description=_("เช่น 365 เว้นว่างได้ หากไม่ให้หมดอายุ")
    )
    overlap = IntegerField(
        _("ให้รหัสลับเดิมใช้ต่อได้อีก (ชั่วโมง)"),
        [required(_("โปรดกรอกจำนวนชั่วโมง หรือ 0 หากต้องหยุดทันที"))],
        maximum=720,
        description=_("ภายในเวลานี้ให้เปลี่ยนเป็นรหัสใหม่ทุกเครื่อง กรอก 0 หากมีผู้อื่นเห็นรหัสเดิม"),
    )


class RoleForm(VersionForm):
    """A role that a system declares."""

    code = CodeField(
        _("รหัสของสิทธิ์"),
        [required(_("โปรดกรอกรหัสของสิทธิ์"))],
        max_length=60,
        description=_("คำที่ระบบนั้นใช้เรียกสิทธิ์นี้ เช่น reporter เปลี่ยนภายหลังไม่ได้"),
    )
    name_th = TextField(_("ชื่อสิทธิ์ภาษาไทย"), [required(_("โปรดกรอกชื่อสิทธิ์ภาษาไทย"))])
    name_en = TextField(_("ชื่อสิทธิ์ภาษาอังกฤษ"), description=_("เว้นว่างได้ จะใช้รหัส"))
    unit_kinds = CheckboxesField(
        _("ประเภทหน่วยงานที่มีสิทธิ์นี้ได้"), validators=[required(_("โปรดเลือกประเภทหน่วยงานอย่างน้อยหนึ่งประเภท"))]
    )

    def offer(self) -> "RoleForm":
        """Fill in the kinds in the reader's language."""
        english = language.current() == "en"
        self.unit_kinds.choices = [
            (kind.value, each.long_en if english else each.long_th) for kind, each in LABELS.items()
        ]
        return self

    def blame(self, error: MetadataError) -> None:
        """Put what is wrong beside its field."""
        name = error.member.rpartition(".")[2]
        if name not in self:  # two of one code: the newer one is being typed
            name = "code" if "code" in self else "name_th"
        field = self[name]
        field.errors = [*field.errors, str(_(form_errors.sentence(error), field=field.label.text))]

    def declared(self, code: str) -> dict[str, object]:
        """The role as metadata."""
        return {
            "code": code,
            "name_th": self.name_th.data,
            "name_en": self.name_en.data or code,
            "unit_kinds": self.unit_kinds.data,
        }
