"""What the consent page says, what is remembered of it, and how it is taken back."""

from datetime import date
from urllib.parse import urlencode

import pytest
from flask import Flask
from sqlalchemy import select

from idp.accounts import details
from idp.accounts import operations as accounts
from idp.accounts.rules import Details, Proof
from idp.audit.models import AuditEvent
from idp.database import db
from idp.oidc.consent.summary import LINES, SCOPE_NAMES
from idp.oidc.rules import CLAIM_SCOPE
from idp.oidc.store.models import AuthorizationGrant, Consent
from tests.browsing import forms_of, submit, text_of
from tests.idp.oidc.relying_party import Holder, RelyingParty, open_account, register, returned, sign_in
from tests.people import CLERK, UNIT_ADMIN
from thai_web import clock

EVERYTHING = "openid profile email phone address offline_access unit roles assurance national_id"


@pytest.fixture
def asking(app: Flask, rp: RelyingParty, clerk: Holder) -> RelyingParty:
    """A system of another office, with a law for the national ID; the clerk, proven by ThaID, is at the browser."""
    register(
        app,
        client_id="asking",
        client_name="ระบบของหน่วยงานอื่น",
        profile="standard",
        owner_unit="P67",
        scope=EVERYTHING,
        national_id_basis="พ.ร.บ. ตัวอย่าง มาตรา 9",
        policy_uri="https://rp.example.go.th/privacy",
    )
    with app.app_context():
        account = accounts.get(clerk.account_id)
        account.proof, account.proven_at = Proof.THAID, clock.now()
        details.tell(account.id, Details(nickname="ใจ", birthdate=date(1990, 4, 13)))
        db.session.commit()
    return RelyingParty(rp.app, rp.browser, client_id="asking")


def agree(asking: RelyingParty, **wishes: str) -> str:
    """Say yes on the page. Returns the code."""
    page = asking.browser.get(asking.authorize(**wishes).location)
    agreed = submit(asking.browser, page, {"decision": "allow"}, action="/consent")
    return returned(agreed)["code"]


def events(app: Flask, name: str) -> list[dict[str, str]]:
    with app.app_context():
        found = [event.facts for event in db.session.scalars(select(AuditEvent).where(AuditEvent.name == name))]
        db.session.rollback()
        return found


@pytest.mark.parametrize(("environment", "is_told"), [("sandbox", True), ("production", False)])
def test_who_is_asked_by_a_system_that_is_being_tried_out_is_told_so(
    asking: RelyingParty, environment: str, is_told: bool
) -> None:
    register(asking.app, client_id="asking", client_name="ระบบ", profile="standard", environment=environment)
    page = asking.browser.get(asking.authorize(scope="openid").location)
    assert ("กำลังทดสอบ" in text_of(page)) is is_told


def test_every_claim_and_scope_has_its_words() -> None:
    assert sorted(claim for line in LINES for claim in line.claims) == sorted(CLAIM_SCOPE)
    assert set(SCOPE_NAMES) == set(EVERYTHING.split())


def test_the_page_names_the_system_its_owner_and_what_it_gets_with_the_person_s_own_values(
    asking: RelyingParty,
) -> None:
    page = asking.browser.get(asking.authorize(scope=EVERYTHING).location)
    text = text_of(page)
    for told in (
        "ระบบของหน่วยงานอื่น",
        "สถจ.เพชรบูรณ์",
        "ชื่อ-นามสกุล นางสาวสมใจ ขยันงาน",
        "ชื่อเล่น ใจ",
        "วันเกิด 13 เมษายน 2533",
        "อีเมล somjai@sakruat.example.go.th · ยืนยันแล้ว",
        "หมายเลขโทรศัพท์ 081 234 5678",
        "เจ้าพนักงานธุรการ",
        "อบต.สระกรวด",
        "สิทธิ์ของท่านในระบบนี้ ไม่มี",
        "ยืนยันด้วย ThaID แล้ว",
        "แม้ท่านไม่ได้เปิดระบบอยู่",
        "นโยบายความเป็นส่วนตัวของระบบ",
        "หากกรอกภายหลัง ระบบนี้จะได้รับด้วย: ชื่อกลาง, ",
        "ซึ่งไม่ใช่เลขประจำตัวประชาชน",
    ):
        assert told in text, told
    assert CLERK.national_id not in page.text
    in_english = text_of(asking.browser.get(asking.authorize(scope=EVERYTHING, ui_locales="en").location))
    assert "Email address somjai@sakruat.example.go.th · proven" in in_english
    assert "13 April 1990" in in_english
    assert f"x-xxxx-xxxxx-{CLERK.national_id[10:12]}-{CLERK.national_id[12]}" in text


