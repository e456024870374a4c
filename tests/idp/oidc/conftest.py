"""A registered system, a person of the cast signed in, and the system's view of both."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.idp.oidc.relying_party import Holder, RelyingParty, open_account, register, sign_in


@pytest.fixture
def clerk(app: Flask) -> Holder:
    """The clerk, with a role in the system `rp`."""
    register(app)
    return open_account(app)


@pytest.fixture
def rp(app: Flask, client: FlaskClient, clerk: Holder) -> RelyingParty:
    """The system `rp`, and a browser in which the clerk is signed in."""
    sign_in(app, client, clerk.account_id)
    return RelyingParty(app, client)
