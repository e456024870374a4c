"""Security headers on every answer."""

from flask import Flask, Response, request

from thai_web.static_files import ENDPOINTS

# No `form-action`: it would stop the redirect from the sign-out form to the provider.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; script-src 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)


def begin(app: Flask) -> None:
    """Add the headers."""
    https = app.config["SETTINGS"].is_https

    @app.after_request
    def add(response: Response) -> Response:
        headers = response.headers
        headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
        headers["X-Content-Type-Options"] = "nosniff"
        headers["X-Frame-Options"] = "DENY"
        # Not `no-referrer`: the check of cross-site forms under https reads the referrer of our own pages.
        headers["Referrer-Policy"] = "same-origin"
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
        if https:
            headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
        if request.endpoint not in ENDPOINTS or "Cache-Control" not in headers:
            headers["Cache-Control"] = "no-store"
        return response