def test_the_page_tells_no_more_than_was_asked_and_may_be_given(app: Flask, asking: RelyingParty) -> None:
    register(app, client_id="asking", client_name="ระบบของหน่วยงานอื่น", profile="standard", scope="openid email")
    app.extensions["oidc.clients"].clear()
    text = text_of(asking.browser.get(asking.authorize(scope=EVERYTHING).location))
    assert "อีเมล somjai@" in text
    assert "ข้อมูลที่ท่านยังไม่ได้กรอก" not in text
    for untold in ("ชื่อ-นามสกุล", "เลขประจำตัวประชาชน x-", "หมายเลขโทรศัพท์", "แม้ท่านไม่ได้เปิดระบบอยู่"):
        assert untold not in text


def test_a_system_that_asks_who_it_is_and_nothing_else_frightens_nobody(asking: RelyingParty) -> None:
    page = asking.browser.get(asking.authorize(scope="openid").location)
    assert "โดยไม่ได้รับชื่อหรือข้อมูลอื่น" in text_of(page)
    assert "<dl" not in page.text.partition("<main")[2].partition("</main>")[0]


def test_a_yes_is_remembered_for_what_it_was_said_to(asking: RelyingParty) -> None:
    agree(asking, scope="openid email")
    assert "code" in returned(asking.authorize(scope="openid email", prompt="none"))
    assert "code" in returned(asking.authorize(scope="openid", prompt="none"))
    assert returned(asking.authorize(scope="openid phone", prompt="none"))["error"] == "consent_required"
    agree(asking, scope="openid phone")
    assert "code" in returned(asking.authorize(scope="openid email phone", prompt="none")), "beside what was before"


def test_a_yes_of_one_person_for_one_system_says_nothing_for_others(app: Flask, asking: RelyingParty) -> None:
    agree(asking, scope="openid email")
    register(app, client_id="third", client_name="ระบบที่สาม", profile="standard", owner_unit="P67")
    third = RelyingParty(app, asking.browser, client_id="third")
    assert returned(third.authorize(scope="openid email", prompt="none"))["error"] == "consent_required"
    sign_in(app, asking.browser, open_account(app, UNIT_ADMIN, role=None).account_id)
    assert returned(asking.authorize(scope="openid email", prompt="none"))["error"] == "consent_required"


def test_a_yes_counts_for_the_person_who_read_the_page(app: Flask, asking: RelyingParty) -> None:
    page = asking.browser.get(asking.authorize(scope="openid email").location)
    sign_in(app, asking.browser, open_account(app, UNIT_ADMIN, role=None).account_id)  # in another tab
    again = submit(asking.browser, page, {"decision": "allow"}, action="/consent")
    assert again.status_code == 409
    assert "วิไล" in text_of(again)
    assert events(app, "consent.given") == []


def test_a_consent_is_seen_and_taken_back_and_all_that_came_of_it_ends(app: Flask, asking: RelyingParty) -> None:
    tokens = asking.redeem(agree(asking, scope="openid email offline_access", prompt="consent")).get_json()
    waiting = agree(asking, scope="openid email", prompt="consent")
    other = RelyingParty(app, asking.browser).tokens(scope="openid offline_access")

    page = asking.browser.get("/home/consents")
    assert "ระบบของหน่วยงานอื่น" in text_of(page)
    assert "ขอข้อมูลเหล่านี้ได้อีก" in text_of(page)
    gone = submit(asking.browser, page, {}, action="/withdraw")
    assert "ยกเลิกการอนุญาตแล้ว" in text_of(asking.browser.get(gone.location))
    assert "ท่านยังไม่ได้อนุญาตระบบใด" in text_of(asking.browser.get("/home/consents"))

    assert asking.refresh(tokens["refresh_token"]).get_json()["error"] == "invalid_grant"
    assert asking.userinfo(tokens["access_token"]).status_code == 401
    assert asking.redeem(waiting).get_json()["error"] == "invalid_grant"
    assert returned(asking.authorize(scope="openid email", prompt="none"))["error"] == "consent_required"
    assert "refresh_token" in RelyingParty(app, asking.browser).refresh(other["refresh_token"]).get_json()
    assert events(app, "consent.withdrawn") == [{"client_id": "asking", "scope": "openid email offline_access"}]


