"""One provider for all of these tests; each test gets browsers in which nobody has signed in yet."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, request

from tests.conformance.browser import Browser
from tests.conformance.foreign import clients
from tests.conformance.provider import CALLBACK, CALLBACK_WITH_QUERY, SECRET, SIGNED_OUT, Provider, running
from tests.conformance.system import System
from tests.serving import serving


@dataclass
class Listener:
    """A system's own server: there it hears that a sign-in ended, and publishes its keys."""

    address: str = ""
    jwks: dict[str, list[Any]] = field(default_factory=dict)
    heard: list[dict[str, list[str]]] = field(default_factory=list)


@pytest.fixture(scope="session")
def listener() -> Iterator[Listener]:
    """It runs on the loopback and writes down what is posted to it."""
    found, endpoint = Listener(), Flask("listener")

    @endpoint.post("/logout")
    def hear() -> str:
        found.heard.append({**request.args.to_dict(flat=False), **request.form.to_dict(flat=False)})
        return ""

    @endpoint.get("/jwks")
    def jwks() -> dict[str, list[Any]]:
        return found.jwks

    with serving(endpoint) as port:
        found.address = f"http://127.0.0.1:{port}"
        yield found


def _metadata(client_id: str, **more: Any) -> dict[str, Any]:
    return {
        "client_id": client_id,
        "client_secret": SECRET,
        "client_name": f"ระบบ {client_id}",
        "owner_unit": "P67",
        "redirect_uris": [CALLBACK, CALLBACK_WITH_QUERY],
        "post_logout_redirect_uris": [SIGNED_OUT],
        "grant_types": ["authorization_code", "refresh_token"],
        **more,
    }


@pytest.fixture(scope="session")
def provider(
    tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path, key_folder: Path, listener: Listener
) -> Iterator[Provider]:
    """The provider, with the systems that the plans ask for."""
    systems = [
        _metadata("basic", backchannel_logout_uri=f"{listener.address}/logout"),
        _metadata("second"),
        _metadata("fresh"),
        _metadata("post", token_endpoint_auth_method="client_secret_post"),
        _metadata(
            "signing",
            client_secret=None,
            token_endpoint_auth_method="private_key_jwt",
            jwks_uri=f"{listener.address}/jwks",
        ),
        _metadata("pairwise", subject_type="pairwise"),
        _metadata("excused", require_pkce=False),
        _metadata("as-the-suite", require_pkce=False, environment="sandbox"),
        *(
            _metadata(f"signed-{alg}", id_token_signed_response_alg=alg, userinfo_signed_response_alg=alg)
            for alg in ("RS256", "PS256", "ES256", "EdDSA")
        ),
        *clients.registered(),
    ]
    with running(tmp_path_factory.mktemp("provider"), sqlite_template, key_folder, systems) as found:
        yield found


@pytest.fixture
def browser(provider: Provider) -> Browser:
    """The clerk's browser."""
    return Browser(provider)


@pytest.fixture(
    params=[("basic", None), ("basic", "form_post"), ("as-the-suite", None)],
    ids=["basic", "formpost_basic", "basic_without_pkce"],
)
def system(request: pytest.FixtureRequest, provider: Provider) -> System:
    """The system of the Basic plan and the same of the Form Post plan; the Foundation's suite sends no PKCE in them."""
    client_id, mode = request.param
    return System(provider, client_id=client_id, mode=mode, sends_pkce=client_id == "basic")


@pytest.fixture
def fresh(provider: Provider) -> System:
    """A system to which nobody has agreed yet."""
    return System(provider, client_id="fresh")


@pytest.fixture
def rp(provider: Provider) -> System:
    """The system of the Basic plan, where the response mode makes no difference."""
    return System(provider)
