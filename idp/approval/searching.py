"""A typed word as a condition on cases."""

from typing import Any

from sqlalchemy import ColumnElement, false, func, or_, select

from idp.approval.filters import Word
from idp.database import db
from idp.registration.models import Registration
from idp.registration.rules import normalise_reference
from idp.units.models import Unit
from idp.units.rules import normalise

COLUMNS: dict[str, list[Any]] = {
    "name": [Registration.title + Registration.given_name + " " + Registration.family_name],
    "position": [Registration.position],
    "email": [Registration.email],
}


def holds(word: Word) -> ColumnElement[bool]:
    """Whether a case holds a word: where it says, else anywhere."""
    if word.field == "unit":
        return _in_unit(word.text)
    if word.field == "reference":
        return _contains(Registration.reference, normalise_reference(word.text) or "-")
    if word.field == "phone":
        return _has_phone(word.text)
    if word.field:
        return or_(*(_contains(column, word.text) for column in COLUMNS[word.field]))
    anywhere = [_contains(column, word.text) for columns in COLUMNS.values() for column in columns]
    anywhere += [_has_phone(word.text), Registration.reference == normalise_reference(word.text)]
    return or_(*anywhere, _in_unit(word.text))


def _in_unit(text: str) -> ColumnElement[bool]:
    plain = normalise(text)
    named = _position()(Unit.search_text, plain) > 0 if plain else false()
    return Registration.unit_id.in_(select(Unit.id).where(or_(Unit.code == text.upper(), named)))


def _has_phone(text: str) -> ColumnElement[bool]:
    """A part of a number is searched without its dashes; a whole one stands in the word as it is stored."""
    return _contains(Registration.phone, text.replace("-", ""))


def _contains(column: Any, text: str) -> ColumnElement[bool]:
    return _position()(func.lower(column), text.casefold()) > 0


def _position() -> Any:
    # Not LIKE: what is typed needs no escaping, and PostgreSQL finds it in half the time.
    return func.instr if db.engine.dialect.name == "sqlite" else func.strpos
