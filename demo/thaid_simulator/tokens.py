"""What the token endpoint hands out: attributes by scope, the id_token, and each of its faults."""

import base64
import hashlib
import hmac
import json
import secrets
import uuid
from typing import Any

import jwt
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from demo.thaid_simulator.world import Persona, SigningKey, Transaction, World

VERSION_1 = {
    "title": "th_title",
    "given_name": "th_fname",
    "middle_name": "th_mname",
    "family_name": "th_lname",
    "name": "th_fullname",
    "given_name_en": "en_fname",
    "family_name_en": "en_lname",
}
CAMEL = {
    "title": "titleTh",
    "title_en": "titleEn",
    "smartcard_code": "smartCardCode",
    "date_of_issuance": "cardCreated",
    "date_of_expiry": "cardExpired",
}


def answer(world: World, transaction: Transaction) -> dict[str, Any]:
    """The token response, in the shape that the scopes and switches ask for."""
    switches, scopes = world.switches, transaction.request["scope"].split()
    assert transaction.persona is not None
    access_token, now = secrets.token_urlsafe(32), world.now()
    expiry = int(now) + switches.token_seconds if switches.expiry_is_absolute else switches.token_seconds
    found: dict[str, Any] = {
        "access_token": access_token,
        "token_type": "Bearer",
        "scope": " ".join(scopes),
        switches.expiry_spelling: expiry,
    }
    if switches.refresh_token:
        found["refresh_token"] = secrets.token_urlsafe(32)
    transaction.issued_at = now
    for token in (access_token, found.get("refresh_token")):
        if token:
            world.tokens[token] = transaction
    attributes = attributes_of(world, transaction.persona, scopes)
    if "openid" not in scopes or switches.inline_attributes:
        found |= attributes
    if "openid" in scopes and switches.id_token != "missing":
        found["id_token"] = _id_token(world, transaction, attributes, access_token)
    return found


def attributes_of(world: World, persona: Persona, scopes: list[str]) -> dict[str, Any]:
    """The person as far as the scopes reach, under the names and in the forms that are switched on."""
    everything = _names(world, persona) | {
        "pid": _pid(world, persona.national_id),
        "birthdate": _birthdate(world, persona.birthdate),
        "gender": persona.gender,
        "address": _address(world, persona),
        "house_address": _address(world, persona),
        "ial": world.switches.ial or None,
        "smartcard_code": "9999-99-01010101",
        "date_of_issuance": "2020-01-15",
        "date_of_expiry": "9999-99-99",
    }
    found = {name: everything[name] for name in scopes if name != "openid" and everything.get(name) is not None}
    found |= {"middle_name": None} if world.switches.middle_name == "null" and found.get("middle_name") == "" else {}
    if world.switches.middle_name == "absent" and not found.get("middle_name"):
        found.pop("middle_name", None)
    renamed = {"camel": CAMEL, "version_1": VERSION_1, "snake": {}}[world.switches.aliases]
    if world.switches.birthdate == "buddhist":
        renamed = renamed | {"birthdate": "dob"}
    return {renamed.get(name, name): value for name, value in found.items()}


def _names(world: World, persona: Persona) -> dict[str, Any]:
    full = f"{persona.title}{persona.given_name} {persona.family_name}"
    parts = {
        "title": persona.title,
        "given_name": persona.given_name,
        "middle_name": persona.middle_name,
        "family_name": persona.family_name,
    }
    english = {
        "title_en": "Ms." if persona.gender == "female" else "Mr.",
        "given_name_en": persona.given_name_en,
        "middle_name_en": "",
        "family_name_en": persona.family_name_en,
        "name_en": f"{persona.given_name_en} {persona.family_name_en}",
    }
    shown: dict[str, str] = {"parts": parts | {"name": full}, "only_full": {"name": full}, "absent": {}}[
        world.switches.names
    ]
    return shown | english


def _pid(world: World, national_id: str) -> str | None:
    last = str((int(national_id[12]) + 1) % 10)
    dashed = "-".join((national_id[0], national_id[1:5], national_id[5:10], national_id[10:12], national_id[12]))
    forms = {"normal": national_id, "absent": None, "wrong_check_digit": national_id[:12] + last, "with_dashes": dashed}
    return forms[world.switches.pid]


