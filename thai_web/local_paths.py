"""Which addresses a request may lead to."""

import re
from urllib.parse import urlsplit

from flask import current_app

NEVER_IN_A_PATH = re.compile(r"[\x00-\x1f\\]")


def local_path(target: str | None, otherwise: str = "/") -> str:
    """`target` where it is a path on this site, else `otherwise`: no open redirect, no `//host`, no backslash."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return otherwise
    parts = urlsplit(target)
    if parts.scheme or parts.netloc or NEVER_IN_A_PATH.search(target):
        return otherwise
    return target


def page_of(target: str) -> str:
    """The page to open for an address: one that only takes a form hangs below the page which shows that form."""
    routes, path = current_app.url_map.bind(""), urlsplit(target).path
    if routes.test(path, "GET"):
        return target
    while path and not routes.test(path, "GET"):
        path = path.rpartition("/")[0]
    return path or "/"
