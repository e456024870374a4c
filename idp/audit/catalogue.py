"""Every event that may be recorded, with the facts it must carry; anything else is refused at once.

Facts are ids, codes, dates and digests; names stand beside the event and can be erased; no national ID, no secret.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Event:
    """An event's name, the facts it requires, and whether it belongs to the chained record or to traffic."""

    name: str
    facts: tuple[str, ...] = ()


EVENTS = (
    # accounts
    Event("account.opened", ("origin",)),
    Event("account.proven", ()),
    Event("account.proof_renewed", ()),
    Event("account.renamed", ("by",)),
    Event("account.email_proven", ()),
    Event("account.details_changed", ("changed",)),
    Event("account.copy_taken", ()),
    Event("account.suspended", ("reason",)),
    Event("account.reinstated", ("reason",)),
    Event("posting.begun", ("posting_id", "starts_on")),
    Event("posting.ended", ("posting_id", "ends_on", "reason")),
    Event("posting.annulled", ("posting_id", "reason")),
    # appointments
    Event("appointment.made", ("appointment_id", "power", "letter_number", "letter_date", "starts_on", "ends_on")),
    Event("appointment.ended", ("appointment_id", "reason")),
    Event("appointment.letter_viewed", ("appointment_id", "page")),
    Event(
        "appointment.asked", ("request_id", "power", "letter_number", "letter_date", "starts_on", "ends_on", "version")
    ),
    Event("appointment.request_withdrawn", ("request_id",)),
    Event("appointment.decided", ("request_id", "outcome", "version", "appointment_id")),
    Event("appointment.request_letter_viewed", ("request_id", "page")),
    Event("absence.marked", ("absence_id", "appointment_id", "starts_on", "ends_on")),
    Event("absence.cancelled", ("absence_id", "appointment_id")),
    # what auditors read
    Event("audit.read", ("what", "appointment_id")),
    # signin
    Event("credential.username_chosen", ()),
    Event("credential.password_set", ("how",)),
    Event("credential.password_ended", ()),
    # evidence
    Event("evidence.kept", ("evidence_id", "pages")),
    Event("evidence.discarded", ("evidence_id",)),
    Event("evidence.set_aside", ("evidence_id",)),
    Event("evidence.blank_confirmed", ("evidence_id",)),
    Event("evidence.swept", ("removed", "missing")),
    # requirements
    Event("evidence_kind.saved", ("code", "change")),
    Event("evidence_requirement.saved", ("requirement_id",)),
    Event("evidence_requirement.removed", ("requirement_id",)),
    # workdays
    Event("holiday.declared", ("day", "source")),
    Event("holiday.withdrawn", ("day",)),
    # units
    Event("units.imported", ("added", "changed")),
    Event("units.telephone_changed", ("telephone",)),
    # clients
    Event("client.registered", ("client_id",)),
    Event("client.changed", ("client_id", "members")),
    Event("client.suspended", ("client_id", "reason")),
    Event("client.reinstated", ("client_id", "reason")),
    Event("client.secret_issued", ("client_id",)),
    Event("client.secret_ended", ("client_id", "secret_id")),
    Event("client.pkce_changed", ("client_id", "required")),
    Event("client.profile_changed", ("client_id", "profile", "reason")),
    Event("client.person_looked_at", ("client_id", "what")),
    Event("assignment.begun", ("assignment_id", "role_id", "posting_id", "ends_on")),
    Event("assignment.ended", ("assignment_id", "reason", "ends_on")),
    Event("client.national_id_basis_set", ("client_id", "basis")),
    # oidc
    Event("key.rotated", ("kid",)),
    Event("key.exported", ("kids",)),
    Event("key.imported", ("kids",)),
    Event("key.renewed", ("file",)),
    Event("consent.given", ("client_id", "scope")),
    Event("consent.withdrawn", ("client_id", "scope")),
    Event("national_id.told", ("client_id",)),
    # registration and approval
    Event("registration.submitted", ("registration_id", "version")),
    Event("registration.withdrawn", ("registration_id",)),
    Event("registration.lapsed", ("registration_id",)),
    Event("registration.viewed", ("registration_id",)),
    Event("registration.evidence_destroyed", ("registration_id", "documents")),
    Event("registration.evidence_viewed", ("registration_id", "evidence_id", "page")),
    Event("registration.claimed", ("registration_id", "until")),
    Event("registration.released", ("registration_id",)),
    Event("registration.decided", ("registration_id", "outcome", "reason_code", "version", "appointment_id")),
    Event("registration.reopened", ("registration_id", "reason", "appointment_id")),
    Event("answer.saved", ("answer_id",)),
    Event("answer.removed", ("answer_id",)),
    # staff
    Event("account.unlocked"),
    Event("account.sessions_ended", ("reason",)),
    Event("account.recovery_started", ("way",)),
    Event("account.corrected", ("fields", "reason")),
    Event("account.mailbox_change_announced", ("change_id", "due_at", "reason")),
    Event("account.mailbox_change_cancelled", ("change_id",)),
    Event("account.mailbox_change_withdrawn", ("change_id",)),
    Event("account.mailbox_changed", ("change_id",)),
    Event("invitation.made", ("invitation_id",)),
    Event("invitation.resent", ("invitation_id",)),
    Event("invitation.revoked", ("invitation_id",)),
    Event("invitation.accepted", ("invitation_id", "registration_id")),
    # refusals that an auditor wants to see
    Event("refused.decision", ("registration_id", "why")),
    Event("refused.appointment", ("why",)),
    Event("refused.renewal", ()),
    Event("refused.help", ("act", "why")),
)
CATALOGUE = {event.name: event for event in EVENTS}
