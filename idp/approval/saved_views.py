"""Lists that a reviewer opens again and again, kept under a name: a habit, no decision, so no event."""

from urllib.parse import parse_qsl, urlencode

from sqlalchemy import delete, select

from idp import clock
from idp.accounts.models import Account
from idp.approval.filters import Filters, parse
from idp.approval.models import SavedView
from idp.database import db
from idp.refusal import N_, Refusal

MOST = 20


def of(account_id: int) -> list[tuple[SavedView, Filters]]:
    """A person's own, by name. What is stored is read as an address is: an old one leads nowhere else."""
    found = db.session.scalars(select(SavedView).where(SavedView.account_id == account_id).order_by(SavedView.name))
    return [(view, parse(dict(parse_qsl(view.query)))) for view in found]


def save(account_id: int, name: str, filters: Filters) -> None:
    """Keep a list; another one of the same name is replaced. Raises `Refusal` beyond `MOST`."""
    db.session.get_one(Account, account_id, with_for_update=True)  # of two clicks the second finds the first's name
    own = {view.name: view for view, _filters in of(account_id)}
    query = urlencode(filters.query())
    if name in own:
        own[name].query = query
        return
    if len(own) >= MOST:
        raise Refusal(N_("บันทึกมุมมองได้ไม่เกิน %(most)s รายการ โปรดลบรายการที่ไม่ใช้ก่อน"), most=MOST, code="name", status=422)
    db.session.add(SavedView(account_id=account_id, name=name, query=query, created_at=clock.now()))


def forget(account_id: int, view_id: int) -> None:
    """Delete one; somebody else's is not touched, twice does no harm."""
    db.session.execute(delete(SavedView).where(SavedView.account_id == account_id, SavedView.id == view_id))
