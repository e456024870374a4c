"""What a rule or a check has to say, in the reader's language."""

from datetime import date
from typing import Protocol

from flask_babel import gettext as _

from thai_web import language, thai
from thai_web.refusal import Message, Refusal


class Sentence(Protocol):
    """A message id with what fills its places: a `Refusal`, or what a check of a form found."""

    @property
    def message(self) -> str: ...

    @property
    def values(self) -> dict[str, object]: ...


def say(sentence: Sentence) -> str:
    """The sentence in the reader's language."""
    return _filled(sentence.message, sentence.values)


def say_with_next_step(refusal: Refusal) -> str:
    """The refusal's sentence, and what to do next."""
    return " ".join(part for part in (say(refusal), say_next_step(refusal)) if part)


def say_next_step(refusal: Refusal) -> str:
    """What to do next, where the refusal says it."""
    return _filled(refusal.next_step, refusal.values) if refusal.next_step else ""


def _filled(message: str, values: dict[str, object]) -> str:
    return _(message) % {name: _spoken(value) for name, value in values.items()} if values else _(message)


def _spoken(value: object) -> object:
    """A date written out, a message id translated; what somebody typed stays as it is."""
    if isinstance(value, date):
        return thai.format_date(value, language.current())
    if hasattr(value, "said"):  # a text that comes in both languages by itself
        return value.said(language.current())
    return _(value) if isinstance(value, Message) else value
