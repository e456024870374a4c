"""Public keys of systems: whatever a set holds, it is read or passed over."""

import base64
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import ECKey, OKPKey, RSAKey

from idp.clients.keys import KEY_TYPES, check_jwks, fitting, public_keys

RSA, EC, ED = RSAKey.generate_key(2048), ECKey.generate_key("P-256"), OKPKey.generate_key("Ed25519")
SET = {"keys": [{**key.as_dict(private=False), "kid": kid} for kid, key in (("r", RSA), ("c", EC), ("d", ED))]}


@pytest.mark.parametrize(
    ("alg", "kid", "found"),
    [
        ("RS256", "r", ["r"]),
        ("PS256", None, ["r"]),
        ("ES256", None, ["c"]),
        ("EdDSA", "d", ["d"]),
        ("ES256", "r", []),
        ("RS256", "unknown", []),
    ],
)
def test_a_key_fits_its_algorithm_and_its_name(alg: str, kid: str | None, found: list[str]) -> None:
    assert [key.get("kid") for key in fitting(public_keys(SET), alg, kid)] == found


def test_a_key_for_another_use_algorithm_or_curve_is_passed_over() -> None:
    plain = EC.as_dict(private=False)
    assert fitting(public_keys({"keys": [{**plain, "alg": "RS256"}]}), "ES256", None) == []
    for given_key in (
        {**plain, "use": "enc"},
        ECKey.generate_key("P-384").as_dict(private=False),
        EC.as_dict(private=True),
    ):
        assert public_keys({"keys": [given_key]}) == ()


def text_of(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


words = st.sampled_from(
    ["P-256", "P-384", "secp256k1", "Ed25519", "Ed448", "X25519", "sig", "enc", "RS256", "AQAB", ""]
)
numbers = st.sampled_from([b"", b"\0", b"\1\0\1", b"\xff" * 32, b"\xff" * 57, b"\xc1" * 256, b"\xc1" * 260]).map(
    text_of
)
values = st.one_of(words, st.none(), st.integers(), st.text(max_size=9), st.binary(max_size=9).map(text_of), numbers)
names = ("n", "e", "crv", "x", "y", "use", "alg", "kid", "key_ops", "x5c")
keys = st.fixed_dictionaries(
    {"kty": st.sampled_from(["RSA", "EC", "OKP", "AKP", 7])}, optional=dict.fromkeys(names, values)
)


@given(st.lists(keys, max_size=3))
def test_whatever_a_published_set_holds_breaks_nothing(published: list[dict[str, Any]]) -> None:
    given_set = {"keys": published}
    check_jwks(given_set)
    for alg in KEY_TYPES:
        assert len(fitting(public_keys(given_set), alg, None)) <= len(published)