def test_taking_back_twice_or_what_was_never_given_changes_nothing(app: Flask, asking: RelyingParty) -> None:
    agree(asking, scope="openid")
    page = asking.browser.get("/home/consents")
    for _time in range(2):
        assert submit(asking.browser, page, {}, action="/withdraw").status_code == 303
    assert len(events(app, "consent.withdrawn")) == 1


def test_nobody_takes_back_what_another_person_gave(app: Flask, asking: RelyingParty) -> None:
    agree(asking, scope="openid")
    page = asking.browser.get("/home/consents")
    sign_in(app, asking.browser, open_account(app, UNIT_ADMIN, role=None).account_id)
    submit(asking.browser, page, {}, action="/withdraw")
    assert events(app, "consent.withdrawn") == []


@pytest.mark.attack(42)
@pytest.mark.parametrize(
    "pretended",
    [
        {"client_uri": "https://rp.example.go.th/"},
        {"policy_uri": "http://localhost:8000/", "tos_uri": "http://localhost:8000/"},
        {"client_uri": "http://localhost:8000/", "tile": {"url": "http://localhost:8000/"}},
        {"trusted": True, "first_party": True, "skip_consent": True},
    ],
)
def test_no_address_of_a_system_lets_it_skip_the_question(app: Flask, rp: RelyingParty, pretended: dict) -> None:
    """`rp`, DLA's own, has the same redirect URI; nothing but DLA's `profile` decides."""
    register(app, client_id="alike", client_name="ระบบทดสอบ", profile="standard", owner_unit="DLA", **pretended)
    alike = RelyingParty(app, rp.browser, client_id="alike")
    assert returned(rp.authorize(prompt="none"))["code"]
    for wish in ({}, {"profile": "first_party"}, {"client_uri": "http://localhost:8000/"}):
        assert returned(alike.authorize(prompt="none", **wish))["error"] == "consent_required"


@pytest.mark.attack(123)
def test_after_a_withdrawal_the_old_address_asks_again(app: Flask, asking: RelyingParty) -> None:
    """Every address that the browser went through on the way to the yes is opened once more."""
    wishes = {"scope": "openid email offline_access", "prompt": "consent"}
    request = f"/authorize?{urlencode(asking.request(**wishes))}"
    page = asking.browser.get(asking.browser.get(request).location)
    [form] = [form for form in forms_of(page) if "/consent" in form["action"]]
    agreed = submit(asking.browser, page, {"decision": "allow"}, action="/consent")
    assert returned(agreed)["code"]
    submit(asking.browser, asking.browser.get("/home/consents"), {}, action="/withdraw")
    for address in (request, page.request.full_path, form["action"], form["action"].replace("/consent", "/authorize")):
        for silently in ("", "&prompt=none"):
            answer = asking.browser.get(address + silently)
            assert "code=" not in answer.headers.get("Location", ""), address
    with app.app_context():
        assert db.session.scalars(select(Consent)).all() == []


@pytest.mark.attack(123)
def test_a_yes_counts_once_where_the_system_wants_to_be_asked_again(asking: RelyingParty) -> None:
    request = asking.authorize(scope="openid", prompt="consent").location
    page = asking.browser.get(request)
    submit(asking.browser, page, {"decision": "allow"}, action="/consent")
    again = asking.browser.get(request.replace("/consent", "/authorize", 1))
    assert again.location.startswith("/consent?")


def test_a_yes_and_the_code_that_it_brings_are_kept_together_or_not_at_all(
    app: Flask, asking: RelyingParty, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = asking.browser.get(asking.authorize(scope="openid").location)

    def fails(*_arguments: object) -> None:
        raise OSError("the connection broke")

    with monkeypatch.context() as broken:
        broken.setattr("idp.oidc.token.authorization_code.answer", fails)
        app.config["PROPAGATE_EXCEPTIONS"] = False
        assert submit(asking.browser, page, {"decision": "allow"}, action="/consent").status_code == 500
    with app.app_context():
        assert db.session.scalars(select(Consent)).all() == []
        assert db.session.scalars(select(AuthorizationGrant)).all() == []
