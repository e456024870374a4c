"""Absolute addresses for mails, from the configured issuer: never from the Host header, which a caller chooses."""

from flask import current_app

from idp.config import Settings


def absolute(endpoint: str, **values: object) -> str:
    """The public address of a page, with or without a request around."""
    settings: Settings = current_app.config["SETTINGS"]
    path: str = current_app.url_map.bind("localhost").build(endpoint, values)
    return settings.issuer + path
