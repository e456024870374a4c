"""Files that browsers keep for a year, under an address that changes with their content."""

from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, Response, send_file

YEAR = 365 * 24 * 60 * 60
MARK = "icon.svg"  # in the head of every page and in the browser's tab
ENDPOINTS = frozenset({"static", "thai_web.static"})  # of the application, and of the frame


def begin(app: Flask, frame: Blueprint, mark: Path | None = None) -> None:
    """Write the version into every address of a static file; `mark`, a picture, stands for the application's own."""
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = YEAR
    folders = {"static": app.static_folder, "thai_web.static": frame.static_folder}

    if mark:
        _put_in_place(app, mark.resolve())

    @app.url_defaults
    def add_version(endpoint: str, values: dict[str, Any]) -> None:
        folder = folders.get(endpoint) if endpoint in ENDPOINTS else None
        if folder:
            is_mark = mark is not None and (endpoint, values["filename"]) == ("static", MARK)
            values.setdefault("v", _version(mark if is_mark else Path(folder) / values["filename"]))


def _put_in_place(app: Flask, mark: Path) -> None:
    of_the_folder = app.view_functions["static"]

    def static(filename: str) -> Response:
        if filename != MARK:
            return of_the_folder(filename=filename)  # type: ignore[return-value]
        return send_file(mark, max_age=YEAR)

    app.view_functions["static"] = static


@lru_cache(maxsize=64)
def _version(file: Path) -> str:
    return sha256(file.read_bytes()).hexdigest()[:12] if file.is_file() else "none"
