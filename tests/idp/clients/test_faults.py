"""What the reader of metadata refuses is told to whoever typed it, beside the field, by what to do."""

from typing import Any

import pytest
from flask import Flask

from idp.clients import form_errors
from idp.clients.as_metadata import without_gaps
from idp.clients.forms import ClientForm, RoleForm

RIGHT: dict[str, Any] = {"client_name": "ระบบ", "redirect_uris": ["https://a.example.go.th/cb"]}
ASSERTING = {"token_endpoint_auth_method": "private_key_jwt"}


@pytest.mark.parametrize(
    ("members", "field"),
    [
        ({"client_id": "ระบบ"}, "client_id"),
        ({"client_name": ""}, "name_th"),
        ({"client_name": "x" * 1001}, "name_th"),
        ({"redirect_uris": []}, "redirect_uris"),
        ({"redirect_uris": ["http://a.example.go.th/cb"]}, "redirect_uris"),
        ({"redirect_uris": ["https://a.example.go.th/cb#x"]}, "redirect_uris"),
        ({"redirect_uris": ["https://*.example.go.th/cb"]}, "redirect_uris"),
        ({"redirect_uris": ["https://me@a.example.go.th/cb"]}, "redirect_uris"),
        ({"redirect_uris": ["https://a.example.go.th:99999/"]}, "redirect_uris"),
        ({"redirect_uris": ["https://ก.example.go.th/cb"]}, "redirect_uris"),
        ({"redirect_uris": ["/cb"]}, "redirect_uris"),
        ({"redirect_uris": ["http://localhost/cb"], "environment": "production"}, "redirect_uris"),
        ({"post_logout_redirect_uris": ["/"]}, "post_logout_redirect_uris"),
        ({"backchannel_logout_uri": "/"}, "backchannel_logout_uri"),
        ({"policy_uri": "/"}, "policy_uri"),
        ({"tile": {}}, "tile_url"),
        ({"tile": {"url": "/"}}, "tile_url"),
        ({"grant_types": ["refresh_token"]}, "grant_types"),
        (
            {"grant_types": ["authorization_code", "client_credentials"], "token_endpoint_auth_method": "none"},
            "grant_types",
        ),
        ({"scope": "profile"}, "scopes"),
        ({"scope": "openid nonsense"}, "system_scopes"),
        ({"scope": "openid other:read"}, "system_scopes"),
        ({"scope": "openid", "grant_types": ["client_credentials"]}, "scopes"),
        ({"scope": "openid national_id"}, "national_id_basis"),
        ({"scope": "openid", "national_id_basis": "พ.ร.บ."}, "national_id_basis"),
        (ASSERTING, "jwks"),
        ({**ASSERTING, "jwks": "{"}, "jwks"),
        ({**ASSERTING, "jwks": {"keys": [{"kty": "oct", "k": "c2VjcmV0"}]}}, "jwks"),
        ({**ASSERTING, "jwks": {"keys": [{"kty": "RSA"}]}}, "jwks"),
        ({**ASSERTING, "jwks": {"keys": [{"kty": "RSA"}]}, "jwks_uri": "https://a.example.go.th/"}, "jwks"),
        ({**ASSERTING, "jwks_uri": "/"}, "jwks_uri"),
        ({"token_endpoint_auth_signing_alg": "ES256"}, "token_endpoint_auth_signing_alg"),
        ({"token_endpoint_auth_method": "none", "require_pkce": False}, "require_pkce"),
        (
            {"subject_type": "pairwise", "redirect_uris": ["https://a.example/cb", "https://b.example/cb"]},
            "sector_identifier_uri",
        ),
        ({"first_party_reason": "เพราะ"}, "first_party_reason"),
    ],
)
def test_every_fault_has_a_field_and_a_sentence(members: dict[str, Any], field: str) -> None:
    error = form_errors.all_of({**RIGHT, **members})[0]
    assert form_errors.field_of(error) == field
    assert hasattr(ClientForm, field)
    assert form_errors.sentence(error) != form_errors.OTHERWISE, str(error)


@pytest.mark.parametrize(
    ("role", "field"),
    [({"code": "ก", "name_th": "ก"}, "code"), ({"code": "a", "name_th": ""}, "name_th")],
)
def test_a_fault_of_a_role_has_a_sentence(role: dict[str, Any], field: str) -> None:
    error = form_errors.all_of({**RIGHT, "roles": [role]})[0]
    assert error.member.endswith(f".{field}")
    assert hasattr(RoleForm, field)
    assert form_errors.sentence(error) != form_errors.OTHERWISE


def test_all_faults_are_found_at_once_and_none_that_follows_from_another() -> None:
    wrong = {
        **RIGHT,
        "redirect_uris": ["http://x.example/"],
        "policy_uri": "/",
        "jwks_uri": "/",
        "backchannel_logout_uri": "/",
    }
    assert {form_errors.field_of(error) for error in form_errors.all_of(wrong)} == {
        "redirect_uris",
        "policy_uri",
        "jwks_uri",
        "backchannel_logout_uri",
    }
    assert form_errors.all_of(RIGHT) == []


def test_what_is_missing_is_told_together_with_all_else() -> None:
    found = {error.member for error in form_errors.all_of({"redirect_uris": [], "tile": {}, "policy_uri": "/"})}
    assert found == {"client_name", "redirect_uris", "tile.url", "policy_uri"}


def test_every_wrong_line_of_a_list_is_told_by_its_number() -> None:
    lines = ["https://a.example.go.th/cb", "a", "https://b.example.go.th/cb", "a", "b", "https://c.example.go.th/#x"]
    wrong = {**RIGHT, "redirect_uris": lines, "post_logout_redirect_uris": ["c"], "contacts": ["d", "e"]}
    found = form_errors.all_of(wrong)
    assert [form_errors.value_of(error, wrong) for error in found] == ["a", "b", lines[-1], "c", "d", "e"]
    assert len({error.member for error in found}) == len(found)


def test_no_two_addresses_are_blamed_by_the_same_words(sqlite_app: Flask) -> None:
    wrong = ["policy_uri", "tos_uri", "client_uri", "jwks_uri", "backchannel_logout_uri", "tile_url"]
    typed = dict.fromkeys([*wrong, "redirect_uris", "post_logout_redirect_uris"], "app.example.go.th")
    others = {"has_tile": "y", "tile_name_th": "ก", "grant_types": "authorization_code", "scopes": "openid"}
    with sqlite_app.test_request_context(method="POST", data=typed | others):
        form = ClientForm()
        for error in form_errors.all_of(without_gaps(form.metadata()) | {"client_name": "ระบบ"}):
            form.blame(error)
        said = [str(told) for name in typed for told in form[name].errors]
        assert all(str(form[name].label.text) in told for name in typed for told in form[name].errors)
    assert len(said) == len(set(said)) == len(typed)
    assert not any("callback" in told for told in said)
