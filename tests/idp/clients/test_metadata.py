"""What a system may register; each wrong member is named."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import ECKey

from idp.clients.metadata import MEMBERS, ignored_members, read_metadata
from idp.clients.metadata_fields import MetadataError
from idp.clients.rules import NOT_BY_DEFAULT, SCOPES, Environment, Profile, check_redirect_uri

KEY = ECKey.generate_key("P-256")
SIGNS = {"token_endpoint_auth_method": "private_key_jwt", "jwks": {"keys": [KEY.as_dict(private=False)]}}
MACHINE = {"grant_types": ["client_credentials"], "redirect_uris": []}
LEAST: dict[str, Any] = {"client_id": "water", "redirect_uris": ["https://water.example.go.th/callback"]}


def test_the_least_registration_gets_sensible_defaults() -> None:
    read = read_metadata(LEAST)
    assert read.name_th == "water"
    assert read.owner_unit == "DLA"
    assert read.profile is Profile.STANDARD
    assert read.environment is Environment.PRODUCTION
    assert read.grant_types == ("authorization_code",)
    assert read.token_endpoint_auth_method == "client_secret_basic"
    assert set(read.scopes) == set(SCOPES) - NOT_BY_DEFAULT


def test_offline_access_and_refresh_tokens_bring_each_other() -> None:
    assert "refresh_token" in read_metadata({**LEAST, "scope": "openid offline_access"}).grant_types
    both = ["authorization_code", "refresh_token"]
    assert "offline_access" in read_metadata({**LEAST, "grant_types": both}).scopes


def test_members_that_are_not_understood_are_ignored_and_told() -> None:
    given_members = {**LEAST, "software_id": "x", "request_uris": ["https://x.example"]}
    assert read_metadata(given_members).client_id == "water"
    assert ignored_members(given_members) == ["request_uris", "software_id"]


@pytest.mark.parametrize(
    ("change", "member"),
    [
        ({"client_id": ""}, "client_id"),
        ({"client_id": "มีไทย"}, "client_id"),
        ({"client_id": None}, "client_name"),
        ({"client_id": 7}, "client_id"),
        ({"client_name": "two\nlines"}, "client_name"),
        ({"client_secret": "short"}, "client_secret"),
        ({"client_secret": "long enough", "token_endpoint_auth_method": "none"}, "client_secret"),
        ({"contacts": ["it@water.example.go.th", "โทร 1234"]}, "contacts[1]"),
        ({"redirect_uris": []}, "redirect_uris"),
        ({"redirect_uris": "https://water.example.go.th"}, "redirect_uris"),
        ({"redirect_uris": ["https://a.example/", "http://a.example/"]}, "redirect_uris[1]"),
        ({"post_logout_redirect_uris": ["javascript:alert(1)"]}, "post_logout_redirect_uris[0]"),
        ({"grant_types": ["password"]}, "grant_types"),
        ({"grant_types": ["refresh_token"]}, "grant_types"),
        ({"response_types": ["token"]}, "response_types"),
        ({"scope": "openid root"}, "scope"),
        ({"scope": "profile"}, "scope"),
        ({"scope": ["openid"]}, "scope"),
        ({"token_endpoint_auth_method": "tls_client_auth"}, "token_endpoint_auth_method"),
        ({"token_endpoint_auth_method": "private_key_jwt"}, "jwks"),
        ({**SIGNS, "client_secret": "long enough"}, "client_secret"),
        ({**SIGNS, "jwks_uri": "https://water.example.go.th/jwks"}, "jwks"),
        ({**SIGNS, "jwks": None, "jwks_uri": "http://water.example.go.th/jwks"}, "jwks_uri"),
        ({**SIGNS, "jwks": "x"}, "jwks"),
        ({**SIGNS, "jwks": {"keys": []}}, "jwks"),
        ({**SIGNS, "jwks": {"keys": [KEY.as_dict(private=True)]}}, "jwks"),
        ({**SIGNS, "jwks": {"keys": [{"kty": "oct", "k": "c2VjcmV0"}]}}, "jwks"),
        ({**SIGNS, "jwks": {"keys": [{"kty": "RSA", "n": "c2hvcnQ", "e": "AQAB"}]}}, "jwks"),
        ({**SIGNS, "jwks": {"keys": [{**KEY.as_dict(private=False), "use": "enc"}]}}, "jwks"),
        ({**SIGNS, "jwks": {"keys": [{**KEY.as_dict(private=False), "x": "%"}]}}, "jwks"),
        ({**SIGNS, "token_endpoint_auth_signing_alg": "HS256"}, "token_endpoint_auth_signing_alg"),
        ({"token_endpoint_auth_signing_alg": "ES256"}, "token_endpoint_auth_signing_alg"),
        ({"require_pkce": "no"}, "require_pkce"),
        ({"grant_types": ["client_credentials", "refresh_token"]}, "grant_types"),
        ({"grant_types": []}, "grant_types"),
        ({**MACHINE, "token_endpoint_auth_method": "none"}, "grant_types"),
        ({**MACHINE, "scope": "openid"}, "scope"),
        ({**MACHINE, "scope": "budget:"}, "scope"),
        ({"scope": "openid budget:read"}, "scope"),
        ({"require_pkce": False, "token_endpoint_auth_method": "none"}, "require_pkce"),
        ({"id_token_signed_response_alg": "none"}, "id_token_signed_response_alg"),
        ({"id_token_signed_response_alg": "HS256"}, "id_token_signed_response_alg"),
        ({"userinfo_signed_response_alg": "none"}, "userinfo_signed_response_alg"),
        ({"subject_type": "transient"}, "subject_type"),
        (
            {"subject_type": "pairwise", "redirect_uris": ["https://a.go.th/", "https://b.go.th/"]},
            "sector_identifier_uri",
        ),
        ({"sector_identifier_uri": "http://a.go.th/"}, "sector_identifier_uri"),
        ({"profile": "root"}, "profile"),
        ({"environment": "moon"}, "environment"),
        ({"contacts": "me"}, "contacts"),
        ({"policy_uri": "ftp://x"}, "policy_uri"),
        ({"roles": {}}, ""),
        ({"roles": "x"}, "roles"),
        ({"roles": ["x"]}, "roles[0]"),
        ({"roles": [{"name_th": "ก"}]}, "roles[0].code"),
        ({"roles": [{"code": "two words", "name_th": "ก"}]}, "roles[0].code"),
        ({"roles": [{"code": "a"}]}, "roles[0].name_th"),
        ({"roles": [{"code": "a", "name_th": "ก", "unit_kinds": ["MOON"]}]}, "roles[0].unit_kinds"),
        ({"roles": [{"code": "a", "name_th": "ก"}, {"code": "a", "name_th": "ข"}]}, "roles"),
        ({"tile": "x"}, "tile"),
        ({"tile": {}}, "tile.url"),
        ({"tile": {"url": "javascript:alert(1)"}}, "tile.url"),
    ],
)
def test_a_wrong_member_is_named(change: dict[str, Any], member: str) -> None:
    if not member:  # an empty object counts as no roles
        assert read_metadata({**LEAST, **change}).roles == ()
        return
    with pytest.raises(MetadataError) as caught:
        read_metadata({**LEAST, **change})
    assert caught.value.member == member
    assert str(caught.value).startswith(f"{member}: ")


@pytest.mark.parametrize(
    ("change", "sector"),
    [
        ({}, None),
        ({"subject_type": "public", "sector_identifier_uri": "https://sector.go.th/list"}, None),
        ({"subject_type": "pairwise"}, "water.example.go.th"),
        ({"subject_type": "pairwise", "redirect_uris": ["https://A.go.th/1", "https://a.go.th:8443/2"]}, "a.go.th"),
        ({"subject_type": "pairwise", "sector_identifier_uri": "https://sector.go.th/list"}, "sector.go.th"),
    ],
)
def test_a_pairwise_systems_sector_is_one_host(change: dict[str, Any], sector: str | None) -> None:
    assert read_metadata({**LEAST, **change}).sector == sector


def test_a_system_that_signs_needs_its_keys_and_no_secret() -> None:
    read = read_metadata({**LEAST, **SIGNS, "token_endpoint_auth_signing_alg": "ES256"})
    assert read.jwks == SIGNS["jwks"]
    assert read.token_endpoint_auth_signing_alg == "ES256"
    assert read_metadata({**LEAST, **SIGNS, "jwks": None, "jwks_uri": "https://a.example/jwks"}).jwks is None


def test_a_system_without_people_needs_no_address_and_is_told_nothing_about_them() -> None:
    read = read_metadata({**LEAST, **MACHINE})
    assert read.redirect_uris == read.scopes == ()
    assert read_metadata({**LEAST, **MACHINE, "scope": "budget:read x:y:z"}).scopes == ("budget:read", "x:y:z")


def test_pkce_is_asked_unless_dla_excuses_a_system_with_credentials() -> None:
    assert read_metadata(LEAST).require_pkce is True
    assert read_metadata({**LEAST, "require_pkce": False}).require_pkce is False


@pytest.mark.parametrize("given_value", [None, [], "x", 1])
def test_metadata_is_an_object(given_value: Any) -> None:
    with pytest.raises(MetadataError, match="JSON object"):
        read_metadata(given_value)


@pytest.mark.parametrize(
    ("uri", "fine"),
    [
        ("https://a.example/callback", True),
        ("https://a.example/callback?bar=foo", True),
        ("http://localhost:8001/callback", True),
        ("http://127.0.0.1/callback", True),
        ("http://[::1]:9/callback", True),
        ("http://a.example/callback", False),
        ("http://localhost.evil.example/", False),
        ("https://a.example/#fragment", False),
        ("https://a.example/#", False),
        ("https://*.example/", False),
        ("https://user:pass@a.example/", False),
        ("https://a.example\\@evil.example/", False),
        ("https://a.example/ a", False),
        ("https://a.example:port/", False),
        ("https://[::1/", False),
        ("https:///callback", False),
        ("//a.example/callback", False),
        ("/callback", False),
        ("javascript:alert(1)", False),
        ("com.example.app:/callback", False),
        ("https://ตัวอย่าง.ไทย/", False),
        ("", False),
    ],
)
def test_a_return_address_is_complete_and_safe(uri: str, fine: bool) -> None:
    assert (check_redirect_uri(uri) is None) is fine


plain = st.none() | st.booleans() | st.integers() | st.text()
anything = st.recursive(plain, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner))


@given(anything, st.sampled_from(sorted(MEMBERS)))
def test_whatever_a_member_holds_it_is_read_or_refused(value: Any, member: str) -> None:
    with suppress(MetadataError):
        read_metadata({**LEAST, member: value})


@pytest.mark.parametrize(
    ("uri", "environment", "comes_out"),
    [
        ("https://a.example.go.th/cb", None, "production"),
        ("http://localhost:3000/cb", None, "sandbox"),
        ("http://127.0.0.1/cb", "sandbox", "sandbox"),
        ("https://localhost/cb", "production", None),
        ("http://[::1]/cb", "production", None),
    ],
)
def test_only_a_system_that_is_being_tried_out_returns_to_its_builder_s_machine(
    uri: str, environment: str | None, comes_out: str | None
) -> None:
    members = {"client_name": "ระบบ", "redirect_uris": [uri], **({"environment": environment} if environment else {})}
    if comes_out is None:
        with pytest.raises(MetadataError, match="localhost"):
            read_metadata(members)
    else:
        assert read_metadata(members).environment == comes_out


def test_names_are_mended_as_the_form_mends_them() -> None:
    assert read_metadata({**LEAST, "client_name": "ระบบน\u0e4d\u0e49\u0e32\u200b"}).name_th == "ระบบน้ำ"
