"""A relying party that is not ours, step by step: what DOPA's manual says to send, and what came back."""

from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import requests

from demo.thaid_simulator.world import Client, World
from tests.people import CLERK
from tests.waiting import LONGEST

RETURN = "http://localhost:9/callback"
OAUTH = "/api/v2/oauth2"
CREDENTIALS = ("id+with/odd=", "secret:with:colons")


def register(world: World) -> Client:
    """The party's own registration at the simulator."""
    client = Client(*CREDENTIALS, [RETURN])
    world.clients[client.client_id] = client
    return client


def ask(world: World, **changes: str) -> requests.Response:
    """The authorization request; a parameter changed to nothing is left out."""
    query = {
        "response_type": "code",
        "client_id": CREDENTIALS[0],
        "redirect_uri": RETURN,
        "scope": "openid pid",
        "state": "a-state",
    }
    query = {name: value for name, value in (query | changes).items() if value}
    return requests.get(f"{world.issuer}{OAUTH}/auth/?{urlencode(query)}", allow_redirects=False, timeout=LONGEST)


def transaction_of(world: World, **changes: str) -> str:
    """The transaction that a request began."""
    return parse_qs(urlsplit(ask(world, **changes).headers["Location"]).query)["txID"][0]


def come_back(world: World, **changes: str) -> dict[str, list[str]]:
    """The clerk types her number; what the callback carries."""
    form = {"txID": transaction_of(world, **changes), "national_id": CLERK.national_id}
    answer = requests.post(f"{world.issuer}/sandbox/", data=form, allow_redirects=False, timeout=LONGEST)
    return parse_qs(urlsplit(answer.headers["Location"]).query)


def code_for(world: World, **changes: str) -> str:
    """The code that comes back for the clerk."""
    return come_back(world, **changes)["code"][0]


def post(world: World, path: str, form: dict[str, str], *, basic: bool = True) -> requests.Response:
    """One of the endpoints that want the client's secret."""
    if not basic:
        form = form | {"client_id": CREDENTIALS[0], "client_secret": CREDENTIALS[1]}
    auth = CREDENTIALS if basic else None
    return requests.post(f"{world.issuer}{OAUTH}/{path}/", data=form, auth=auth, timeout=LONGEST)


def redeem(world: World, code: str, **changes: Any) -> requests.Response:
    """The code for tokens."""
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": RETURN}
    basic = changes.pop("basic", True)
    return post(world, "token", form | changes, basic=basic)


def turn(world: World, **asked: Any) -> requests.Response:
    """The switchboard, as programs use it."""
    return requests.post(f"{world.issuer}/control.json", json=asked, timeout=LONGEST)
