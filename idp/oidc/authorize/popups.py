"""Pages that a system may show in a popup of its own (`window.open`), and that must lead back into it.

`Cross-Origin-Opener-Policy: same-origin` on any of them, even on a redirect, cuts the popup off from the window that
opened it, and `same-origin-allow-popups` helps the opener alone. So none of them says it. What is given up is little:
they are made to be opened by others, hold a form each, and nobody may frame them. All other pages say it.
"""

from idp.web.application import Application

ENDPOINTS = frozenset(
    {
        # From the request to its answer.
        "authorize.authorize",
        "select_account.start",
        "posting.start",
        "consent.consent",
        # Signing in on the way, by password or ThaID, in either language, or being led back from what was forgotten.
        "signin.start",
        "thaid_signin.arrive",
        "thaid.callback",
        "portal.switch_language",
        "recovery.start",
        "recovery.sent",
        # `prompt=create`: who has an account goes on from there.
        "registration.start",
        # Signing out.
        "logout.logout",
        "logout.confirm_logout",
        "signin.signed_out",
    }
)


def begin(app: Application) -> None:
    """Say which paths those are, for every method and every answer, refusals included."""
    app.popup_paths |= {rule.rule for rule in app.url_map.iter_rules() if rule.endpoint in ENDPOINTS}