def _birthdate(world: World, iso: str) -> str:
    year, month, day = iso.split("-")
    return {
        "iso": iso,
        "buddhist": f"{int(year) + 543}{month}{day}",
        "year": year,
        "year_zeros": f"{year}-00-00",
        "month_zero": f"{year}-{month}-00",
    }[world.switches.birthdate]


def _address(world: World, persona: Persona) -> dict[str, str] | str:
    formatted, raw = " ".join(part for part in persona.address if part), "#".join(persona.address)
    forms: dict[str, dict[str, str] | str] = {
        "object": {"formatted": formatted, "raw": raw},
        "raw": {"raw": raw},
        "text": formatted,
    }
    return forms[world.switches.address]


def _id_token(world: World, transaction: Transaction, attributes: dict[str, Any], access_token: str) -> str:
    fault, key = world.switches.id_token, world.keys[0]
    claims = _claims(world, transaction, access_token) | attributes
    headers: dict[str, Any] = {"typ": "JWT", "kid": key.kid}
    if fault == "malformed":
        return "not.a.token"
    if fault == "without_kid":
        del headers["kid"]
    if fault == "unknown_kid":
        key = SigningKey()
        headers["kid"] = key.kid
    if fault == "wrong_key":
        key = SigningKey()
    if fault == "alg_none":
        return jwt.encode(claims, "", algorithm="none", headers=headers)
    if fault == "hs256":
        return _signed_with_the_public_key(claims, headers, key)
    return jwt.encode(claims, key.private, algorithm="ES256", headers=headers)


def _claims(world: World, transaction: Transaction, access_token: str) -> dict[str, Any]:
    fault, now, client_id = world.switches.id_token, int(world.now()), transaction.client.client_id
    half = hashlib.sha256(access_token.encode()).digest()[:16]
    assert transaction.persona is not None
    claims: dict[str, Any] = {
        "iss": world.issuer,
        "sub": _sub(world, transaction.persona),
        "aud": {
            "client_id": client_id,
            "uuid": str(uuid.uuid5(uuid.NAMESPACE_URL, client_id)),
            "list": [client_id, "another-system"],
        }[world.switches.audience],
        "iat": now,
        "exp": now + world.switches.token_seconds,
        "auth_time": now,
        "at_hash": base64.urlsafe_b64encode(half).rstrip(b"=").decode(),
        "version": "2.0",
    }
    if "nonce" in transaction.request and world.switches.nonce != "omit":
        claims["nonce"] = transaction.request["nonce"] if world.switches.nonce == "echo" else secrets.token_urlsafe(16)
    faults: dict[str, dict[str, Any]] = {
        "expired": {"iat": now - 1800, "exp": now - 900},
        "from_the_future": {"iat": now + 600, "exp": now + 1500},
        "old": {"iat": now - 3600},
        "wrong_issuer": {"iss": "https://imauth.example.com"},
        "issuer_with_slash": {"iss": f"{world.issuer}/"},
        "wrong_audience": {"aud": "another-system"},
        "wrong_azp": {"aud": [client_id, "another-system"], "azp": "another-system"},
    }
    return claims | faults.get(fault, {})


def _sub(world: World, persona: Persona) -> str:
    other = next((number for number in world.personas if number != persona.national_id), "")
    pairwise = hashlib.sha256(persona.national_id.encode()).hexdigest()
    return {"pid": persona.national_id, "pairwise": pairwise, "other_pid": other}[world.switches.sub]


def _signed_with_the_public_key(claims: dict[str, Any], headers: dict[str, Any], key: SigningKey) -> str:
    """The algorithm confusion: whoever knows the public key can make such a token."""
    secret = key.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    parts = [
        base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=")
        for part in (headers | {"alg": "HS256"}, claims)
    ]
    signature = hmac.new(secret, b".".join(parts), hashlib.sha256).digest()
    return b".".join([*parts, base64.urlsafe_b64encode(signature).rstrip(b"=")]).decode()
