"""The conversation with the mail relay."""

import smtplib

from idp.deadline import Deadline

REPLIES = 3  # as many silences as one conversation may last in all


class Relay(smtplib.SMTP):
    """SMTP with two limits of time: `seconds` for each silence, and thrice that for the whole conversation, however a
    relay answers. One that was cut off fails as one whose relay hung up."""

    def __init__(self, host: str, port: int, seconds: float) -> None:
        self._deadline = Deadline(REPLIES * seconds, lambda: self.sock)
        self._deadline.__enter__()
        try:
            super().__init__(host, port, timeout=seconds)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Hang up."""
        self._deadline.__exit__()
        super().close()
