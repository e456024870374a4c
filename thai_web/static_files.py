"""Files that browsers keep for a year, under an address that changes with their content."""

from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask

YEAR = 365 * 24 * 60 * 60
ENDPOINTS = frozenset({"static", "thai_web.static"})  # of the application, and of the frame


def begin(app: Flask, frame: Blueprint) -> None:
    """Write the version into every address of a static file."""
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = YEAR
    folders = {"static": app.static_folder, "thai_web.static": frame.static_folder}

    @app.url_defaults
    def add_version(endpoint: str, values: dict[str, Any]) -> None:
        folder = folders.get(endpoint) if endpoint in ENDPOINTS else None
        if folder:
            values.setdefault("v", _version(folder, values["filename"]))


@lru_cache(maxsize=64)
def _version(folder: str, filename: str) -> str:
    file = Path(folder) / filename
    return sha256(file.read_bytes()).hexdigest()[:12] if file.is_file() else "none"
