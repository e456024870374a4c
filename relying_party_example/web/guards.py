"""What every view carries exactly one of; the guards that know a person are in `signin.guards`."""

from collections.abc import Callable

from flask.typing import ResponseReturnValue

View = Callable[..., ResponseReturnValue]


def marked(view: View, guard: str) -> View:
    """Write on a view what it asks of its caller; a test walks the URL map and reads it."""
    if hasattr(view, "guard"):
        raise TypeError(f"{view.__name__} carries two guards")
    view.guard = guard  # type: ignore[attr-defined]
    return view


def public(reason: str) -> Callable[[View], View]:
    """Anybody may call; the reason is for the reader."""
    return lambda view: marked(view, f"public: {reason}")
