"""Filling in real forms through Flask's test client: what a browser without script would send."""

import re
from html import unescape
from html.parser import HTMLParser
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[dict[str, Any]] = []
        self._textarea: str | None = None
        self._select: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(
                {"action": found.get("action", ""), "method": found.get("method", "get"), "fields": {}, "names": set()}
            )
            return
        if not self.forms:
            return
        fields, name = self.forms[-1]["fields"], found.get("name", "")
        self.forms[-1]["names"].add(name)
        if tag == "input" and name:
            kind = found.get("type", "text")
            if kind in ("radio", "checkbox"):
                if "checked" in found:
                    fields.setdefault(name, []).append(found.get("value", "on"))
            elif kind not in ("submit", "file"):
                fields.setdefault(name, []).append(found.get("value", ""))
        elif tag == "textarea":
            self._textarea = name
            fields.setdefault(name, []).append("")
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and "selected" in found:
            fields[self._select] = [found.get("value", "")]

    def handle_data(self, data: str) -> None:
        if self._textarea and self.forms:
            self.forms[-1]["fields"][self._textarea][-1] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._textarea = None
        if tag == "select":
            self._select = None


def forms_of(response: TestResponse) -> list[dict[str, Any]]:
    """The forms of a page that send something: one that closes a dialog does not."""
    parser = _Forms()
    parser.feed(response.get_data(as_text=True))
    return [form for form in parser.forms if form["method"] != "dialog"]


def submit(
    client: FlaskClient, page: TestResponse, values: dict[str, Any], *, action: str | None = None
) -> TestResponse:
    """Send the page's form: one whose action holds `action`, the one that asks for most of `values`, else the first.

    Fields that are not named keep what the page put in; files are `(BytesIO, name)`.
    """
    candidates = [form for form in forms_of(page) if form["method"].lower() == "post"]
    if action is not None:
        candidates = [form for form in candidates if action in form["action"]]
    else:
        ours = [f for f in candidates if "/language" not in f["action"] and "/signout" not in f["action"]]
        candidates = ours or candidates
    form = max(candidates, key=lambda each: len(each["names"] & set(values)))  # the first of equals
    data: dict[str, Any] = {**form["fields"], **values}
    return client.post(form["action"] or page.request.path, data=data)


def text_of(response: TestResponse) -> str:
    """What a person reads on a page, without markup, white space folded."""
    page = response.get_data(as_text=True)
    page = re.sub(r"<(script|style)\b.*?</\1>", " ", page, flags=re.S)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def heading_of(response: TestResponse) -> str:
    """The page's one heading."""
    found = re.findall(r"<h1[^>]*>(.*?)</h1>", response.get_data(as_text=True), flags=re.S)
    assert len(found) == 1, f"a page has one h1, this one has {len(found)}"
    return unescape(re.sub(r"<[^>]+>", "", found[0])).strip()
