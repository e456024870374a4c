"""The language that a system wishes for (`ui_locales`, OpenID Connect Core, section 3.1.2.1).

It stands in the address of the page or in that of the page to come, so it holds for that request alone.
"""

from urllib.parse import parse_qsl, urlencode

from flask import request

from thai_web.language import LANGUAGES

WISH, NEXT = "ui_locales", "next"


def wished() -> str | None:
    """The first language of ours that the address or the address to come wishes for."""
    # A form only once it was read for other reasons: one that is too large must still get its page.
    typed = request.form if "form" in vars(request) else {}
    to_come = dict(parse_qsl((request.args.get(NEXT) or typed.get(NEXT) or "").partition("?")[2]))
    wishes = request.args.get(WISH) or to_come.get(WISH) or ""
    spoken = (tag.partition("-")[0].lower() for tag in wishes.split())
    return next((tag for tag in spoken if tag in LANGUAGES), None)


def without(target: str) -> str:
    """An address, and the address to come in it, without a wish: whoever switches does not want it any more."""
    path, _mark, query = target.partition("?")
    if WISH not in query:
        return target
    rest = [
        (name, without(value) if name == NEXT else value)
        for name, value in parse_qsl(query, keep_blank_values=True)
        if name != WISH
    ]
    return f"{path}?{urlencode(rest)}" if rest else path
