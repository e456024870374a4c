"""The examples of docs/how-to/connect-a-system.md, taken from the page and run."""

import json
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from idp.clients.metadata import read_metadata
from tests import instant
from tests.conformance.browser import Arrival, Browser, Page
from tests.conformance.foreign.clients import EXAMPLES, PORTS, node_modules, running, trusting
from tests.conformance.provider import SECRET, Provider
from tests.conformance.provider import running as provider_running
from tests.people import CLERK

pytestmark = pytest.mark.xdist_group("conformance")
FIXED = {"python": 5000, "javascript": 3000, "php": 8080}  # the ports of the page
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
        **os.environ,
        **trusting(provider),
        "PORT": port,
        "ISSUER": provider.issuer,
        "CLIENT_ID": language,
        "CLIENT_SECRET": SECRET,
        "SECRET_KEY": "of this example",
        **({} if language == "python" else instant.of_another_language()),
    }
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


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path, key_folder: Path) -> Iterator[Provider]:
    """A provider by plain http, as `make demo` starts it, with the system that the page registers there."""
    text = heredoc()
    for language, port in FIXED.items():
        text = text.replace(f"localhost:{port}/", f"localhost:{PORTS[language]}/")
    folder = tmp_path_factory.mktemp("demo")
    with provider_running(folder, sqlite_template, key_folder, [json.loads(text)], scheme="http") as found:
        yield found


def shell_blocks() -> list[str]:
    """What the page lets one type into a shell: the registration, then the variables."""
    return re.findall(r"^```sh\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.S | re.M)


def heredoc() -> str:
    [found] = re.findall(r"<<'END'\n(.*?)^END$", shell_blocks()[0], re.S | re.M)
    return str(found)


def told_to_type(language: str) -> tuple[str, str]:
    """The file in which the page lets one save an example, and the command that starts it."""
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if "save this as" in line.lower()]
    [line] = [line for line in lines if f"localhost:{FIXED[language]}/" in line]
    words = re.findall(r"`([^`]+)`", line)
    [name] = [word for word in words if word.startswith("example.")]
    return name, words[words.index(name) + 1]


@pytest.mark.parametrize("language", EXAMPLES)
def test_an_example_runs_as_the_page_says_in_an_empty_folder(language: str, demo: Provider, tmp_path: Path) -> None:
    """Nothing but the page's own lines; ports aside, which others may use here."""
    name, command = told_to_type(language)
    (tmp_path / name).write_text(block(language), encoding="utf-8")
    if language == "javascript":
        (tmp_path / "node_modules").symlink_to(node_modules())  # what `npm install` would fetch
    port = str(PORTS[language])
    variables = shell_blocks()[1].replace("http://localhost:8000", demo.issuer)
    script = f"{variables}\nexec {command.replace('localhost:8080', f'localhost:{port}')}\n"
    of_the_suite = {name: os.environ[name] for name in ("PYTHONPATH", instant.AHEAD)}  # its clock, in Python
    environment = {
        **instant.of_a_rehearsal(),
        **(of_the_suite if language == "python" else instant.of_another_language()),
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "PORT": port,
        "FLASK_RUN_PORT": port,
    }
    browser = Browser(demo)
    with running(language, ["bash", "-euc", script], tmp_path, environment) as here:
        arrival = browser.walk(browser.session.get(f"{here}/signin", allow_redirects=False).headers["Location"])
        assert isinstance(arrival, Arrival), arrival.text
        person = browser.session.get(arrival.address, params=arrival.in_url).json()
        assert (person["given_name"], person["unit"]["code"]) == (CLERK.given_name, "670603")
        left = browser.walk(browser.session.get(f"{here}/signout", allow_redirects=False).headers["Location"])
        assert isinstance(left, Arrival)
        assert left.address == f"{here}/"


def test_the_registration_on_the_page_is_one() -> None:
    assert read_metadata(json.loads(block("json"))).roles
