"""Config plan: the provider's description of itself."""

import re
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.conformance.provider import Provider

pytestmark = pytest.mark.xdist_group("conformance")

# Members of OpenID Connect Discovery 1.0, RFC 8414 and the registry that grew out of them, with what each holds.
ADDRESSES = {
    "issuer",
    "authorization_endpoint",
    "token_endpoint",
    "userinfo_endpoint",
    "jwks_uri",
    "registration_endpoint",
    "end_session_endpoint",
    "revocation_endpoint",
    "introspection_endpoint",
    "check_session_iframe",
    "pushed_authorization_request_endpoint",
    "device_authorization_endpoint",
    "service_documentation",
    "op_policy_uri",
    "op_tos_uri",
}
LISTS = {
    "scopes_supported",
    "claims_supported",
    "response_types_supported",
    "response_modes_supported",
    "grant_types_supported",
    "acr_values_supported",
    "subject_types_supported",
    "prompt_values_supported",
    "display_values_supported",
    "claim_types_supported",
    "claims_locales_supported",
    "ui_locales_supported",
    "code_challenge_methods_supported",
    "dpop_signing_alg_values_supported",
    "id_token_signing_alg_values_supported",
    "id_token_encryption_alg_values_supported",
    "id_token_encryption_enc_values_supported",
    "userinfo_signing_alg_values_supported",
    "userinfo_encryption_alg_values_supported",
    "userinfo_encryption_enc_values_supported",
    "request_object_signing_alg_values_supported",
    "token_endpoint_auth_methods_supported",
    "token_endpoint_auth_signing_alg_values_supported",
    "revocation_endpoint_auth_methods_supported",
    "revocation_endpoint_auth_signing_alg_values_supported",
    "introspection_endpoint_auth_methods_supported",
    "introspection_endpoint_auth_signing_alg_values_supported",
    "authorization_details_types_supported",
}
SWITCHES = {
    "claims_parameter_supported",
    "request_parameter_supported",
    "request_uri_parameter_supported",
    "require_request_uri_registration",
    "authorization_response_iss_parameter_supported",
    "backchannel_logout_supported",
    "backchannel_logout_session_supported",
    "frontchannel_logout_supported",
    "frontchannel_logout_session_supported",
    "require_pushed_authorization_requests",
    "tls_client_certificate_bound_access_tokens",
    "require_signed_request_object",
}
LOCALE = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|\d{3}))?")  # canonical BCP 47, as far as we need it


@pytest.fixture
def told(provider: Provider) -> dict[str, Any]:
    """The metadata."""
    return provider.discovery()


def test_oidcc_discovery_endpoint_verification(provider: Provider, told: dict[str, Any]) -> None:
    answer = provider.call("GET", "/.well-known/openid-configuration")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].split(";")[0] == "application/json"
    assert told["issuer"] == provider.issuer
    assert {"authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri"} <= set(told)
    assert told["response_types_supported"] == ["code"]
    assert "RS256" in told["id_token_signing_alg_values_supported"]
    assert "none" not in told["id_token_signing_alg_values_supported"]
    assert {"public", "pairwise"} & set(told["subject_types_supported"])
    assert "openid" in told["scopes_supported"]
    assert told["claims_supported"]
    assert {"authorization_code", "refresh_token"} <= set(told["grant_types_supported"])
    assert "S256" in told["code_challenge_methods_supported"]
    assert "plain" not in told["code_challenge_methods_supported"]
    signed = told.get("request_object_signing_alg_values_supported", ["RS256"])
    assert "RS256" in signed
    assert "none" not in signed


def test_no_member_is_unknown_or_of_another_type(told: dict[str, Any]) -> None:
    assert set(told) <= ADDRESSES | LISTS | SWITCHES
    for name, value in told.items():
        if name in ADDRESSES:
            assert urlsplit(value).scheme == "https"
            assert urlsplit(value).netloc
        elif name in LISTS:
            assert value, f"{name}: an empty list says nothing"
            assert all(isinstance(each, str) for each in value)
            assert len(set(value)) == len(value)
        else:
            assert isinstance(value, bool)


@pytest.mark.parametrize("member", ["ui_locales_supported", "claims_locales_supported"])
def test_locales_are_canonical(told: dict[str, Any], member: str) -> None:
    assert all(LOCALE.fullmatch(each) for each in told.get(member, ["th"]))


def test_what_is_promised_by_name_is_there(provider: Provider, told: dict[str, Any]) -> None:
    """Every endpoint that discovery names answers, and not with a page that is missing."""
    for name in sorted(ADDRESSES & set(told) - {"issuer"}):
        status = provider.call("GET", told[name]).status_code
        assert status not in (404, 500, 501), name


def test_both_well_known_addresses_say_the_same(provider: Provider, told: dict[str, Any]) -> None:
    assert provider.call("GET", "/.well-known/oauth-authorization-server").json() == told
