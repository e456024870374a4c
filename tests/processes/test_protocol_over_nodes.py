"""Several processes as systems see them: keys that change under load, a suspension that all of them feel."""

import threading
import time
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from secrets import token_hex
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
import requests
from flask import Flask

from idp.accounts import operations as accounts
from idp.database import db
from idp.signin import operations as signin
from idp.signin.rules import PASSWORD_ACR
from idp.signing_keys import files
from idp.signing_keys.schedule import REREAD, KeyDates, succession
from tests.idp.oidc.relying_party import CALLBACK, SECRET, VERIFIER, challenge, open_account, register
from tests.processes.conftest import Installation
from tests.waiting import LONGEST, wait_until
from thai_web import clock

CACHE = timedelta(seconds=5)
ALGORITHMS = ("RS256", "ES256")
on_postgresql = pytest.mark.parametrize("app", ["postgresql"], indirect=True)


@dataclass
class System:
    """A connected system with one person at its browser."""

    node: str
    client_id: str
    cookie: str
    http: requests.Session = field(default_factory=requests.Session)

    def authorize(self, **changes: str) -> dict[str, str]:
        """What comes back from the provider."""
        asked = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": CALLBACK,
            "nonce": "n",
            "scope": "openid offline_access",
            "code_challenge": challenge(),
            "code_challenge_method": "S256",
            **changes,
        }
        headers = {"Cookie": f"idp_sid={self.cookie}"}
        answer = self.http.get(
            f"{self.node}/authorize", params=asked, headers=headers, allow_redirects=False, timeout=LONGEST
        )
        return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["Location"]).query).items()}

    def post(self, path: str, **given: str) -> requests.Response:
        return self.http.post(f"{self.node}{path}", data=given, auth=(self.client_id, SECRET), timeout=LONGEST)

    def tokens(self) -> dict[str, Any]:
        """A whole flow."""
        code = self.authorize()["code"]
        answer = self.post(
            "/token", grant_type="authorization_code", code=code, redirect_uri=CALLBACK, code_verifier=VERIFIER
        )
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def userinfo(self, access_token: str) -> int:
        headers = {"Authorization": f"Bearer {access_token}"}
        return self.http.get(f"{self.node}/userinfo", headers=headers, timeout=LONGEST).status_code


@dataclass
class Visits:
    """One person after another comes to a system that keeps the list of keys for `CACHE` and never asks for it because
    of a signature that it cannot check."""

    system: System
    alg: str
    kids: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)
    _listed: dict[str, jwt.PyJWK] = field(default_factory=dict)
    _listed_at: float = float("-inf")

    def run(self) -> None:
        while not self.stopping.is_set():
            try:
                self._one()
            except Exception as error:
                self.failures.append(repr(error))

    def _one(self) -> None:
        if time.monotonic() - self._listed_at > CACHE.total_seconds() - 1:
            self._listed_at = time.monotonic()
            listed = self.system.http.get(f"{self.system.node}/jwks", timeout=LONGEST).text
            self._listed = {str(key.key_id): key for key in jwt.PyJWKSet.from_json(listed).keys}
        fresh = self._listed_at
        text = self.system.tokens()["id_token"]
        if time.monotonic() - fresh > CACHE.total_seconds():
            return  # a machine so slow that the list grew too old meanwhile: no system would use it
        kid = jwt.get_unverified_header(text)["kid"]
        jwt.decode(text, self._listed[kid], algorithms=[self.alg], audience=self.system.client_id)
        self.kids.append(kid)


def succeed(folder: Path, alg: str) -> KeyDates:
    """Rotate as the product does, with the caches of this test's systems in place of a day."""
    now = clock.now()
    new = KeyDates(token_hex(4), alg, now, now + REREAD + CACHE + timedelta(seconds=2))
    known = [key for key in files.read(folder) if key.alg == alg]
    files.write(folder, new, files.generate(alg), "")
    for old in succession(known, new, now):
        files.describe(folder, old)
    return new


def rotate_under_load(app: Flask, installation: Installation, folder: Path, rounds: int) -> None:
    files.prepare(folder, clock.now(), "")
    for path in Path(installation.environment["IDP_KEYS"]).glob("*.key"):
        (folder / path.name).write_bytes(path.read_bytes())
    installation.environment["IDP_KEYS"] = str(folder)
    holder = open_account(app)
    with app.app_context():
        cookie = signin.begin_session(holder.account_id, "127.0.0.1", ["pwd"], PASSWORD_ACR).secret
        db.session.commit()
    node = installation.node(workers=3)
    visits = []
    for alg in ALGORITHMS:
        register(app, client_id=alg, client_name=alg, id_token_signed_response_alg=alg)
        visits.append(Visits(System(node, alg, cookie), alg))
    threads = [threading.Thread(target=each.run) for each in visits]
    for thread in threads:
        thread.start()
    try:
        for _ in range(rounds):
            wait_until(lambda: all(each.kids for each in visits), "each system has checked a signature")
            new = {alg: succeed(folder, alg).kid for alg in ALGORITHMS}
            wait_until(lambda new=new: all(each.kids[-1] == new[each.alg] for each in visits), "the new keys sign")
    finally:
        for each in visits:
            each.stopping.set()
        for thread in threads:
            thread.join(LONGEST)
    for each in visits:
        assert each.failures == []
        assert len(dict.fromkeys(each.kids)) == rounds + 1, "each key was met, and none came back"
        assert len(set(each.kids)) == len(
            [kid for kid, after in zip(each.kids, [*each.kids[1:], ""], strict=True) if kid != after]
        )


@pytest.mark.attack(44)
@on_postgresql
def test_keys_change_under_load_at_three_workers_and_every_signature_can_be_checked(
    app: Flask, installation: Installation, tmp_path: Path
) -> None:
    rotate_under_load(app, installation, tmp_path / "keys", rounds=1)


@pytest.mark.slow
@on_postgresql
def test_keys_change_again_and_again_under_load(app: Flask, installation: Installation, tmp_path: Path) -> None:
    rotate_under_load(app, installation, tmp_path / "keys", rounds=5)


@on_postgresql
def test_a_suspension_is_felt_on_the_other_node_at_its_next_call(app: Flask, installation: Installation) -> None:
    register(app)
    holder = open_account(app)
    with app.app_context():
        cookie = signin.begin_session(holder.account_id, "127.0.0.1", ["pwd"], PASSWORD_ACR).secret
        db.session.commit()
    nodes = [System(installation.node(), "rp", cookie) for _ in range(2)]
    tokens = nodes[0].tokens()
    for node in nodes:
        assert node.userinfo(tokens["access_token"]) == 200
        assert "code" in node.authorize(prompt="none")
    with app.app_context():
        accounts.suspend(accounts.get(holder.account_id), "test")
        db.session.commit()
    for node in nodes:
        assert node.userinfo(tokens["access_token"]) == 401
        assert node.authorize(prompt="none")["error"] == "login_required"
        assert node.post("/introspect", token=tokens["access_token"]).json() == {"active": False}
        answer = node.post("/token", grant_type="refresh_token", refresh_token=tokens["refresh_token"])
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")
