"""When a mail is tried again, and how long codes and links live."""

import re
from datetime import timedelta

from thai_web.normalisation import mend_code
from thai_web.refusal import N_, Refusal

RETRY_AFTER = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=4),
    timedelta(hours=12),
    timedelta(hours=24),
)
LATE = timedelta(hours=1)  # from then on a mail that is still tried is told of
CLAIM_LIFETIME = timedelta(minutes=5)
CODE_LIFETIME = timedelta(minutes=30)
CODE_ATTEMPTS = 5
ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")


def is_address(text: str) -> bool:
    """Whether a text can be mailed to: ASCII, one @, at most 254 characters (RFC 5321), no trailing dot."""
    return len(text) <= 254 and ADDRESS.fullmatch(text) is not None and ".." not in text


def normalise_address(text: str) -> str:
    """An address as stored and compared: no mailbox in use tells capitals apart."""
    return mend_code(text).strip().lower()


def check_address(text: str) -> str:
    """The address as stored. Raises `Refusal` for one that nothing can be mailed to."""
    address = normalise_address(text)
    if not is_address(address):
        raise Refusal(N_("โปรดกรอกอีเมลให้ครบถ้วน เป็นตัวอักษรอังกฤษ เช่น somjai@example.go.th"), code="email", status=422)
    return address


def normalise_code(text: str) -> str:
    """A mailed code as typed: digits of any script, spaces and dashes are accepted."""
    return re.sub(r"[\s-]", "", mend_code(text))
