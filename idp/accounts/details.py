"""What people tell of themselves beside what was checked: reading it, changing it."""

from dataclasses import asdict, fields

from idp.accounts.models import Account, AccountDetails
from idp.accounts.rules import Details
from idp.audit.operations import record
from idp.database import db
from thai_web import clock

NAMES = tuple(field.name for field in fields(Details))


def read(account_id: int) -> Details:
    """What they told; nothing where they told nothing."""
    row = db.session.get(AccountDetails, account_id)
    return Details(**{name: getattr(row, name) for name in NAMES}) if row else Details()


def tell(account_id: int, told: Details) -> None:
    """Keep what a person tells now in place of what they told before. The record holds what changed, not to what."""
    account = db.session.get_one(Account, account_id, with_for_update=True)  # a second click waits here
    before, after = asdict(read(account_id)), asdict(told)
    changed = [name for name in NAMES if before[name] != after[name]]
    if not changed:
        return
    row = db.session.get(AccountDetails, account_id)
    if row is None:
        row = AccountDetails(account_id=account_id)
        db.session.add(row)
    for name in changed:
        setattr(row, name, after[name])
    account.updated_at = clock.now()
    record("account.details_changed", subject=("account", account_id), changed=" ".join(changed))
