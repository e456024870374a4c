"""INFO mends text as the provider does, without knowing it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.web import normalisation as provider
from relying_party_example.web import normalisation

HARD = st.text(
    alphabet="กนทเแฤาำะๅ\u0e31\u0e34\u0e38\u0e48\u0e49\u0e4c\u0e4d\u200b\u200e\u00a0\u2011’๑１ ", max_size=12
)


@pytest.mark.parametrize("name", ["mend", "mend_code", "comparable"])
@given(text=st.one_of(HARD, st.text(max_size=20)))
def test_both_read_a_text_alike(name: str, text: str) -> None:
    assert getattr(normalisation, name)(text) == getattr(provider, name)(text)
