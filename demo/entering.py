"""Signing somebody of the cast in by the provider's own sign-in page, and handing the browser what that page gave.

Cookies know no ports: what the provider set for its host, the start page on the same host can set as well. That works
on a demo's host and nowhere else; the provider has no second door.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from urllib.parse import urlencode

import urllib3

SECONDS = 20
Answer = urllib3.BaseHTTPResponse
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


@dataclass(frozen=True)
class Browser:
    """Whoever pressed: how the browser calls itself, and by which cookies it is known already."""

    user_agent: str = ""
    held: str = ""
    ca_bundle: str | None = None  # by which the provider is believed, where it signed for itself

    def ask(self, method: str, address: str, cookies: str, fields: dict[str, str] | None = None) -> Answer:
        """One request. Raises `CannotEnter`."""
        headers = {"User-Agent": self.user_agent, "Cookie": cookies, "Referer": address} | (FORM if fields else {})
        pool = urllib3.PoolManager(ca_certs=self.ca_bundle, retries=False, timeout=SECONDS)
        try:
            body = urlencode(fields) if fields else None
            return pool.request(method, address, body=body, headers=headers, redirect=False)
        except urllib3.exceptions.HTTPError as error:
            raise CannotEnter(f"{address} does not answer") from error


def enter(provider: str, username: str, password: str, browser: Browser) -> list[str]:
    """Sign in at the provider. Returns the `Set-Cookie` lines of its answers. Raises `CannotEnter`."""
    address, fields = f"{provider}/signin", _Fields()
    page = browser.ask("GET", f"{address}?again=1", browser.held)
    fields.feed(page.data.decode())
    if not fields.found:
        raise CannotEnter("the sign-in page has no form with a password")
    cookies = "; ".join([*filter(None, [browser.held]), *(f"{name}={value}" for name, value in _named(page))])
    answer = browser.ask("POST", address, cookies, fields.found | {"username": username, "password": password})
    if answer.status not in (302, 303):
        raise CannotEnter(f"the sign-in page answered with status {answer.status}")
    return [*page.headers.getlist("Set-Cookie"), *answer.headers.getlist("Set-Cookie")]


def _named(answer: Answer) -> Iterator[tuple[str, str]]:
    for line in answer.headers.getlist("Set-Cookie"):
        for name, cookie in SimpleCookie(line).items():
            yield name, cookie.value
