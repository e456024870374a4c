"""Security headers on every answer."""

from flask import Flask, Response, request

# No `form-action`: it would stop the redirect to a connected system after the consent form.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; script-src 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)


def begin(app: Flask) -> None:
    """Add the headers; a view that set one of them itself keeps it."""
    https = app.config["SETTINGS"].is_https

    @app.after_request
    def add(response: Response) -> Response:
        headers = response.headers
        headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("X-Frame-Options", "DENY")
        # Not `no-referrer`: the check of cross-site forms under https reads the referrer of our own pages.
        headers.setdefault("Referrer-Policy", "same-origin")
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        if https:
            headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
        if request.endpoint == "static":
            headers["Cache-Control"] = "public, max-age=86400"
        else:
            headers.setdefault("Cache-Control", "no-store")
        return response
