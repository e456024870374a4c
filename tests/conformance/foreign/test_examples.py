"""The examples of docs/how-to/connect-a-system.md, taken from the page and run."""

import json
import os
import re
import sys
from pathlib import Path

import pytest

from idp.clients.metadata import read_metadata
from tests import instant
from tests.conformance.browser import Arrival, Browser, Page
from tests.conformance.foreign.clients import EXAMPLES, PORTS, node_modules, running, trusting
from tests.conformance.provider import SECRET, Provider
from tests.people import CLERK

pytestmark = pytest.mark.xdist_group("conformance")
PAGE = Path("docs/how-to/connect-a-system.md")


def block(language: str) -> str:
    """The one code block of a language."""
    [found] = re.findall(rf"^```{language}\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.S | re.M)
    return str(found)


def prepared(language: str, folder: Path, provider: Provider) -> tuple[list[str], dict[str, str]]:
    """The example in a folder of its own, and how it is started there."""
    port = str(PORTS[language])
    ending = {"python": "py", "javascript": "mjs", "php": "php"}[language]
    (folder / f"example.{ending}").write_text(block(language), encoding="utf-8")
    if language == "javascript":
        (folder / "node_modules").symlink_to(node_modules())
    commands = {
        "python": [sys.executable, "-m", "flask", "--app", "example", "run", "--port", port],
        "javascript": ["node", "example.mjs"],
        "php": ["php", "-d", f"curl.cainfo={provider.certificate}", "-S", f"localhost:{port}", "example.php"],
    }
    environment = {
        **os.environ, **trusting(provider), "PORT": port, "ISSUER": provider.issuer, "CLIENT_ID": language,
        "CLIENT_SECRET": SECRET, "SECRET_KEY": "of this example",
        **({} if language == "python" else instant.of_another_language()),
    }  # fmt: skip
    return commands[language], environment


@pytest.mark.parametrize("language", EXAMPLES)
def test_an_example_signs_in_and_out(language: str, provider: Provider, browser: Browser, tmp_path: Path) -> None:
    command, environment = prepared(language, tmp_path, provider)
    with running(language, command, tmp_path, environment) as here:
        arrival = browser.walk(browser.session.get(f"{here}/signin", allow_redirects=False).headers["Location"])
        assert isinstance(arrival, Arrival), arrival.text
        assert arrival.address == f"{here}/signin/callback"
        person = browser.session.get(arrival.address, params=arrival.in_url).json()
        assert (person["given_name"], person["unit"]["code"], person["roles"]) == (CLERK.given_name, "670603", [])
        leaving = browser.session.get(f"{here}/signout", allow_redirects=False).headers["Location"]
        left = browser.walk(leaving)
        assert isinstance(left, Arrival)
        assert left.address == f"{here}/"
        assert browser.session.get(f"{here}/").json() == {}
        later = browser.open(browser.session.get(f"{here}/signin", allow_redirects=False).headers["Location"])
        assert isinstance(later, Page)
        assert later.kind == "login"


@pytest.mark.parametrize("language", EXAMPLES)
def test_an_example_takes_no_answer_that_it_did_not_ask_for(
    language: str, provider: Provider, browser: Browser, tmp_path: Path
) -> None:
    command, environment = prepared(language, tmp_path, provider)
    with running(language, command, tmp_path, environment) as here:
        arrival = browser.walk(browser.session.get(f"{here}/signin", allow_redirects=False).headers["Location"])
        assert isinstance(arrival, Arrival), arrival.text
        led = Browser(provider)  # a stranger's browser, led to the callback with somebody else's code
        led.session.get(f"{here}/signin", allow_redirects=False)
        answer = led.session.get(arrival.address, params=arrival.in_url)
        assert answer.status_code >= 400
        assert led.session.get(f"{here}/").json() == {}


def test_the_registration_on_the_page_is_one() -> None:
    assert read_metadata(json.loads(block("json"))).roles
