"""Inviting somebody: the link is the mailbox's alone, works once, and opens a request like any other."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from idp.accounts import operations as accounts
from idp.audit.models import AuditEvent
from idp.clients import operations as clients
from idp.database import db
from idp.notifications import secrets
from idp.registration import answers, expiry, summary, versions
from idp.registration import operations as registration
from idp.registration.models import Registration
from idp.staff import invitations
from idp.staff.invitations import Draft
from idp.staff.models import Invitation
from idp.units import operations as units
from tests.browsing import submit, text_of
from tests.factories import viewer_of
from tests.idp.staff.conftest import NEIGHBOUR, PEER, browser_of
from tests.people import CLERK, PROVINCIAL, UNIT_ADMIN, Invented, fictional_national_id
from tests.races import start_behind
from thai_web import clock
from thai_web.refusal import Conflict, Refusal

Outbox = Callable[[], list[tuple[str, str, str]]]
GUEST = "malai@sakruat.example.go.th"
OWN = f"/staff/units/{UNIT_ADMIN.unit_code}/invitations"


def _invite(by: Invented = UNIT_ADMIN, name: str = "นางสาวมาลัย มาใหม่", code: str = UNIT_ADMIN.unit_code) -> int:
    unit = units.find(code)
    assert unit
    roles = [role.id for role in clients.roles_for(unit.kind)]
    made = invitations.invite(viewer_of(by), unit, Draft(name, GUEST, "นักวิชาการ", roles))
    invitation_id = made.id
    db.session.commit()
    return invitation_id


def _secrets(outbox: Outbox) -> list[str]:
    bodies = [body for to, _subject, body in outbox() if to == GUEST]
    return [found for body in bodies for found in re.findall(r"/invitation/(\S+)", body)[:1]]


@pytest.mark.attack(24)
def test_no_page_and_no_record_shows_the_inviter_the_link(scene: Flask, outbox: Outbox) -> None:
    admin = browser_of(scene, UNIT_ADMIN)
    form = admin.get(f"{OWN}/new")
    assert submit(admin, form, {"name": "", "email": GUEST, "position": "นักวิชาการ"}).status_code == 422
    assert submit(admin, form, {"name": "มาลัย", "email": "x@y", "position": "ก"}).status_code == 422
    answer = submit(admin, form, {"name": "นางสาวมาลัย มาใหม่", "email": GUEST, "position": "นักวิชาการ"})
    assert answer.status_code == 303
    [secret] = _secrets(outbox)
    listed = admin.get(OWN)
    assert GUEST in text_of(listed)
    assert "รอตอบรับ" in text_of(listed)
    others = [admin.get(path) for path in (f"{OWN}/new", "/staff", "/home/history")]
    for shown in (answer, listed, *others):
        assert secret not in shown.get_data(as_text=True)
    assert [to for to, _subject, body in outbox() if secret in body] == [GUEST]
    with scene.app_context():
        assert not [event for event in db.session.query(AuditEvent) if secret in str(event.facts)]


def test_the_invited_person_finds_unit_position_and_mailbox_filled_in_and_sends_like_anybody(
    scene: Flask, outbox: Outbox
) -> None:
    with scene.app_context():
        _invite()
    [secret] = _secrets(outbox)
    guest = scene.test_client()
    page = guest.get(f"/invitation/{secret}")
    assert "อบต.สระกรวด" in text_of(page)
    assert "ประกาศความเป็นส่วนตัว" in text_of(page), "the privacy notice is not skipped"
    assert submit(guest, page, {"privacy": "y"}).status_code == 303
    with scene.app_context():
        draft = db.session.query(Registration).one()
        assert (draft.state, draft.email, draft.position) == ("DRAFT", GUEST, "นักวิชาการ")
        assert draft.email_proven_at is not None
        assert draft.national_id_index is None, "who she is remains hers to say and to prove"
        with scene.test_request_context():
            inviter = f"{UNIT_ADMIN.title}{UNIT_ADMIN.given_name} {UNIT_ADMIN.family_name}"
            assert ("เชิญโดย", inviter) in summary.facts(draft)
    assert "ตอบรับแล้ว" in text_of(browser_of(scene, PEER).get(OWN))


@pytest.mark.attack(8, 24)
def test_a_scanner_uses_nothing_up_and_the_link_works_once(scene: Flask, outbox: Outbox) -> None:
    with scene.app_context():
        _invite()
    [secret] = _secrets(outbox)
    guest = scene.test_client()
    for _ in range(3):
        assert guest.head(f"/invitation/{secret}").status_code == 200
        page = guest.get(f"/invitation/{secret}")
    assert submit(guest, page, {"privacy": "y"}).status_code == 303
    assert submit(guest, page, {"privacy": "y"}).status_code == 410
    assert guest.get(f"/invitation/{secret}").status_code == 410
    with scene.app_context():
        assert db.session.query(Registration).count() == 1


@pytest.mark.attack(24)
@pytest.mark.parametrize("how", ["altered", "foreign purpose", "expired", "revoked", "sent again"])
def test_a_link_that_is_not_the_one_opens_nothing(scene: Flask, outbox: Outbox, how: str) -> None:
    with scene.app_context():
        invitation_id = _invite()
        [secret] = _secrets(outbox)
        now = clock.now()
        if how == "altered":
            secret = secret[:-1] + ("A" if secret[-1] != "A" else "B")
        elif how == "foreign purpose":
            secret = secrets.issue_link("recovery", str(invitation_id), timedelta(days=1))
        elif how == "expired":
            now += timedelta(days=8)
        elif how == "revoked":
            invitations.revoke(viewer_of(PEER), invitation_id)
        else:
            invitations.resend(viewer_of(PEER), invitation_id)
        db.session.commit()
    with time_machine.travel(now):
        assert scene.test_client().get(f"/invitation/{secret}").status_code == 410
    if how == "sent again":
        assert scene.test_client().get(f"/invitation/{_secrets(outbox)[-1]}").status_code == 200


@pytest.mark.attack(24)
def test_somebody_who_is_signed_in_does_not_take_up_anothers_invitation(scene: Flask, outbox: Outbox) -> None:
    with scene.app_context():
        _invite()
    [secret] = _secrets(outbox)
    clerk, guest = browser_of(scene, CLERK), scene.test_client()
    page = guest.get(f"/invitation/{secret}")
    assert "ยังไม่มีบัญชี" in text_of(clerk.get(f"/invitation/{secret}"))
    token = re.findall(r'name="csrf_token" value="([^"]+)"', clerk.get("/home").get_data(as_text=True))[0]
    assert clerk.post(f"/invitation/{secret}", data={"csrf_token": token, "privacy": "y"}).status_code == 409
    assert submit(guest, page, {"privacy": "y"}).status_code == 303, "it is still good for whom it is meant"


def test_an_invitation_outlives_the_draft_that_was_begun_with_it(scene: Flask, outbox: Outbox) -> None:
    with scene.app_context():
        _invite()
        invitations.accept(_secrets(outbox)[-1])
        db.session.commit()
    with time_machine.travel(clock.now() + timedelta(days=30)), scene.app_context():
        assert expiry.sweep_drafts() == 1
        db.session.commit()
        assert (db.session.query(Registration).count(), db.session.query(Invitation).count()) == (0, 1)
    with scene.app_context():
        assert _invite(), "and the person may be invited anew"


def test_who_changes_mailbox_or_unit_is_nobodys_guest(scene: Flask, outbox: Outbox) -> None:
    with scene.app_context():
        _invite()
        draft = invitations.accept(_secrets(outbox)[-1])
        db.session.commit()
        answers.choose_unit(draft.id, UNIT_ADMIN.unit_code)
        assert draft.invited_by_account_id is not None
        answers.choose_unit(draft.id, NEIGHBOUR.unit_code)
        assert draft.invited_by_account_id is None
        db.session.rollback()
        answers.answer_email(draft.id, "other@example.go.th")
        assert draft.invited_by_account_id is None


@pytest.mark.attack(61)
@pytest.mark.parametrize(
    ("name", "told", "inviter_shown"),
    [(("มาลัย", "มาใหม่"), "ตอบรับแล้ว", True), (("มานี", "มีมาก่อน"), "ผู้อื่นใช้ลิงก์", False)],
)
def test_who_uses_the_invitation_of_another_is_nobodys_guest_and_both_offices_are_told(
    scene: Flask, outbox: Outbox, name: tuple[str, str], told: str, inviter_shown: bool
) -> None:
    """A small office shares its mailbox: a colleague opens the link and registers as themself."""
    admin = browser_of(scene, PEER)
    with scene.app_context():
        _invite()
        draft = invitations.accept(_secrets(outbox)[-1])
        draft.given_name, draft.family_name = name
        db.session.commit()
        draft_id = draft.id
    assert "ตอบรับแล้ว" in text_of(admin.get(OWN)), "what stands in a draft is told to nobody"
    with scene.app_context():
        sent = db.session.get_one(Registration, draft_id)
        sent.state, sent.submitted_at = "SUBMITTED", clock.now()
        sent.national_id_index = accounts.national_id_index(fictional_national_id(77))
        sent.national_id_sealed = accounts.seal_national_id(fictional_national_id(77))
        db.session.flush()
        versions.keep(sent, registration.answers_of(sent), clock.now())
        db.session.commit()
        reference = sent.reference
    assert told in text_of(admin.get(OWN))
    dossier = text_of(admin.get(f"/approvals/{reference}"))
    assert ("เชิญโดย" in dossier) is inviter_shown
    assert ("คำเชิญที่ส่งถึง นางสาวมาลัย มาใหม่ ซึ่งเป็นผู้อื่น" in dossier) is not inviter_shown
    with scene.app_context():
        assert _invite(PEER), "and the invited person may be invited anew"


@pytest.mark.attack(22)
def test_only_who_answers_for_the_unit_invites_for_it(scene: Flask) -> None:
    with scene.app_context():
        invitation_id = _invite()
        for stranger in (CLERK, PROVINCIAL, NEIGHBOUR):
            for act in (
                lambda: _invite(stranger),  # noqa: B023 - called at once
                lambda: invitations.revoke(viewer_of(stranger), invitation_id),  # noqa: B023
                lambda: invitations.resend(viewer_of(stranger), invitation_id),  # noqa: B023
            ):
                with pytest.raises(Refusal) as refused:
                    act()
                assert refused.value.status in (403, 404)
                db.session.rollback()
        assert db.session.query(Invitation).one().ended_at is None
        assert _invite(PROVINCIAL, code="670605"), "a unit without admin is served from above"


def test_the_same_person_is_invited_once_and_two_may_share_a_mailbox(scene: Flask) -> None:
    with scene.app_context():
        _invite()
        with pytest.raises(Conflict):
            _invite(PEER)
        db.session.rollback()
        assert _invite(PEER, name="นายมานะ มาใหม่")
        with time_machine.travel(clock.now() + timedelta(days=8)):
            assert _invite(PEER), "one that ran out stands in nobody's way"


def test_two_who_open_the_link_at_once_begin_one_registration(scene: Flask, outbox: Outbox) -> None:
    outcomes: list[object] = []
    with scene.app_context():
        _invite()
        [secret] = _secrets(outbox)

        def second() -> None:
            with scene.app_context():
                try:
                    invitations.accept(secret)
                    db.session.commit()
                except Refusal as refusal:
                    outcomes.append(refusal.status)
                    db.session.rollback()

        invitations.accept(secret)
        late = start_behind(second)
        db.session.commit()
        late.join()
        assert outcomes == [410]
        assert db.session.query(Registration).count() == 1
