"""Homes and boards: each person sees her own area, and figures come from certified versions."""

import pytest
import time_machine
from flask import Flask

from relying_party_example.database import job
from relying_party_example.periods import operations as periods
from relying_party_example.reports import operations, overview
from relying_party_example.reports.overview import Area, Progress
from relying_party_example.signin.rules import person_from
from tests.browsing import text_of
from tests.relying_party_example.answers import complete
from tests.relying_party_example.conftest import KEY, SignIn
from tests.relying_party_example.people import (
    CERTIFIER,
    CLERK,
    DISTRICT_VIEWER,
    DLA_OFFICER,
    KHLONG_KRACHANG,
    NEIGHBOUR,
    OTHER_CERTIFIER,
)
from tests.relying_party_example.reports import scene

NEIGHBOUR_PERSON = person_from(NEIGHBOUR)


def two_reports() -> None:
    """One certified with 200 recipients; one with 1,080, submitted only."""
    scene.fill()
    scene.submit()
    scene.certify()
    more = complete(volume_registration_recipients=1000, volume_registration_in_time=900)
    scene.fill(more, NEIGHBOUR_PERSON)
    scene.submit(NEIGHBOUR_PERSON)


def test_progress_counts_against_the_expected_units(app: Flask) -> None:
    two_reports()
    period = periods.find(KEY)
    assert overview.progress(period, Area()) == Progress(expected=4, reported=2, on_time=2, certified=1)
    assert overview.progress(period, Area("65")) == Progress(expected=1)
    assert overview.progress(period, Area("67", "6706", ("TAO",))) == Progress(2, 2, 2, 1)
    assert [(code, counts.reported) for code, _name, counts in overview.progress_by_province(period)] == [
        ("65", 0),
        ("67", 2),
    ]
    assert overview.counts_by_state(period, Area("67"))["NOT_STARTED"] == 1


def test_official_figures_are_those_of_the_last_certified_version(app: Flask) -> None:
    two_reports()
    period = periods.find(KEY)
    assert overview.official(period, Area()).recipients == 200
    scene.certify(unit=KHLONG_KRACHANG["code"])
    both = overview.official(period, Area())
    assert (both.units, both.recipients, both.respondents, both.score_count) == (2, 1280, 40, 228)
    certifier = person_from(CERTIFIER)
    job(lambda: operations.send_back(scene.dossier(certifier), "แก้", ["volume"], 1))
    assert overview.official(period, Area()).recipients == 1280


def test_the_national_mean_weighs_every_answer_alike(app: Flask) -> None:
    scene.fill()
    scene.submit()
    scene.certify()
    many = complete(respondents=2000, sex_female_count=1991, age_21_40_count=1992, method_qr_count=1995)
    many |= {name: 0 for name in many if name.startswith("satisfaction")}
    many |= {name: 2000 for name in many if name.startswith("satisfaction") and name.endswith("_4")}
    many["volume_registration_recipients"] = 5000
    scene.fill(many, NEIGHBOUR_PERSON)
    scene.submit(NEIGHBOUR_PERSON, explanations={"all_alike": "ตรวจแล้ว"})
    scene.certify(unit=KHLONG_KRACHANG["code"])
    found = overview.official(periods.find(KEY), Area())
    assert str(found.mean) == "4.00"  # an average of the two means would say 4.25


@pytest.fixture
def reported(clock_set: time_machine.Traveller, web: Flask) -> None:
    """The two reports beside the running application."""
    with web.app_context():
        two_reports()


def test_dla_sees_the_country_and_drills_down(reported: None, sign_in: SignIn) -> None:
    client = sign_in(DLA_OFFICER)
    assert client.get("/dashboards/board").headers["Location"] == "/dashboards/2570-1/"
    page = text_of(client.get("/dashboards/2570-1/"))
    assert "เพชรบูรณ์ 3 2 2 1" in page
    assert "ครอบคลุม 1 จาก 4 หน่วยงาน (ร้อยละ 25.00)" in page
    assert "อบต.สระกรวด" in text_of(client.get("/dashboards/2570-1/67"))
    assert client.get("/dashboards/2570-1/99").status_code == 404
    assert client.get("/reports/2570-1/670603").status_code == 200


def test_a_province_sees_itself_only(reported: None, sign_in: SignIn) -> None:
    client = sign_in(CERTIFIER)
    assert client.get("/dashboards/board").headers["Location"] == "/dashboards/2570-1/67"
    assert "1 รับรองแล้ว" not in text_of(client.get("/dashboards/2570-1/67?district=6701"))
    assert client.get("/dashboards/2570-1/65").status_code == 404
    assert client.get("/dashboards/2570-1/").status_code == 404
    assert "รายงานรอรับรอง 1 ฉบับ" in text_of(client.get("/dashboards/"))
    assert sign_in(OTHER_CERTIFIER).get("/dashboards/2570-1/67").status_code == 404


def test_a_district_sees_its_own_units_only(reported: None, sign_in: SignIn) -> None:
    client = sign_in(DISTRICT_VIEWER)
    page = text_of(client.get("/dashboards/2570-1/67?district=6701"))
    assert "อำเภอศรีเทพ" in page
    assert "อบต.คลองกระจัง" in page
    assert "อบจ.เพชรบูรณ์" not in page


def test_a_clerk_finds_what_to_do_next(clock_set: time_machine.Traveller, sign_in: SignIn) -> None:
    client = sign_in(CLERK)
    page = text_of(client.get("/dashboards/"))
    assert "เริ่มบันทึกรายงาน" in page
    assert "ส่งภายใน 30 ธันวาคม 2569 จึงนับว่าทันกำหนด" in page
    assert client.get("/dashboards/2570-1/").status_code == 403


def test_the_front_page_tells_the_dates_and_leads_on(clock_set: time_machine.Traveller, sign_in: SignIn) -> None:
    client = sign_in(CLERK)
    assert client.get("/").headers["Location"] == "/dashboards/"
    client.delete_cookie("info_sid", domain="localhost")
    page = text_of(client.get("/"))
    assert "เข้าสู่ระบบ" in page
    assert "อปท. ส่งภายใน 30 ธันวาคม 2569" in page


def test_there_is_a_way_back_to_the_portal_for_who_is_signed_in(web: Flask, sign_in: SignIn) -> None:
    page = sign_in(CLERK).get("/dashboards/").text
    assert f'href="{web.config["SETTINGS"].issuer}/"' in page
    assert "ระบบของฉันใน SSO" not in web.test_client().get("/").text


def test_the_first_page_tells_the_days_of_the_period_and_leads_to_the_provider(app: Flask) -> None:
    page = app.test_client().get("/")
    text = text_of(page)
    for told in ("อปท. ส่งภายใน", "จังหวัดรับรองภายใน", "ลงทะเบียนที่ระบบยืนยันตัวตนกลาง (SSO)"):
        assert told in text
    markup = page.get_data(as_text=True)
    assert f'href="{app.config["SETTINGS"].issuer}/"' in markup
    assert markup.count('class="button"') == 1, "one thing is the first"
