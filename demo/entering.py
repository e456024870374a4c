"""Signing somebody of the cast in by the provider's own sign-in page, and handing the browser what that page gave.

Cookies know no ports: what the provider set for its host, the start page on the same host can set as well. That works
on a demo's host and nowhere else; the provider has no second door.
"""

from collections.abc import Iterator
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from urllib.parse import urlencode

import urllib3

SECONDS = 20
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class CannotEnter(RuntimeError):
    """The sign-in page did not let the person in."""


class _Fields(HTMLParser):
    """What the form with a password asks for, hidden fields filled in."""

    def __init__(self) -> None:
        super().__init__()
        self.form: dict[str, str] = {}
        self.found: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self.form = {}
        elif tag == "input" and given.get("name"):
            self.form[str(given["name"])] = given.get("value") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "form" and "password" in self.form:
            self.found = self.form


def enter(provider: str, username: str, password: str, user_agent: str, held: str) -> list[str]:
    """Sign in at the provider as a browser would. Returns the `Set-Cookie` lines of its answers.

    Arguments: `held`, the cookies by which the browser is known already. Raises `CannotEnter`.
    """
    address, headers = f"{provider}/signin", {"User-Agent": user_agent}
    page = _ask("GET", f"{address}?again=1", headers | {"Cookie": held})
    fields = _Fields()
    fields.feed(page.data.decode())
    if not fields.found:
        raise CannotEnter("the sign-in page has no form with a password")
    cookies = "; ".join([*filter(None, [held]), *(f"{name}={value}" for name, value in _named(page))])
    answer = _ask(
        "POST",
        address,
        headers | {"Cookie": cookies, "Referer": address},
        fields.found | {"username": username, "password": password},
    )
    if answer.status not in (302, 303):
        raise CannotEnter(f"the sign-in page answered with status {answer.status}")
    return [*page.headers.getlist("Set-Cookie"), *answer.headers.getlist("Set-Cookie")]


def _ask(
    method: str, address: str, headers: dict[str, str], fields: dict[str, str] | None = None
) -> urllib3.BaseHTTPResponse:
    body, more = (urlencode(fields), FORM) if fields else (None, {})
    try:
        return urllib3.request(method, address, body=body, headers=headers | more, redirect=False, timeout=SECONDS)
    except urllib3.exceptions.HTTPError as error:
        raise CannotEnter(f"{address} does not answer") from error


def _named(answer: urllib3.BaseHTTPResponse) -> Iterator[tuple[str, str]]:
    for line in answer.headers.getlist("Set-Cookie"):
        for name, cookie in SimpleCookie(line).items():
            yield name, cookie.value
