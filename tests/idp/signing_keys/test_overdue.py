"""`idp doctor` names a signing key that should have been rotated."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from idp import doctor
from idp.signing_keys import files
from thai_web import clock


@pytest.mark.parametrize(("age", "allowed", "told"), [(91, 90, 0), (93, 90, 1), (93, 0, 0)])
def test_the_doctor_names_keys_that_nobody_rotated(
    sqlite_app: Flask, tmp_path: Path, age: int, allowed: int, told: int
) -> None:
    files.prepare(tmp_path, clock.now() - timedelta(days=age), "")
    settings = replace(sqlite_app.config["SETTINGS"], keys=tmp_path, key_rotation_days=allowed)
    sqlite_app.config["SETTINGS"] = settings
    with sqlite_app.app_context():
        faults = doctor._keys()
    assert len(faults) == told
    for fault in faults:
        assert fault.endswith("run `idp keys rotate RS256 ES256 PS256 EdDSA`")
