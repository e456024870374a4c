"""The open register: one JSON document, named by a stamp that one short statement reads."""

import json
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from idp.database import db
from idp.units.models import Unit


class Version(NamedTuple):
    """Which state of the register this is: rows are added and changed, never deleted."""

    units: int
    changed_at: datetime | None

    @property
    def stamp(self) -> str:
        """The version as an entity tag."""
        return f"{self.units}-{self.changed_at.timestamp():.6f}" if self.changed_at else "0"


def version() -> Version:
    """The register's present version."""
    return Version(*db.session.execute(select(func.count(Unit.id), func.max(Unit.changed_at))).one())


def document(version: Version, since: datetime | None = None) -> bytes:
    """The feed in this version; with `since`, only the units that changed at that instant or later."""
    units = b",".join(text for changed_at, text in _units(version) if since is None or changed_at >= since)
    generated_at = json.dumps(version.changed_at.isoformat() if version.changed_at else None).encode()
    return b'{"generated_at":' + generated_at + b',"units":[' + units + b"]}"


@lru_cache(maxsize=2)
def _units(version: Version) -> list[tuple[datetime, bytes]]:
    """Each unit with the instant of its last change. Read and written as JSON once for a version: it takes most of a
    second, and anybody may ask for any day."""
    supervisor = aliased(Unit)
    query = (
        select(Unit, supervisor.code).outerjoin(supervisor, Unit.supervisor_id == supervisor.id).order_by(Unit.sort_key)
    )
    return [
        (unit.changed_at, json.dumps(_described(unit, code), ensure_ascii=False, separators=(",", ":")).encode())
        for unit, code in db.session.execute(query)
    ]


def _described(unit: Unit, supervisor: str | None) -> dict[str, object]:
    return {
        "code": unit.code,
        "dla_code": unit.dla_code,
        "kind": unit.kind,
        "name_th": unit.name_th,
        "name_en": unit.name_en,
        "supervisor": supervisor,
        "province_code": unit.province_code,
        "province_th": unit.province_th,
        "district_code": unit.district_code,
        "district_th": unit.district_th,
        "valid_from": unit.valid_from.isoformat() if unit.valid_from else None,
        "valid_to": unit.valid_to.isoformat() if unit.valid_to else None,
    }
