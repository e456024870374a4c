"""INFO, the quarterly reports of local governments: an application of its own behind the central sign-in.

It knows the provider by its issuer address, a client id and a secret, and speaks nothing but standard OpenID Connect.
"""

from relying_party_example.certification import views as certification
from relying_party_example.config import Settings, from_environment
from relying_party_example.dashboards import menu
from relying_party_example.dashboards import views as dashboards
from relying_party_example.periods import keys
from relying_party_example.periods import views as periods
from relying_party_example.reports import names as report_names
from relying_party_example.reports import views as reports
from relying_party_example.signin import guards, provider
from relying_party_example.signin import views as signin
from relying_party_example.units import names as unit_names
from relying_party_example.web import views as frame
from relying_party_example.web.application import Application, build
from thai_web import log_format


def create_app(settings: Settings | None = None) -> Application:
    """The table of contents of INFO: the frame, then the rooms, lowest floor first.

    Raises `config.SettingsError` where a setting is missing or unsafe.
    """
    log_format.begin("info")
    app = build(settings or from_environment())
    for part in (unit_names, provider, guards, keys, report_names, menu):
        part.begin(app)
    for room in (frame, signin, periods, reports, certification, dashboards):
        app.register_blueprint(room.blueprint)
    return app
