"""The register comes from the provider's feed."""

from datetime import UTC, date, datetime

import pytest
from flask import Flask

from relying_party_example import worker
from relying_party_example.database import db, job
from relying_party_example.outbound import OutboundError
from relying_party_example.units import feed, operations
from relying_party_example.units.models import Unit
from relying_party_example.units.rules import from_feed
from tests.relying_party_example.people import REGISTER, SA_KRUAT
from tests.relying_party_example.stub_provider import Stub

NOW = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)


def test_the_feed_is_taken_over_and_asked_again_by_its_etag(web: Flask, provider: Stub) -> None:
    with web.app_context():
        provider.units = [*REGISTER, SA_KRUAT | {"code": "670777", "name_th": "ตั้งใหม่"}]
        assert worker.synchronise_units() == 1
        assert worker.synchronise_units() is None
        assert operations.find("670777") is not None


def test_a_unit_that_left_the_feed_is_closed_and_stays(app: Flask) -> None:
    rows = [found for row in REGISTER if row is not SA_KRUAT and (found := from_feed(row))]
    job(lambda: operations.synchronise(feed.Feed(None, rows), NOW))
    gone = operations.find(SA_KRUAT["code"])
    assert gone is not None
    assert gone.valid_to == date(2026, 11, 24)


def test_a_renamed_unit_keeps_its_row(app: Flask) -> None:
    rows = [found for row in REGISTER if (found := from_feed(row | ({"name_th": "ใหม่"} if row is SA_KRUAT else {})))]
    assert job(lambda: operations.synchronise(feed.Feed(None, rows), NOW)) == 1
    assert db.session.get(Unit, SA_KRUAT["code"]).name_th == "ใหม่"  # type: ignore[union-attr]


@pytest.mark.parametrize("units", [[], [{"code": "1"}], [7]])
def test_an_empty_or_damaged_feed_changes_nothing(web: Flask, provider: Stub, units: list[object]) -> None:
    provider.units = units  # type: ignore[assignment]
    with web.app_context(), pytest.raises(OutboundError):
        worker.synchronise_units()


def test_the_worker_goes_on_when_the_provider_is_away(web: Flask, provider: Stub) -> None:
    provider.down = True
    with web.app_context():
        worker.run(once=True)
        assert operations.find(SA_KRUAT["code"]) is not None
