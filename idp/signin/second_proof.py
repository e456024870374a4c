"""The second proof behind a mailed link: the national ID, which whoever else reads the mailbox does not know."""

from idp.accounts import operations as accounts
from idp.accounts.models import Account
from idp.accounts.rules import check_national_id, normalise_national_id
from idp.secrets_at_rest import same
from idp.throttle import operations as throttle
from thai_web.refusal import N_, Refusal

LIMIT = "recovery.account"


def check_number(account: Account, typed: str) -> None:
    """Raises `Refusal` with the code `national_id` unless it is the number of this account; a wrong one is counted, by
    the same counter whatever link it stands behind."""
    _check(account.national_id_index, typed, account.subject, N_("เลขประจำตัวประชาชนไม่ตรงกับบัญชีนี้"))


def check_number_of_request(index: bytes | None, typed: str, reference: str) -> None:
    """The same of a request whose owner has no account yet, by its reference."""
    _check(index, typed, reference, N_("เลขประจำตัวประชาชนไม่ตรงกับคำขอนี้"))


def _check(index: bytes | None, typed: str, counted: str, wrong: str) -> None:
    number = normalise_national_id(typed)
    try:
        check_national_id(number)
    except Refusal as refusal:
        refusal.code = "national_id"
        raise
    with throttle.guess(LIMIT, counted):
        if not same(index or b"", accounts.national_id_index(number)):
            raise Refusal(wrong, status=422, code="national_id")
