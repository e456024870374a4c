"""What the simulator knows: its clients, fictional people, keys, and the transactions under way."""

import base64
import json
import secrets
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, RLock
from typing import Any
from urllib.parse import urlencode

from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

from demo.cast import CAST, IN_THE_PROVINCE, fictional_national_id
from demo.thaid_simulator.switches import Switches

SCOPES = (
    "openid",
    "pid",
    "title",
    "title_en",
    "given_name",
    "middle_name",
    "family_name",
    "name",
    "given_name_en",
    "middle_name_en",
    "family_name_en",
    "name_en",
    "birthdate",
    "gender",
    "address",
    "ial",
    "smartcard_code",
    "date_of_issuance",
    "date_of_expiry",
    "house_address",
)
ANY_REDIRECT = "*"  # as DOPA's shared sandbox client has it


@dataclass
class Client:
    """A relying party, with the scopes it was granted."""

    client_id: str
    client_secret: str
    redirect_uris: list[str]
    scopes: list[str] = field(default_factory=lambda: list(SCOPES))
    name: str = "ระบบทดสอบ"
    granted: list[str] = field(init=False)

    def __post_init__(self) -> None:
        self.granted = list(self.scopes)


@dataclass
class Persona:
    """A fictional citizen. Birth date of the common era; the address in the eight parts of the card."""

    national_id: str
    title: str
    given_name: str
    family_name: str
    middle_name: str = ""
    given_name_en: str = "Thotsop"
    family_name_en: str = "Jamlong"
    gender: str = "female"
    birthdate: str = "1985-04-13"
    address: tuple[str, ...] = ("99/9", "หมู่ที่ 9", "", "", "", "ตำบลทดสอบ", "อำเภอจำลอง", "จังหวัดสมมุติ")


@dataclass
class SigningKey:
    """An EC P-256 key; `kid` is base64 of twenty bytes, as DOPA's are."""

    private: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    kid: str = field(default_factory=lambda: base64.b64encode(secrets.token_bytes(20)).decode())

    def jwk(self) -> dict[str, Any]:
        """The public half as published."""
        public: dict[str, Any] = ECAlgorithm.to_jwk(self.private.public_key(), as_dict=True)
        return public | {"kid": self.kid, "use": "sig", "alg": "ES256"}


@dataclass
class Transaction:
    """One authorization request, from the QR code to its end."""

    id: str
    reference: str
    client: Client
    request: dict[str, str]
    expires_at: float
    is_scanned: bool = False
    outcome: str = ""  # approved, denied
    redirect: str = ""
    persona: Persona | None = None
    code_expires_at: float = 0
    issued_at: float = 0


@dataclass
class World:
    """One simulated ThaID. Everything lies in memory; `lock` is held while a code or token changes hands."""

    issuer: str
    clients: dict[str, Client] = field(default_factory=dict)
    personas: dict[str, Persona] = field(default_factory=dict)
    switches: Switches = field(default_factory=Switches)
    keys: list[SigningKey] = field(default_factory=lambda: [SigningKey(), SigningKey()])
    transactions: dict[str, Transaction] = field(default_factory=dict)
    codes: dict[str, Transaction] = field(default_factory=dict)
    tokens: dict[str, Transaction] = field(default_factory=dict)
    revoked: list[str] = field(default_factory=list)
    calls: Counter[str] = field(default_factory=Counter)
    lock: RLock = field(default_factory=RLock)
    hurry: Event = field(default_factory=Event)  # set, it ends the wait of slow answers

    def now(self) -> float:
        """The simulator's own clock, which may be wrong."""
        return time.time() + self.switches.clock_skew

    def rotate(self) -> None:
        """Sign with a new key from now on; the one before stays published."""
        self.keys = [SigningKey(), self.keys[0]]

    def reset(self) -> None:
        """Switches, granted scopes and transactions as at the start."""
        self.switches = Switches()
        for client in self.clients.values():
            client.scopes = list(client.granted)
        for memory in (self.transactions, self.codes, self.tokens, self.revoked, self.calls):
            memory.clear()
        self.hurry.clear()

    def begin(self, client: Client, request: dict[str, str]) -> Transaction:
        """A new transaction with its reference code."""
        reference = "".join(secrets.choice("ABCDEFGHJKLMNPQRSTUVWXYZ23456789") for _ in range(6))
        ends = time.time() + self.switches.qr_seconds
        transaction = Transaction(secrets.token_hex(16), reference, client, request, ends)
        self.transactions[transaction.id] = transaction
        return transaction

    def approve(self, transaction: Transaction, persona: Persona) -> None:
        """The person pressed the button in the app: a code is on its way."""
        code = secrets.token_urlsafe(24)
        transaction.outcome, transaction.persona = "approved", persona
        transaction.code_expires_at = time.time() + self.switches.code_seconds
        with self.lock:
            self.codes[code] = transaction
        answer = {"code": code, "state": transaction.request["state"]}
        if self.switches.callback == "code_and_error":
            answer |= {"error": "server_error"}
        elif self.switches.callback == "wrong_state":
            answer |= {"state": secrets.token_urlsafe(32)}
        elif self.switches.callback in ("without_code", "without_state"):
            del answer[self.switches.callback.removeprefix("without_")]
        transaction.redirect = _with_query(transaction.request["redirect_uri"], answer)

    def deny(self, transaction: Transaction) -> None:
        """The person said no; whether the relying party hears of it is a switch."""
        transaction.outcome = "denied"
        if self.switches.denial == "redirect":
            answer = {
                "error": self.switches.denial_error,
                "error_description": "user disapproved",
                "error_uri": self.issuer,
                "state": transaction.request["state"],
            }
            transaction.redirect = _with_query(transaction.request["redirect_uri"], answer)

    def persona(self, national_id: str, given_name: str = "", family_name: str = "") -> Persona:
        """A known citizen, or one made up for the number: the sandbox lets in whatever is typed."""
        known = self.personas.get(national_id)
        if known and not given_name:
            return known
        made = Persona(national_id, "นางสาว", given_name or "ทดสอบ", family_name or f"เลขท้าย{national_id[-4:]}")
        return self.personas.setdefault(national_id, made) if not given_name else made


def _with_query(address: str, answer: dict[str, str]) -> str:
    return f"{address}{'&' if '?' in address else '?'}{urlencode(answer)}"


def default_world(issuer: str) -> World:
    """One client that may return anywhere, and the cast."""
    client = Client("thaid-simulator-client", "thaid-simulator-secret", [ANY_REDIRECT])
    cast = [
        Persona(each.national_id, each.title, each.given_name, each.family_name) for each in (*CAST, *IN_THE_PROVINCE)
    ]
    strangers = [
        Persona(fictional_national_id(901), "นาย", "มานะ", "อดทนดี", middle_name="กลางใจ", gender="male"),
        Persona(fictional_national_id(902), "นาง", "ชูใจ", "เลิศล้ำ", birthdate="1960-02-29"),
        Persona(fictional_national_id(903), "นาย", "ปิติ", "ไม่เคยลงทะเบียน", gender="male"),
    ]
    return World(issuer, {client.client_id: client}, {each.national_id: each for each in [*cast, *strangers]})


def world_from(issuer: str, path: Path) -> World:
    """Clients and personas of a JSON file: `{"clients": [{…}], "personas": [{…}]}`; a part left out is the default."""
    given, world = json.loads(path.read_text()), default_world(issuer)
    if "clients" in given:
        world.clients = {each["client_id"]: Client(**each) for each in given["clients"]}
    for each in given.get("personas", []):
        world.personas[each["national_id"]] = Persona(**each)
    return world
