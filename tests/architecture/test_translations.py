"""Every text has its English."""

import pytest

from tests.architecture.translations import APPLICATIONS, faults


@pytest.mark.parametrize("application", APPLICATIONS)
def test_every_text_of_the_application_stands_in_both_languages(application: str) -> None:
    assert not faults(application)
