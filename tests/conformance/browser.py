"""A person's browser without script: it knows the provider's pages by the stable hooks of its contract alone."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

import requests

from tests.conformance.provider import Provider
from tests.people import CLERK, PASSWORD, Invented
from tests.waiting import LONGEST

# What a person presses on each kind of page when she wants to go on.
FORWARD = {
    "login": "login-submit",
    "select-account": "account-continue",
    "consent": "consent-allow",
    "logout": "logout-confirm",
}
PATHS = {"login": "/signin", "select-account": "/select-account", "consent": "/consent", "logout": "/logout"}
LONGEST_WALK = 12


@dataclass(frozen=True)
class Arrival:
    """The browser has left the provider for a system: where it went and what it carried."""

    address: str
    in_url: dict[str, str]
    posted: dict[str, str] | None = None

    @property
    def told(self) -> dict[str, str]:
        """The answer; a posted one must leave the address alone."""
        if self.posted is None:
            return self.in_url
        assert not {"code", "error", "state"} & set(self.in_url)
        return self.posted


class _Reader(HTMLParser):
    """The forms of a page, with the buttons in each, and what kind of page it is."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.kind, self.forms = "", list[dict[str, Any]]()
        self.headings = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.headings += tag == "h1"
        if tag == "body":
            self.kind = found.get("data-page", "")
        elif tag == "form":
            self.forms.append({"method": "get", "action": "", **found, "fields": {}, "buttons": {}})
        elif tag == "input" and self.forms:
            self.forms[-1]["fields"][found.get("name", "")] = found.get("value", "")
        elif tag == "button" and self.forms:
            self.forms[-1]["buttons"][found.get("id", "")] = (found.get("name", ""), found.get("value", ""))


@dataclass(frozen=True)
class Page:
    """A page of the provider."""

    response: requests.Response

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def text(self) -> str:
        return self.response.text

    @property
    def path(self) -> str:
        return urlsplit(self.response.url).path

    @property
    def kind(self) -> str:
        return _Reader(self.text).kind

    def form_with(self, button: str) -> dict[str, Any]:
        """The form that holds a button."""
        reader = _Reader(self.text)
        assert reader.headings == 1
        found = [form for form in reader.forms if button in form["buttons"]]
        assert len(found) == 1, f"one form with #{button} on {self.response.url}, status {self.status}"
        return found[0]

    def self_posting_form(self) -> dict[str, Any]:
        """The form of response_mode=form_post, which has a visible button for those without script."""
        form = next(form for form in _Reader(self.text).forms if form.get("id") == "form-post")
        assert form["buttons"]
        return form


@dataclass
class Browser:
    """One person at one browser. `seen` are the kinds of pages shown since the last `forget_pages`."""

    provider: Provider
    person: Invented = CLERK
    seen: list[str] = field(default_factory=list)
    session: requests.Session = field(default_factory=requests.Session)

    def __post_init__(self) -> None:
        self.session.verify, self.session.trust_env = str(self.provider.certificate), False

    def open(self, address: str, posted: dict[str, str] | None = None, referrer: str = "") -> Page | Arrival:
        """Go somewhere and follow redirects until a page is shown or the provider is left."""
        for _ in range(LONGEST_WALK):
            response = self.session.request(
                "GET" if posted is None else "POST",
                address,
                data=posted,
                headers={"Referer": referrer} if referrer else {},
                allow_redirects=False,
                timeout=LONGEST,
            )
            if response.status_code not in (302, 303, 307, 308):
                self.seen.append(_Reader(response.text).kind)
                return self._posted_by_itself(Page(response))
            assert response.status_code in (302, 303), "307 and 308 would post a password on"
            address, posted = urljoin(address, response.headers["Location"]), None
            if not address.startswith(self.provider.issuer + "/"):
                parts = urlsplit(address)
                assert not parts.fragment
                return Arrival(address.split("?")[0], _once(parse_qsl(parts.query, keep_blank_values=True)))
        raise AssertionError(f"the provider sends the browser in circles: {address}")

    def _posted_by_itself(self, page: Page) -> Page | Arrival:
        if page.kind != "form-post":
            return page
        form = page.self_posting_form()
        assert form["method"] == "post"
        address = str(form["action"])
        query = _once(parse_qsl(urlsplit(address).query, keep_blank_values=True))
        fields = {name: value for name, value in form["fields"].items() if name}
        return Arrival(address.split("?")[0], query, fields)

    def press(self, page: Page, button: str, **typed: str) -> Page | Arrival:
        """Fill in the form that holds a button, and press it."""
        form = page.form_with(button)
        name, value = form["buttons"][button]
        fields = {**form["fields"], **typed, **({name: value} if name else {})}
        assert form["method"] == "post"
        return self.open(urljoin(page.response.url, form["action"] or page.response.url), fields, page.response.url)

    def walk(self, address: str, posted: dict[str, str] | None = None) -> Page | Arrival:
        """As `open`, and sign in, agree and confirm wherever that is asked."""
        place = self.open(address, posted)
        while isinstance(place, Page) and place.kind in FORWARD:
            assert place.path.startswith(PATHS[place.kind])
            credentials = {"username": self.person.username, "password": PASSWORD} if place.kind == "login" else {}
            place = self.press(place, FORWARD[place.kind], **credentials)
        return place

    def forget_pages(self) -> None:
        """Begin to count pages anew."""
        self.seen.clear()


def _once(pairs: list[tuple[str, str]]) -> dict[str, str]:
    assert len(dict(pairs)) == len(pairs), "a parameter comes twice"
    return dict(pairs)
