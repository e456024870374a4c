"""What no request may hold, asked before any view sees it."""

import unicodedata

from flask import Flask, request

from thai_web.refusal import N_, Refusal


def begin(app: Flask) -> None:
    """Look at the address of every request. What forms hold is looked at by their fields, which keep what was typed."""
    app.before_request(_refuse_control_characters)


def _refuse_control_characters() -> None:
    """PostgreSQL takes no NUL in a text, and nothing that people look for has a control character in it."""
    words = [request.path, *(text for pair in request.args.items(multi=True) for text in pair)]
    if any(unicodedata.category(letter) == "Cc" for word in words for letter in word):
        raise Refusal(
            N_("ที่อยู่ของหน้านี้มีอักขระที่ใช้ไม่ได้"),
            next_step=N_("ลบอักขระที่มองไม่เห็นออกจากที่อยู่หรือคำค้น แล้วลองใหม่ หรือเริ่มจากหน้าแรก"),
        )
