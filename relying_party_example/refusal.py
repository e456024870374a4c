"""How a rule says no: raised anywhere below the pages, told to the person once, by `web.errors`."""


def N_(message: str) -> str:
    """Mark a message for translation without translating it: rules know no language."""
    return message


class Refusal(Exception):
    """A rule said no.

    Arguments: `message`, a Thai message id marked with `N_`, may hold `%(name)s` places filled from `values` (a date
    is written out in the reader's language); `next_step`, what the person can do about it; `status`, the HTTP status.
    """

    status = 400

    def __init__(
        self, message: str, *, next_step: str | None = None, status: int | None = None, **values: object
    ) -> None:
        super().__init__(message)
        self.message = message
        self.next_step = next_step
        self.status = status or type(self).status
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
