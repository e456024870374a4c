"""Why a logout was not delivered, as an officer reads it."""

import pytest
from flask import Flask

from idp import outbound
from idp.client_support.views import delivery_result


@pytest.mark.parametrize(
    ("kept", "told"),
    [
        ("answered 503", "ปลายทางตอบด้วยรหัส 503"),
        ("rp.example.go.th is too slow", "ปลายทางตอบช้าเกินไป"),
        ("rp.example.go.th is slow, and others are waiting for it", "ปลายทางตอบช้าเกินไป"),
        ("rp.example.go.th does not resolve", "ไม่พบที่อยู่ของปลายทาง (DNS)"),
        (f"10.0.0.1 {outbound.NOT_PUBLIC}; name it in IDP_OUTBOUND_HOSTS", "ปลายทางอยู่ในเครือข่ายภายใน ระบบกลางจึงไม่เรียก"),
        ("rp.example.go.th did not answer", "ปลายทางไม่ตอบ"),
        ("the answer is too large", "คำตอบของปลายทางใหญ่เกินไป"),
        ("something nobody thought of", "something nobody thought of"),
    ],
)
def test_a_result_is_told_in_thai(sqlite_app: Flask, kept: str, told: str) -> None:
    with sqlite_app.test_request_context():
        assert delivery_result(kept) == told
