"""Who may see a request, and whose addresses a room may name."""

import ast
import configparser
import re
from pathlib import Path

from flask import Flask

ROOMS, ROOMS_OF_REQUESTS = Path("idp"), ("web", "access", "migrations")
# Besides pages, `web` and `access`: what speaks for the browser of a room above it, or is an endpoint by itself.
SEES_REQUESTS = {
    "idp/database.py": "whether the transaction may write depends on the method",
    "idp/evidence/page_images.py": "the headers of a page's picture",
    "idp/evidence/uploads.py": "an upload's sender",
    "idp/oidc/authorize/flow.py": "the request goes on from page to page",
    "idp/oidc/parameters.py": "the parameters of a request",
    "idp/oidc/protocol_request.py": "what Authlib is handed",
    "idp/oidc/token/replay.py": "whose address the traffic record names",
    "idp/oidc/userinfo.py": "an endpoint",
    "idp/portal/navigation.py": "which page is open",
    "idp/registration/applicant_cookie.py": "the applicant's cookie",
    "idp/signin/cookie.py": "the sign-in's cookie",
    "idp/thaid/browser.py": "the browser that is sent to ThaID",
    "idp/throttle/links.py": "whose address guesses links",
}
# Pages that every visit may lead to, whatever the room: home, the doors, the help.
EVERYBODYS = {
    "portal.front",
    "portal.home",
    "account.index",
    "portal.switch_language",
    "signin.start",
    "signin.sign_out",
    "signin.signed_out",
    "registration.start",
    "help.page",
    "static",
}
# Named upwards on purpose, each with its reason.
UPWARDS = {
    "appointments names audit.letter_opened": "who opened a letter is read where the record is",
    "approval names audit.opened": "who opened a document is read where the record is",
    "clients names client_support.choose_person": "the page of a client leads to what helps its people",
    "clients names client_support.clients": "the page of a client leads back to the list",
    "clients names client_support.logout_deliveries": "the page of a client leads to what it was told",
    "signin names registration.status_start": "who has no account may have asked for one",
}


def _sees_requests(path: Path) -> bool:
    imported = (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ImportFrom))
    return any(node.module == "flask" and {"request", "session"} & {a.name for a in node.names} for node in imported)


def test_only_pages_and_a_named_list_see_the_request() -> None:
    others = {
        str(path)
        for path in ROOMS.rglob("*.py")
        if not path.name.endswith(("views.py", "view_parts.py"))
        and path.parts[1] not in ("web", "access", "migrations")
    }
    assert {path for path in others if _sees_requests(Path(path))} == set(SEES_REQUESTS)


def floors() -> dict[str, int]:
    """The floor of each room, the highest first, as the contract has them."""
    contracts = configparser.ConfigParser()
    contracts.read("setup.cfg")
    lines = contracts["importlinter:contract:floors"]["layers"].split("\n")
    return {room: floor for floor, line in enumerate(lines) for room in re.findall(r"\((\w+)\)", line)}


def test_a_room_names_addresses_of_its_own_floor_or_below(sqlite_app: Flask) -> None:
    floor = floors()
    home = {name: found.import_name.split(".")[1] for name, found in sqlite_app.blueprints.items()}
    upwards = set()
    for path in [*ROOMS.rglob("*.py"), *ROOMS.rglob("*.html")]:
        room = path.parts[1]
        if room not in floor or room == "web":
            continue
        for name in re.findall(r"(?:url_for|absolute)\(\s*[\"']([a-z_]+\.[a-z_]+)[\"']", path.read_text()):
            owner = home[name.partition(".")[0]]
            if floor.get(owner, 99) < floor[room] and name not in EVERYBODYS:
                upwards.add(f"{room} names {name}")
    assert upwards == set(UPWARDS)
