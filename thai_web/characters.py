"""Characters that no text of ours has, refused before any view reads them: PostgreSQL takes no NUL, lone surrogates can
be written nowhere, and the rest is a sign of bytes that were no text."""

import re
from functools import partial
from urllib.parse import unquote_to_bytes

from flask import Flask, request
from werkzeug.datastructures import MultiDict

from thai_web.refusal import N_, Refusal

# Besides the control characters: what stands in Python for bytes that are no UTF-8, and what decoding makes of them.
_BROKEN = "\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffd"
_NOWHERE = re.compile(f"[{_BROKEN}]")
_IN_NO_LINE = re.compile(f"[{_BROKEN}\t\n\v\f\r]")
_SEPARATOR = " "


def begin(app: Flask, *, in_forms: bool = True) -> None:
    """Look at every request. Arguments: `in_forms`, at what was typed, too; without it, that is left to the fields,
    which tell it and keep the rest."""
    app.before_request(partial(_refuse, in_forms))


def _refuse(in_forms: bool) -> None:
    line = [request.path, *_texts(request.args)]
    if request.authorization and request.authorization.type == "basic":
        line += [request.authorization.username or "", request.authorization.password or ""]
    found = not _is_utf8(request.query_string) or bool(_IN_NO_LINE.search(_SEPARATOR.join(line)))
    if not found and in_forms and request.method in ("POST", "PUT", "PATCH"):
        # Line breaks and tabs are for the fields to judge: a text area takes them, a table's cell brings them along.
        names = [file.filename or "" for _name, file in request.files.items(multi=True)]
        found = bool(_NOWHERE.search(_SEPARATOR.join([*_texts(request.form), *names])))
    if found:
        raise Refusal(
            N_("ข้อมูลที่ส่งมามีอักขระที่ใช้ไม่ได้ ยังไม่มีการบันทึก"),
            next_step=N_("โปรดย้อนกลับ ลบข้อความที่คัดลอกมาวาง แล้วพิมพ์ใหม่ หากเปิดจากลิงก์ ให้เริ่มจากหน้าแรก"),
            code="invalid_request",
        )


def _is_utf8(query: bytes) -> bool:
    """Werkzeug would leave other bytes as they were escaped."""
    try:
        unquote_to_bytes(query).decode()
    except UnicodeDecodeError:
        return False
    return True


def _texts(values: MultiDict[str, str]) -> list[str]:
    return [text for pair in values.items(multi=True) for text in pair]
