"""The whole country signs in: 70 people a second, a third by password, the rest by ThaID; each enters one system.

They come with their own browsers: most signed in there before and are known, of the rest a mail tells.
"""

import asyncio
import json
import os
import time
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm
from sqlalchemy import create_engine, text

from benchmarks import provider, serving
from benchmarks.auth_load import OURS, gunicorn
from benchmarks.budgets import Report
from benchmarks.opbench.forms import Browser, forms_in
from benchmarks.opbench.http1 import Client, Jar
from benchmarks.opbench.provider import Provider
from benchmarks.provider import ROOT, Prepared
from demo.cast import fictional_national_id

A_SECOND, OF_WHICH_BY_PASSWORD = 70, 3
# Where server, database, ThaID and the crowd share two processors, fewer get through a second than come: the others
# wait at the door, so that what is counted is the work of sign-ins, not of answers nobody waits for any more.
AT_ONCE = 24
DEVICE = ("idp_device", "/")  # the cookie by which a browser is known, and its path
STUB_PORT, CLIENT_ID, PROVEN = 8302, "bench-thaid", 500


class ThaIDStub:
    """Answers as ThaID would once a person has agreed on the phone: instantly, so that only we are measured."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._waiting: dict[str, tuple[str, str]] = {}
        self._codes = count()
        self.issuer = f"http://127.0.0.1:{STUB_PORT}"

    def agree(self, nonce: str, national_id: str) -> str:
        """The code with which the browser goes back."""
        code = f"code-{next(self._codes)}"
        self._waiting[code] = (nonce, national_id)
        return code

    async def start(self) -> asyncio.Server:
        """Listen."""
        return await asyncio.start_server(self._serve, "127.0.0.1", STUB_PORT)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while line := await reader.readline():
                path, length = line.split()[1].decode(), 0
                while (header := await reader.readline()).strip():
                    name, _colon, value = header.decode().partition(":")
                    length = int(value) if name.lower() == "content-length" else length
                body = (await reader.readexactly(length)).decode() if length else ""
                answer = json.dumps(self._answer(path, body)).encode()
                writer.write(
                    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(answer)
                )
                writer.write(answer)
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    def _answer(self, path: str, body: str) -> dict[str, Any]:
        if path.startswith("/.well-known/"):
            return {"issuer": self.issuer}
        if path.startswith("/jwks"):
            public = ECAlgorithm.to_jwk(self._key.public_key(), as_dict=True)
            return {"keys": [{**public, "kid": "bench", "use": "sig", "alg": "ES256"}]}
        if path.endswith("/token/"):
            nonce, national_id = self._waiting.pop(parse_qs(body)["code"][0])
            now = int(time.time())
            claims = {
                "iss": self.issuer,
                "aud": CLIENT_ID,
                "sub": national_id,
                "pid": national_id,
                "nonce": nonce,
                "iat": now,
                "exp": now + 900,
                "title": "นาย",
                "given_name": "ทดสอบ",
                "family_name": "ยืนยันแล้ว",
                "ial": "2.3",
            }
            signed = jwt.encode(claims, self._key, "ES256", {"kid": "bench"})
            return {"access_token": "a" * 40, "token_type": "Bearer", "expires_in": now + 900, "id_token": signed}
        return {"status": "OK", "message": "revoked"}


def prove_people(ours: Prepared) -> None:
    """Give the first people of the seed the proof by ThaID of a fictional number each."""
    script = (
        "from benchmarks.country import PROVEN, fictional_national_id as number\n"
        "from idp import create_app\n"
        "from idp.accounts import operations as accounts\n"
        "from idp.database import db\n"
        "with create_app().app_context():\n"
        "    for place in range(PROVEN):\n"
        "        account = accounts.find_by_username(f'bench{place + 100:06d}')\n"
        "        account.national_id_index = accounts.national_id_index(number(place))\n"
        "        account.given_name, account.family_name = 'ทดสอบ', 'ยืนยันแล้ว'\n"
        "        account.proof, account.proven_at = 'THAID', account.created_at\n"
        "    db.session.commit()\n"
    )
    ours.run(str(provider.BIN / "python"), "-c", script)


def measure(report: Report, ours: Prepared, minutes: float) -> None:
    """Processor time of server and database while the country signs in, in cores."""
    prove_people(ours)
    asyncio.run(_measure(report, ours, minutes))


async def _measure(report: Report, ours: Prepared, minutes: float) -> None:
    processors = set(range(os.cpu_count() or 1))
    for pid in (0, _database_pid(ours.database)):  # other measurements hold each of them on one
        os.sched_setaffinity(pid, processors)
    stub = ThaIDStub()
    listening = await stub.start()
    environment = {
        **ours.environment,
        "IDP_THAID_ISSUER": stub.issuer,
        "IDP_THAID_CLIENT_ID": CLIENT_ID,
        "IDP_THAID_CLIENT_SECRET": "bench-secret",
        "IDP_OUTBOUND_HOSTS": "127.0.0.1",
    }
    with serving.serving(gunicorn(OURS, "wsgi:app", ()), environment, OURS, str(ROOT)) as server_pid:
        server = Provider(provider.HERE / "rs256.json")
        server.cfg.pop("start")
        await server.start({"log_dir": str(ours.work / "logs")})
        trees = (server_pid, _database_pid(ours.database))
        crowd = Crowd(server, stub)
        # Afterwards every process has its templates, its connections and ThaID's documents, and most people are known.
        await asyncio.gather(*(crowd.enter(number) for number in range(3 * PROVEN)))
        begun, spent = time.monotonic(), serving.processor_seconds(*trees)
        crowd.took.clear()
        await crowd.arrive(minutes * 60)
        seconds = time.monotonic() - begun
        took = sorted(crowd.took)
        each = (serving.processor_seconds(*trees) - spent) / max(1, len(took))
        # Where the load generator on the same cores holds the rate down, the cost of one sign-in still tells.
        cores = each * A_SECOND
        note = (
            f"{each * 1000:.1f} ms each, {len(took) / seconds:.0f} /s for {seconds:.0f} s, "
            f"p95 {took[int(len(took) * 0.95)] * 1000:.0f} ms, {crowd.failed} failed{crowd.why}"
        )
        report.add("country", cores if not crowd.failed else None, note)
    listening.close()


class Crowd:
    """People who come, whatever those before them are at, as long as there is room."""

    def __init__(self, server: Provider, stub: ThaIDStub) -> None:
        self.server, self.stub = server, stub
        self.took: list[float] = []
        self.failed, self.why = 0, ""
        self._idle: list[Client] = []
        self._devices: dict[str, str] = {}
        self._door = asyncio.Semaphore(AT_ONCE)

    async def arrive(self, seconds: float) -> None:
        """A new person every 1/70 second, or as soon as there is room."""
        begun, tasks = time.monotonic(), set()
        for number in range(int(seconds * A_SECOND)):
            await asyncio.sleep(max(0.0, begun + number / A_SECOND - time.monotonic()))
            await self._door.acquire()
            if time.monotonic() - begun > seconds:
                self._door.release()
                break
            task = asyncio.ensure_future(self._sign_in(number))
            tasks.add(task)
            task.add_done_callback(tasks.discard)
        await asyncio.gather(*tasks)

    async def enter(self, number: int) -> None:
        """One person alone."""
        await self._door.acquire()
        await self._sign_in(number)

    async def _sign_in(self, number: int) -> None:
        """From the system's request to its tokens and UserInfo."""
        client = self._idle.pop() if self._idle else self.server.client()
        begun = time.monotonic()
        try:
            by_password = number % OF_WHICH_BY_PASSWORD == 0
            await (self._by_password(client, number) if by_password else self._by_thaid(client, number))
            self.took.append(time.monotonic() - begun)
        except Exception as error:
            self.failed += 1
            self.why = f": {type(error).__name__} {error}"[:120]
        self._idle.append(client)
        self._door.release()

    def _browser_of(self, person: str) -> Jar:
        """Somebody's own browser, signed out: it keeps what the person left in it the last time."""
        jar = Jar()
        if device := self._devices.get(person):
            jar.cookies[DEVICE] = device
        return jar

    def _remember(self, person: str, jar: Jar) -> None:
        if device := jar.cookies.get(DEVICE):
            self._devices[person] = device

    async def _by_password(self, client: Client, number: int) -> None:
        person = str(self.server.user(number))
        jar, data = await self.server.sign_in(client, number, self._browser_of(person))
        self._remember(person, jar)
        await self.server.userinfo(client, data["access_token"], data["sub"])

    async def _by_thaid(self, client: Client, number: int) -> None:
        person = fictional_national_id(number % PROVEN)
        browser = Browser(client, self._browser_of(person))
        target, (verifier, state, nonce) = self.server.authorize_request()
        base = f"http://{client.netloc}"
        page = await _follow(browser, "GET", base + target)
        form = next(each for each in forms_in(page.text) if each["action"].startswith("/signin/thaid"))
        _address, left = await browser.send("POST", base + form["action"], form["fields"])
        asked = parse_qs(urlsplit(left.location).query)
        code = self.stub.agree(asked["nonce"][0], person)
        _address, landed = await browser.send("GET", f"{base}/thaid/callback?code={code}&state={asked['state'][0]}")
        while not landed.location.startswith(self.server.cfg["redirect_uri"]):
            if landed.status not in (302, 303):
                raise ValueError(f"ThaID's return ended with {landed.status}")
            _address, landed = await browser.send("GET", base + landed.location)
        self._remember(person, browser.jar)
        code = self.server.code_from(landed.location, state)
        data, _elapsed = await self.server.token(client, code, verifier, nonce, verify=False)
        await self.server.userinfo(client, data["access_token"], data["sub"])


async def _follow(browser: Browser, method: str, address: str) -> Any:
    _address, response = await browser.send(method, address)
    while response.status in (302, 303):
        address, response = await browser.send("GET", response.location, base=address)
    return response


def _database_pid(database_url: str) -> int:
    """The postmaster: the parent of whichever process serves us."""
    engine = create_engine(database_url)
    with engine.connect() as connection:
        pid = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
        parent = int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])
    engine.dispose()
    return parent
