"""INFO starts only with settings that are complete and safe."""

import pytest

from relying_party_example.config import SettingsError, from_environment

PRODUCTION = {
    "INFO_ENVIRONMENT": "production",
    "INFO_BASE_URL": "https://info.example.go.th",
    "INFO_ISSUER": "https://sso.example.go.th",
    "INFO_CLIENT_ID": "info",
    "INFO_CLIENT_SECRET": "s" * 40,
    "INFO_DATABASE_URL": "postgresql+psycopg://info@db/info",
    "INFO_SECRET_KEY": "k" * 40,
}


def test_development_needs_nothing() -> None:
    assert from_environment({}).issuer == "http://localhost:8000"


def test_complete_production_settings_are_accepted() -> None:
    settings = from_environment(PRODUCTION)
    assert settings.is_production
    assert settings.cookie_name("sid") == "__Host-info_sid"


@pytest.mark.parametrize("name", ["BASE_URL", "ISSUER", "CLIENT_ID", "CLIENT_SECRET", "DATABASE_URL", "SECRET_KEY"])
def test_a_missing_production_setting_is_named(name: str) -> None:
    with pytest.raises(SettingsError, match=f"INFO_{name}"):
        from_environment({key: value for key, value in PRODUCTION.items() if key != f"INFO_{name}"})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ENVIRONMENT", "staging"),
        ("ISSUER", "http://sso.example.go.th"),
        ("ISSUER", "https://sso.example.go.th/"),
        ("BASE_URL", "info.example.go.th"),
        ("BASE_URL", "https://info.example.go.th?x=1"),
        ("DATABASE_URL", "sqlite:///info.sqlite"),
        ("SECRET_KEY", "short"),
        ("SESSION_HOURS", "eight"),
    ],
)
def test_an_unsafe_production_setting_is_named(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"INFO_{name}"):
        from_environment(PRODUCTION | {f"INFO_{name}": value})
