"""Taking in what a form sent, all forms alike: limited by who sends it, painted while no transaction is open, and
nothing of it left in the vault when it is not kept."""

from collections.abc import Generator
from contextlib import contextmanager

from flask import request
from werkzeug.datastructures import FileStorage

from idp.database import db
from idp.evidence import operations, refusals
from idp.evidence.operations import Prepared, Sender
from idp.evidence.rules import MAX_PAGES


def digest(file: FileStorage) -> bytes:
    """By what the same file is recognised; the file is left as it was."""
    found = operations.digest_of(file.read())
    file.seek(0)
    return found


@contextmanager
def received(
    file: FileStorage, owner: str, *, most_pages: int = MAX_PAGES, may_be_blank: bool = False
) -> Generator[Prepared]:
    """The document of an upload field, for `operations.keep` inside the block. `owner` names who sends it: a draft, an
    account.

    To be entered before the request has changed anything. Raises `Refusal`, also for a document of which nobody would
    see anything, unless the caller tells the sender and `may_be_blank`.
    """
    db.session.rollback()
    sender = Sender(request.remote_addr or "", owner)
    document = operations.prepare(file.read(), file.filename or "", sender, most_pages)
    try:
        if not may_be_blank and len(document.blank_pages) == len(document.pages):
            raise refusals.blank()
        yield document
    except BaseException:
        operations.forget(document)  # what was kept is rolled back with the refusal
        raise
    if not document.is_kept:
        operations.forget(document)
