"""Registrations, the roles they ask for, and the secrets of those who hold them."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, false, text
from sqlalchemy.orm import Mapped, mapped_column

from idp.accounts.rules import Proof, full_name, is_name_of
from idp.database import Base
from idp.registration.fields import Purpose
from idp.registration.rules import State

WAITING = text("state = 'SUBMITTED'")
KEPT = text("evidence_destroyed_at IS NULL")


class Registration(Base):
    """A person's request for access. A draft fills up question by question; after sending, only decisions change it."""

    __tablename__ = "registration"
    __table_args__ = (
        # The same person sending twice at the same instant makes one case. A typed number is only a claim: from
        # another mailbox it makes a second case, which the reviewer sees beside the first.
        Index(
            "uq_registration_waiting",
            "national_id_index",
            "unit_id",
            "email",
            unique=True,
            sqlite_where=WAITING,
            postgresql_where=WAITING,
        ),
        Index("ix_registration_queue", "unit_id", "state", "submitted_at"),
        Index("ix_registration_waiting", "state", "submitted_at"),
        Index("ix_registration_decided", "state", "decided_at"),
        # By which what is due to be destroyed is found: of all that ever ended, what did so lately.
        Index("ix_registration_kept", "state", "updated_at", sqlite_where=KEPT, postgresql_where=KEPT),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(11), unique=True)
    state: Mapped[str] = mapped_column(String(10), default=State.DRAFT)
    version: Mapped[int] = mapped_column(default=1)
    purpose: Mapped[str] = mapped_column(String(10), default=Purpose.NEW, server_default="NEW")
    # who asks, when they have an account already, and the posting that the request is about
    applicant_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    posting_id: Mapped[int | None] = mapped_column(ForeignKey("posting.id"))
    title: Mapped[str] = mapped_column(String(40), default="")
    given_name: Mapped[str] = mapped_column(String(100), default="")
    family_name: Mapped[str] = mapped_column(String(100), default="")
    national_id_sealed: Mapped[bytes | None]
    national_id_index: Mapped[bytes | None] = mapped_column(LargeBinary(32), index=True)
    # CLAIMED: typed by hand; THAID: name and number came from ThaID and cannot be changed by the applicant
    proof: Mapped[str] = mapped_column(String(10), default=Proof.CLAIMED, server_default="CLAIMED")
    proven_at: Mapped[datetime | None]  # by ThaID, within this request
    phone: Mapped[str] = mapped_column(String(20), default="", index=True)
    email: Mapped[str] = mapped_column(String(254), default="", index=True)
    email_proven_at: Mapped[datetime | None]
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    position: Mapped[str] = mapped_column(String(150), default="")
    roles_chosen: Mapped[bool] = mapped_column(default=False)  # choosing none is an answer too
    privacy_notice: Mapped[str] = mapped_column(String(20))
    privacy_accepted_at: Mapped[datetime]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    evidence_destroyed_at: Mapped[datetime | None]  # documents and sealed number, when the request was over
    outcome_reason: Mapped[str] = mapped_column(String(500), default="")
    to_correct: Mapped[list[str]] = mapped_column(default=list, server_default="[]")  # named by the reviewer
    # shares a number, mailbox, telephone or document with another, as told when it was sent; the dossier looks anew
    alike: Mapped[bool] = mapped_column(default=False, server_default=false())
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    # who invited the applicant for this unit, to this mailbox
    invited_by_account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    invited_name: Mapped[str] = mapped_column(String(200), default="", server_default="")  # to whom that was sent
    expires_at: Mapped[datetime | None] = mapped_column(index=True)

    @property
    def is_proven(self) -> bool:
        """Whether ThaID said who this is."""
        return self.proof == Proof.THAID

    @property
    def is_known(self) -> bool:
        """Whether name and number come from ThaID or from an account, and are not the applicant's to type."""
        return self.is_proven or self.applicant_id is not None

    @property
    def name(self) -> str:
        """The name as shown: title and given name run together in Thai."""
        return full_name(self.title, self.given_name, self.family_name)

    @property
    def is_by_another(self) -> bool:
        """Whether somebody else than the invited person goes on with an invitation, as far as names tell."""
        named = bool(self.given_name and self.invited_name)
        return named and not is_name_of(self.invited_name, self.given_name, self.family_name)


class RegistrationVersion(Base):
    """What was sent, each time it was sent, and what was decided on it. Never changed after its decision."""

    __tablename__ = "registration_version"
    __table_args__ = (Index("ix_registration_version_wait", "decided_unit_id", "decided_at"),)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    answers: Mapped[dict[str, object]]
    sent_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    outcome: Mapped[str | None] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(String(500), default="")
    reason_code: Mapped[str] = mapped_column(String(20), default="", server_default="")
    mail_text: Mapped[str] = mapped_column(String(3000), default="", server_default="")  # beside the reason, by mail
    to_correct: Mapped[list[str]] = mapped_column(default=list)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    appointment_id: Mapped[int | None] = mapped_column(ForeignKey("appointment.id"))
    # why a rejected request was taken up again; such a version was not sent by the applicant
    reopened_for: Mapped[str] = mapped_column(String(500), default="", server_default="")


class RegistrationRole(Base):
    """A role in a connected system that the person asks for."""

    __tablename__ = "registration_role"
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"), primary_key=True)
    role_id: Mapped[int] = mapped_column(ForeignKey("client_role.id"), primary_key=True)


class HolderSecret(Base):
    """What makes somebody the holder: the secret in a browser's cookie. The one in a mailed link shows the state alone,
    on any device, until what the mail told about is over: others may read that mailbox."""

    __tablename__ = "registration_secret"
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"), index=True)
    carrier: Mapped[str] = mapped_column(String(10))  # BROWSER, LINK
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
