"""Which addresses a request may lead to."""

from urllib.parse import urlsplit


def local_path(target: str | None) -> str:
    """`target` where it is a path on this site, else the home: no open redirect, no `//host`, no backslash."""
    if not target or not target.startswith("/") or target.startswith("//"):
        return "/"
    parts = urlsplit(target)
    if parts.scheme or parts.netloc or any(ord(letter) < 32 or letter == "\\" for letter in target):
        return "/"
    return target
