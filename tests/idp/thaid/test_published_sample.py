"""ETDA publishes a Flask sample for relying parties; what it does and shows works here, the address changed."""

import base64
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from authlib.integrations.flask_client import OAuth
from flask import Flask, redirect, session, url_for
from flask.testing import FlaskClient
from flask.typing import ResponseReturnValue

from demo.thaid_simulator.world import World, default_world
from tests.people import CLERK
from tests.waiting import LONGEST

SCOPE = (
    "openid pid address gender birthdate given_name middle_name family_name name given_name_en middle_name_en "
    "family_name_en name_en title title_en ial smartcard_code date_of_expiry date_of_issuance"
)
SHOWN = ("access_token", "refresh_token", "token_type", "scope", "id_token")
SHOWN_OF_THE_PERSON = ("at_hash", "aud", "version", "iss", "sub", "pid", "name_en", "name")


@pytest.fixture
def sample(world: World) -> FlaskClient:
    """The same calls of Authlib's stock client: discovery, redirect, code, an ID token that Authlib checks itself."""
    credentials = next(iter(default_world(world.issuer).clients.values()))
    app = Flask(__name__)
    app.secret_key = "!secret"
    app.config.update(THAID_CLIENT_ID=credentials.client_id, THAID_CLIENT_SECRET=credentials.client_secret)
    oauth = OAuth(app)
    metadata = f"{world.issuer}/.well-known/openid-configuration"
    oauth.register(name="thaid", server_metadata_url=metadata, client_kwargs={"scope": SCOPE})

    @app.get("/login")
    def login() -> ResponseReturnValue:
        return oauth.thaid.authorize_redirect(url_for("callback", _external=True))  # type: ignore[no-any-return]

    @app.get("/auth")
    def callback() -> ResponseReturnValue:
        session["token"] = oauth.thaid.authorize_access_token()
        return redirect("/")

    return app.test_client()


def _sign_in(sample: FlaskClient, world: World) -> None:
    qr_page = requests.get(sample.get("/login").location, allow_redirects=False, timeout=LONGEST).headers["Location"]
    form = {"txID": parse_qs(urlsplit(qr_page).query)["txID"][0], "national_id": CLERK.national_id}
    back = requests.post(f"{world.issuer}/sandbox/", data=form, allow_redirects=False, timeout=LONGEST).headers[
        "Location"
    ]
    assert sample.get(f"/auth?{urlsplit(back).query}").location == "/"


def test_the_published_sample_signs_in_and_finds_everything_that_its_page_shows(
    sample: FlaskClient, world: World
) -> None:
    _sign_in(sample, world)
    with sample.session_transaction() as kept:
        token = kept["token"]
    person = token["userinfo"]
    assert all(token[name] for name in SHOWN)
    assert all(person[name] for name in SHOWN_OF_THE_PERSON)
    assert person["pid"] == person["sub"] == CLERK.national_id
    # Its page formats these as moments: ThaID's expiry is an instant, whatever the standard says.
    moments = (token["expires_in"], person["iat"], person["auth_time"])
    ends, issued, proven = map(datetime.fromtimestamp, moments)
    assert proven <= issued < ends
    cookie = sample.get_cookie("session")
    assert cookie is not None
    assert len(cookie.value) < 4000, "browsers drop a larger one, and with it the sign-in"


def test_the_published_sample_asks_whether_its_token_lives(sample: FlaskClient, world: World) -> None:
    _sign_in(sample, world)
    with sample.session_transaction() as kept:
        bare = kept["token"]["access_token"]
    client = next(iter(default_world(world.issuer).clients.values()))
    basic = base64.b64encode(f"{client.client_id}:{client.client_secret}".encode("ascii")).decode("ascii")
    answer = requests.post(
        f"{world.issuer}/api/v2/oauth2/introspect/",
        data={"token": bare},
        headers={"Authorization": f"Basic {basic}"},
        timeout=LONGEST,
    )
    assert answer.json() == {"active": True, "sub": CLERK.national_id, "scope": SCOPE}
