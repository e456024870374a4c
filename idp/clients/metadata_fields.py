"""Reading single members of a registration; each wrong one is named by a `MetadataError`."""

import re
from collections.abc import Mapping

from idp.clients.rules import check_redirect_uri
from thai_web.normalisation import mend


class MetadataError(Exception):
    """A member of the metadata is wrong. `member` names it; `code` is RFC 7591's error code."""

    def __init__(self, member: str, problem: str) -> None:
        super().__init__(f"{member}: {problem}")
        self.member = member
        is_address = member.startswith("redirect_uris")
        self.code = "invalid_redirect_uri" if is_address else "invalid_client_metadata"


def named(place: str, member: str) -> str:
    """The member's full name."""
    return f"{place}.{member}" if place else member


def text(given: Mapping[str, object], member: str, otherwise: str, place: str = "") -> str:
    """A text in one line, mended as the fields of forms are."""
    value = given.get(member, otherwise)
    mended = mend(value) if isinstance(value, str) else "\n"
    if not mended.isprintable() or len(mended) > 1000:
        raise MetadataError(named(place, member), "must be a text in one line, at most 1000 characters")
    return mended.strip()


def optional_text(given: Mapping[str, object], member: str, pattern: re.Pattern[str], place: str = "") -> str | None:
    """A text of a pattern, or nothing."""
    value = given.get(member)
    if value is None:
        return None
    if not isinstance(value, str) or not pattern.fullmatch(value) or len(value) > 500:
        raise MetadataError(named(place, member), f"must match {pattern.pattern}")
    return value


def texts(given: Mapping[str, object], member: str, otherwise: tuple[str, ...], place: str = "") -> tuple[str, ...]:
    """A list of texts, each once."""
    value = given.get(member)
    if value is None:
        return otherwise
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise MetadataError(named(place, member), "must be a list of texts")
    return tuple(dict.fromkeys(value))


def choice(given: Mapping[str, object], member: str, choices: tuple[str, ...], otherwise: str) -> str:
    """One of several words."""
    value = given.get(member)
    if value is None:
        return otherwise
    if value not in choices:
        raise MetadataError(member, f"{value!a} is not one of {' '.join(choices)}")
    return str(value)


def only(given: Mapping[str, object], member: str, allowed: tuple[str, ...]) -> None:
    """Refuse a list with anything else than what is allowed."""
    for value in texts(given, member, allowed):
        if value not in allowed:
            raise MetadataError(member, f"{value!a} is not one of {' '.join(allowed)}")


def address(given: Mapping[str, object], member: str, place: str = "") -> str | None:
    """An address of a page, or nothing."""
    value = text(given, member, "", place)
    if not value:
        return None
    problem = check_redirect_uri(value.split("#")[0])
    if problem:
        raise MetadataError(named(place, member), problem)
    return value
