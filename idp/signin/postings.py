"""In which posting a sign-in session acts: chosen once a session, never kept with the account."""

from idp.access.rules import Viewer
from idp.accounts import operations as accounts
from idp.accounts.models import Posting
from idp.audit.operations import traffic
from idp.signin import operations as signin
from idp.units import operations as units
from idp.units.models import Unit
from thai_web import clock
from thai_web.refusal import N_, Conflict


def offered(account_id: int) -> list[tuple[Posting, Unit]]:
    """The postings in force, each with its unit."""
    return [(posting, units.get(posting.unit_id)) for posting in accounts.postings(account_id, clock.today())]


def is_open(account_id: int, posting_id: int | None) -> bool:
    """Whether the person still has to say in which posting they act."""
    return posting_id is None and bool(accounts.postings(account_id, clock.today()))


def choose(viewer: Viewer, posting_id: int, address: str | None) -> str | None:
    """Act in this posting from now on. Returns the secret of the new session, or None where nothing changes.

    The session before ends and its tokens with it: they speak of another unit.
    Raises `Conflict` for a posting that is not the person's own, or over.
    """
    if posting_id not in {posting.id for posting, _unit in offered(viewer.account_id)}:
        raise Conflict(
            N_("สังกัดนี้สิ้นสุดแล้วหรือไม่ใช่ของท่าน"), next_step=N_("โปรดเปิดหน้านี้ใหม่ แล้วเลือกสังกัดจากรายการ"), code="posting_over"
        )
    if posting_id == viewer.posting_id:
        return None
    fresh, secret = signin.succeed(viewer.session_id)
    fresh.posting_id, fresh.address = posting_id, address or ""
    signin.end_session(viewer.session_id, "posting_switched")
    traffic("signin.posting_chosen", viewer.account_id, address, posting_id=posting_id)
    return secret
