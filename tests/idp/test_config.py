"""Settings are complete and safe, or nothing starts."""

import pytest

from idp.config import SettingsError, from_environment

PRODUCTION = {
    "IDP_ENVIRONMENT": "production",
    "IDP_ISSUER": "https://sso.example.go.th",
    "IDP_DATABASE_URL": "postgresql+psycopg://idp@db/idp",
    "IDP_KEYS": "/etc/idp/keys",
    "IDP_KEYS_PASSWORD": "x" * 32,
    "IDP_SMTP_HOST": "mail.example.go.th",
    "IDP_SMTP_PORT": "587",
    "IDP_SMTP_TLS": "true",
    "IDP_MAIL_SENDER": "no-reply@example.go.th",
    "IDP_VAR": "/var/lib/idp",
}
THAID = {"IDP_THAID_CLIENT_ID": "dla", "IDP_THAID_CLIENT_SECRET": "x" * 54}


def test_a_complete_production_starts() -> None:
    assert from_environment(PRODUCTION).is_production


@pytest.mark.parametrize("name", [name for name in PRODUCTION if name not in ("IDP_ENVIRONMENT",)])
def test_each_missing_production_setting_is_named(name: str) -> None:
    with pytest.raises(SettingsError, match=name):
        from_environment({key: value for key, value in PRODUCTION.items() if key != name})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("IDP_ISSUER", "http://sso.example.go.th"),
        ("IDP_ISSUER", "https://sso.example.go.th/"),
        ("IDP_ISSUER", "sso"),
        ("IDP_MARK", "/nowhere/mark.svg"),
        ("IDP_DATABASE_URL", "sqlite:///x"),
        ("IDP_SMTP_TLS", "false"),
        ("IDP_THROTTLE_SCALE", "100"),
        ("IDP_RETENTION_DAYS", "30"),
        ("IDP_RETURNED_DAYS", "13"),
        ("IDP_SMTP_PORT", "many"),
        ("IDP_SMTP_TLS", "perhaps"),
        ("IDP_ENVIRONMENT", "staging"),
    ],
)
def test_an_unsafe_value_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        from_environment({**PRODUCTION, name: value})


def test_thaid_is_off_until_it_has_a_client_id_and_then_complete() -> None:
    assert from_environment({"IDP_THAID_ISSUER": "nonsense"}).thaid_client_id == ""
    assert from_environment({**PRODUCTION, **THAID}).thaid_client_id == "dla"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("IDP_THAID_CLIENT_SECRET", ""),
        ("IDP_THAID_ISSUER", "http://imauth.bora.dopa.go.th"),
        ("IDP_THAID_ISSUER", "https://imauthsbx.bora.dopa.go.th"),
        ("IDP_THAID_ISSUER", "https://imauth.bora.dopa.go.th/"),
        ("IDP_THAID_SCOPES", "openid given_name"),
        ("IDP_THAID_SCOPES", "pid given_name"),
        ("IDP_THAID_MINIMUM_IAL", "high"),
        ("IDP_THAID_API_KEY", "no-header-name"),
    ],
)
def test_an_unsafe_thaid_setting_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        from_environment({**PRODUCTION, **THAID, name: value})


def test_a_secure_issuer_gets_host_bound_cookies() -> None:
    assert from_environment(PRODUCTION).cookie_name("sid") == "__Host-idp_sid"
    assert from_environment({}).cookie_name("sid") == "idp_sid"
