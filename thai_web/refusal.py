"""How a rule says no: raised anywhere below the pages, told to the person once, by the application's error page."""


class Message(str):
    """A Thai message id: put into a place of another message, it is translated with it, unlike what somebody typed."""

    __slots__ = ()


def N_(message: str) -> str:
    """Mark a message for translation without translating it: rules know no language."""
    return Message(message)


class Refusal(Exception):
    """A rule said no.

    Arguments: `message`, a Thai message id marked with `N_`, may hold `%(name)s` places filled from `values` (a date
    is written out in the reader's language); `next_step`, what the person can do about it; `status`, the HTTP status;
    `code`, the error code for answers in JSON; `audit`, the name of the event that an application with an audit records
    about it (its facts in `facts`).
    """

    status = 400

    def __init__(
        self,
        message: str,
        *,
        next_step: str | None = None,
        status: int | None = None,
        code: str = "refused",
        audit: str | None = None,
        facts: dict[str, str | None] | None = None,
        **values: object,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.next_step = next_step
        self.status = status or type(self).status
        self.code = code
        self.audit = audit
        self.facts = facts or {}
        self.values = values


class Forbidden(Refusal):
    """The person is known and may not."""

    status = 403


class NotFound(Refusal):
    """It is not there, or it must not be known to be there."""

    status = 404


class Conflict(Refusal):
    """Somebody else was first, the page was stale, or the time is not right."""

    status = 409


class Incomplete(Refusal):
    """What was handed in does not hold together."""

    status = 422


class TooMany(Refusal):
    """Too often in too short a time; `seconds`, where known, is how long to wait (RFC 9110, section 10.2.3)."""

    status = 429
    seconds: int | None = None
