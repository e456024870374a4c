"""What states and actions are called on a page, and the colour that goes with a state."""

from datetime import date

from flask import Flask
from flask_babel import gettext as _

from relying_party_example.reports.rules import ACTION_NAMES, STATE_NAMES, TIMELINESS_NAMES, Action, State, Timeliness
from thai_web import language

_COLOURS = {
    State.NOT_STARTED: "grey",
    State.DRAFT: "yellow",
    State.SUBMITTED: "blue",
    State.RETURNED: "red",
    State.CERTIFIED: "green",
}


def begin(app: Flask) -> None:
    """Filters for templates: stored codes and the questionnaire's texts become words."""
    app.jinja_env.filters.update(
        state_name=lambda state: _(STATE_NAMES[State(state)]),
        state_colour=lambda state: _COLOURS[State(state)],
        action_name=lambda action: _(ACTION_NAMES[Action(action)]),
        timeliness_name=lambda value: _(TIMELINESS_NAMES[Timeliness(value)]),
        iso_date=date.fromisoformat,
        text=lambda both: both.said(language.current()) if both else "",
    )
    app.jinja_env.globals["states"] = list(State)
