"""The protocol's endpoints, in the order in which a sign-in meets them, and what they need of the application."""

from idp.oidc import cors, discovery, server, userinfo
from idp.oidc.authorize import popups
from idp.oidc.authorize import select_account_views as select_account
from idp.oidc.authorize import views as authorize
from idp.oidc.consent import own_views as own_consents
from idp.oidc.consent import views as consent
from idp.oidc.logout import views as logout
from idp.oidc.token import views as token
from idp.web.application import Application

ROOMS = (discovery, authorize, select_account, consent, token, userinfo, logout, own_consents)


def begin(app: Application) -> None:
    """Give the application its provider. Raises `KeyFileError` where no key signs."""
    server.begin(app, discovery.describe(app.config["SETTINGS"].issuer, app.url_map.bind("localhost").build))
    cors.begin(app)
    popups.begin(app)
