"""The province's queue and decisions."""

import threading

import pytest
import time_machine
from flask import Flask

from relying_party_example.database import db, job
from relying_party_example.reports import dossier as dossiers
from relying_party_example.reports import operations
from relying_party_example.reports.rules import Action
from relying_party_example.signin.rules import person_from
from tests.browsing import forms_of, text_of
from tests.relying_party_example.answers import complete
from tests.relying_party_example.browsing import send
from tests.relying_party_example.conftest import SignIn
from tests.relying_party_example.people import (
    CERTIFIER,
    CLERK,
    DLA_OFFICER,
    NEIGHBOUR,
    OTHER_CERTIFIER,
    SECOND_CERTIFIER,
)
from tests.relying_party_example.reports import scene
from tests.waiting import LONGEST
from thai_web.refusal import Conflict

REVIEW = "/certification/2570-1/670603"


@pytest.fixture
def submitted(clock_set: time_machine.Traveller, web: Flask) -> None:
    """Two reports wait: one without remark, one with an explained warning."""
    with web.app_context():
        scene.fill()
        scene.submit()
        neighbour = person_from(NEIGHBOUR)
        scene.fill(complete(volume_tax_offered=0), neighbour)
        scene.submit(neighbour, explanations={"not_offered_tax": "ย้ายงานไปแล้ว"})


def test_the_queue_counts_and_filters(submitted: None, sign_in: SignIn) -> None:
    client = sign_in(CERTIFIER)
    assert client.get("/certification/").headers["Location"] == "/certification/2570-1/?state=SUBMITTED"
    waiting = text_of(client.get("/certification/2570-1/?state=SUBMITTED"))
    assert "พบ 2 แห่ง" in waiting
    assert "ส่งจังหวัดแล้ว (2)" in waiting
    assert "พบ 1 แห่ง" in text_of(client.get("/certification/2570-1/?district=6701"))
    assert "พบ 3 แห่ง" in text_of(client.get("/certification/2570-1/?state=nonsense"))
    assert client.get("/certification/2570-1/?page=99").status_code == 404
    assert client.get(f"/certification/2570-1/?page={10**30}").status_code == 404


def test_the_review_shows_answers_figures_warnings_and_explanations(submitted: None, sign_in: SignIn) -> None:
    page = text_of(sign_in(CERTIFIER).get("/certification/2570-1/670604"))
    for text in ("อบต.คลองกระจัง อ.ศรีเทพ จ.เพชรบูรณ์", "4.50", "มีผู้รับบริการ แต่ไม่มีงานบริการ", "ย้ายงานไปแล้ว", "ที่จอดรถไม่พอ"):
        assert text in page


def test_a_certified_report_is_done_and_the_second_certifier_sees_it(submitted: None, sign_in: SignIn) -> None:
    first, second = sign_in(CERTIFIER), sign_in(SECOND_CERTIFIER)
    stale = second.get(REVIEW)
    assert send(first, first.get(REVIEW), {}, action="/certify").status_code == 303
    lost = send(second, stale, {}, action="/certify")
    assert lost.status_code == 409
    assert "จังหวัดรับรองแล้ว" in text_of(lost)
    assert "จังหวัดรับรองแล้ว" in text_of(sign_in(CLERK).get("/reports/2570-1/670603"))


def test_a_return_names_parts_and_a_reason_and_the_clerk_answers(submitted: None, sign_in: SignIn) -> None:
    province, clerk = sign_in(CERTIFIER), sign_in(CLERK)
    page = province.get(f"{REVIEW}/return")
    refused = send(province, page, {"reason": "แก้ข้อความ"})
    assert refused.status_code == 422
    assert "แก้ข้อความ" in refused.get_data(as_text=True)
    assert send(province, page, {"reason": "แก้ข้อความ", "flagged": ["remarks"]}).status_code == 303
    told = text_of(clerk.get("/reports/2570-1/670603"))
    assert "จังหวัดส่งกลับให้แก้ไข" in told
    assert "แก้ข้อความ" in told
    check = clerk.get("/reports/2570-1/670603/check")
    assert send(clerk, check, {"declared": "y"}).status_code == 422
    assert send(clerk, check, {"declared": "y", "reply_remarks": "แก้แล้ว"}).status_code == 303
    assert "แก้แล้ว" in text_of(province.get(REVIEW))


def test_a_revocation_has_a_reason(submitted: None, sign_in: SignIn) -> None:
    client = sign_in(CERTIFIER)
    send(client, client.get(REVIEW), {}, action="/certify")
    page = client.get(f"{REVIEW}/revoke")
    assert send(client, page, {"reason": ""}).status_code == 422
    assert send(client, page, {"reason": "พบข้อผิดพลาด"}).status_code == 303
    assert "พบข้อผิดพลาด" in text_of(sign_in(CLERK).get("/reports/2570-1/670603"))


def test_another_province_and_another_role_see_nothing(submitted: None, sign_in: SignIn) -> None:
    assert sign_in(OTHER_CERTIFIER).get(REVIEW).status_code == 404
    assert sign_in(OTHER_CERTIFIER).post(f"{REVIEW}/certify").status_code == 400  # no token of a form of ours
    assert sign_in(DLA_OFFICER).get(REVIEW).status_code == 403
    assert sign_in(CLERK).get("/certification/2570-1/").status_code == 403


def test_a_forged_form_cannot_certify_in_a_foreign_province(submitted: None, sign_in: SignIn) -> None:
    client = sign_in(OTHER_CERTIFIER)
    token = forms_of(client.get("/certification/2570-1/"))[0]["fields"]["csrf_token"]
    assert client.post(f"{REVIEW}/certify", data={"csrf_token": token, "version": "1"}).status_code == 404


def test_a_report_that_was_not_begun_has_no_review(submitted: None, sign_in: SignIn) -> None:
    assert sign_in(CERTIFIER).get("/certification/2570-1/670101").status_code == 404


def test_two_certifiers_at_the_same_moment_make_one_certification(app: Flask) -> None:
    scene.fill()
    scene.submit()
    db.session.remove()
    outcomes: list[str] = []
    together = threading.Barrier(2)

    def certify(claims: dict[str, object]) -> None:
        with app.app_context():
            together.wait(LONGEST)
            try:
                scene.certify(person_from(claims))
                outcomes.append("certified")
            except Conflict:
                outcomes.append("refused")
            finally:
                db.session.remove()

    threads = [threading.Thread(target=certify, args=(claims,)) for claims in (CERTIFIER, SECOND_CERTIFIER)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["certified", "refused"]
    history = dossiers.history(scene.dossier().begun())
    assert [each.action for each in history].count(Action.CERTIFY) == 1


def test_a_submission_and_a_recall_of_the_same_page_do_not_both_happen(app: Flask) -> None:
    scene.fill()
    scene.submit()
    old = scene.token()
    job(lambda: operations.recall(scene.dossier(), old))
    with pytest.raises(Conflict):
        operations.recall(scene.dossier(), old)
