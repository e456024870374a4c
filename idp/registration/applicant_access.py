"""Who holds a registration: a browser's secret. A mailed link or code shows the state, and asks who comes by it."""

from datetime import datetime

from sqlalchemy import delete, select

from idp.accounts import operations as accounts
from idp.accounts.rules import Proof
from idp.database import db
from idp.notifications import secrets
from idp.notifications.operations import queue
from idp.notifications.rules import normalise_address, normalise_code
from idp.registration import rules
from idp.registration.models import HolderSecret, Registration
from idp.secrets_at_rest import digest, keyed_digest, new_secret
from idp.signin import second_proof
from idp.web.application import key_files
from idp.web.links import absolute
from thai_web import clock
from thai_web.refusal import N_, Refusal

BROWSER, LINK = "BROWSER", "LINK"
STATUS_CODE = "registration.status"


def issue(registration_id: int, carrier: str) -> str:
    """A fresh secret for a browser or a link; those issued before keep working until they expire."""
    secret, now = new_secret(), clock.now()
    db.session.add(
        HolderSecret(
            digest=digest(secret),
            registration_id=registration_id,
            carrier=carrier,
            issued_at=now,
            expires_at=now + rules.LINK_LIFETIME,
        )
    )
    db.session.flush()
    return secret


def held_by(secret: str, carrier: str) -> Registration | None:
    """The registration that a secret opens."""
    statement = (
        select(Registration, HolderSecret.issued_at)
        .join(HolderSecret, HolderSecret.registration_id == Registration.id)
        .where(HolderSecret.digest == digest(secret), HolderSecret.carrier == carrier)
        .where(HolderSecret.expires_at > clock.now())
    )
    found = db.session.execute(statement).first()
    return found[0] if found and not _has_ended(found[0], carrier, found[1]) else None


def _has_ended(registration: Registration, carrier: str, issued_at: datetime) -> bool:
    """Whether the account that came of a request outdid the secret: its owner was proven, stopped or recovered since,
    or, for a mailed link, has another mailbox now. Opening the account leaves the browser that asked for it its own.
    No browser holds what was asked with an account: its owner signs in."""
    if carrier == BROWSER and registration.applicant_id is not None:
        return True
    account_id = registration.account_id or registration.applicant_id
    if account_id is None:
        return False
    account = accounts.get(account_id)
    if carrier == LINK and account.email != registration.email:
        return True
    since = account.tokens_not_before
    return issued_at < since and (carrier == LINK or since > account.created_at)


def end_links(registration_id: int) -> None:
    """End the links that were mailed: the request is in another state, or its mailbox is another."""
    links = (HolderSecret.registration_id == registration_id) & (HolderSecret.carrier == LINK)
    db.session.execute(delete(HolderSecret).where(links))


def end_other_browsers(registration_id: int, secret: str) -> None:
    """End the hold of every browser but the one with this secret: another number stands in the request, which the
    others were never asked for."""
    browsers = (HolderSecret.registration_id == registration_id) & (HolderSecret.carrier == BROWSER)
    db.session.execute(delete(HolderSecret).where(browsers, HolderSecret.digest != digest(secret)))


def way_in(registration: Registration) -> rules.WayIn:
    """By what somebody who came by the mailbox alone opens a request."""
    account = accounts.get(registration.account_id) if registration.account_id else None
    return rules.way_in(
        has_account=registration.applicant_id is not None,
        proven=registration.is_proven or (account is not None and account.proof == Proof.THAID),
        has_number=registration.national_id_index is not None,
    )


def check_number(registration: Registration, typed: str) -> None:
    """The second proof of whoever came by the mailbox. Raises `Refusal`; wrong numbers are counted as those of the
    account, once there is one."""
    if registration.account_id is not None:
        second_proof.check_number(accounts.get(registration.account_id), typed)
    else:
        second_proof.check_number_of_request(registration.national_id_index, typed, registration.reference)


def proven_by(national_id_index: bytes) -> Registration | None:
    """The newest registration of a person whom ThaID proved, one that is still open first.

    Only one that ThaID proved itself: a number that somebody typed opens nothing to its owner, who never saw it.
    """
    own = (Registration.national_id_index == national_id_index, Registration.proof == Proof.THAID)
    found = list(db.session.scalars(select(Registration).where(*own).order_by(Registration.id.desc()).limit(50)))
    return next((each for each in found if each.state in rules.OPEN), found[0] if found else None)


def give_up(secret: str) -> None:
    """End a browser's hold, for shared computers."""
    db.session.execute(delete(HolderSecret).where(HolderSecret.digest == digest(secret)))


def status_link(registration: Registration) -> str:
    """An address for a mail to the proven mailbox: it shows where the request stands, on any device. Who has an account
    signs in, and finds it there: no secret is mailed."""
    if registration.applicant_id is not None:
        return absolute("portal.home")
    return absolute("registration.link", secret=issue(registration.id, LINK))


def send_code(reference: str, email: str) -> None:
    """Mail a code to the owner of a reference and address.

    For a pair that does not exist a code is issued all the same and mailed to nobody, so that the pages answer alike.
    """
    code = secrets.issue_code(STATUS_CODE, _pair(reference, email))
    registration = _find(reference, email)
    if registration is not None:
        queue(
            "registration/mail/status_code",
            registration.email,
            {"code": code, "reference": registration.reference},
            ("registration", registration.id),
        )


def return_by_code(reference: str, email: str, code: str) -> Registration:
    """The registration of a reference and address whose code came back. Raises `Refusal`."""
    secrets.spend_code(STATUS_CODE, _pair(reference, email), normalise_code(code))
    registration = _find(reference, email)
    if registration is None:
        raise Refusal(N_("รหัสไม่ถูกต้อง"), code="code_wrong")
    return registration


def _pair(reference: str, email: str) -> str:
    parts = rules.normalise_reference(reference), normalise_address(email)
    return keyed_digest(key_files().blind_index, STATUS_CODE, *parts).hex()


def _find(reference: str, email: str) -> Registration | None:
    return db.session.scalar(
        select(Registration).where(
            Registration.reference == rules.normalise_reference(reference),
            Registration.email == normalise_address(email),
            # A mistyped address belongs to somebody else, who must not get to see what was typed and uploaded here.
            Registration.email_proven_at.is_not(None),
        )
    )
