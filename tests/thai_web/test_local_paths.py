"""Nobody is led away from the site by an address that they were given."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thai_web.local_paths import local_path


@pytest.mark.parametrize(
    ("target", "path"),
    [
        ("/reports/2570-1/670603?x=1#y", "/reports/2570-1/670603?x=1#y"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("/x\\y", "/"),
        ("https://evil.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("reports", "/"),
        ("/a\nb", "/"),
        ("", "/"),
        (None, "/"),
    ],
)
def test_a_sign_in_leads_only_to_paths_of_this_site(target: str | None, path: str) -> None:
    assert local_path(target) == path


@given(st.text())
def test_whatever_is_asked_for_stays_on_this_site(target: str) -> None:
    path = local_path(target)
    assert path.startswith("/")
    assert not path.startswith(("//", "/\\"))
