"""The open register: one JSON document, named by a stamp that one short statement reads."""

import json
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

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


@lru_cache(maxsize=4)
def document(version: Version, since: datetime | None = None) -> str:
    """The feed in this version; with `since`, only the units that changed at that instant or later."""
    supervisor = aliased(Unit)
    query = (
        select(Unit, supervisor.code).outerjoin(supervisor, Unit.supervisor_id == supervisor.id).order_by(Unit.sort_key)
    )
    if since is not None:
        query = query.where(Unit.changed_at >= since)
    units = [_described(unit, code) for unit, code in db.session.execute(query)]
    generated_at = version.changed_at.isoformat() if version.changed_at else None
    return json.dumps({"generated_at": generated_at, "units": units}, ensure_ascii=False, separators=(",", ":"))


def _described(unit: Unit, supervisor: str | None) -> dict[str, Any]:
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
