"""A request as Authlib's grants and endpoints are handed it, with the types of what they hang on it."""

from functools import cached_property

from authlib.integrations.flask_oauth2.requests import FlaskOAuth2Payload, FlaskOAuth2Request
from authlib.oauth2.rfc6749 import OAuth2Request
from flask import request
from werkzeug.datastructures import Headers, MultiDict

from idp.oidc import parameters
from idp.oidc.store.registered_client import RegisteredClient
from idp.oidc.store.rows import Grant, IssuedToken, Visitor


class Parameters(FlaskOAuth2Payload):
    """A request's parameters, looked up once: Authlib asks some forty times a request."""

    client_id: str | None
    response_type: str | None
    grant_type: str | None
    redirect_uri: str | None
    scope: str | None
    state: str | None

    @cached_property
    def data(self) -> MultiDict[str, str]:
        return parameters.sent()


class ProtocolRequest(FlaskOAuth2Request):
    """The request at hand, as Authlib sees it. Whether plain http may serve is decided by the settings, not here."""

    headers: Headers
    payload: Parameters
    scope: str
    # Authlib puts these in once it has checked them.
    client: RegisteredClient
    auth_method: str
    user: Visitor  # of an authorization request
    authorization_code: Grant | None
    refresh_token: IssuedToken | None

    def __init__(self) -> None:
        OAuth2Request.__init__(self, request.method, f"https://{request.host}{request.path}", headers=request.headers)
        self._request = request
        self.payload = Parameters(request)

    @cached_property
    def form(self) -> MultiDict[str, str]:
        return parameters.posted()
