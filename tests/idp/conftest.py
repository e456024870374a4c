"""Fixtures that several rooms of the provider share."""

from tests.idp.thaid.conftest import journey as journey
from tests.idp.thaid.conftest import simulator as simulator
from tests.idp.thaid.conftest import stored_journey as stored_journey
