"""A mailbox is not flooded, and a stranger who asks for its mails keeps nobody from theirs."""

import pytest
from flask import Flask

from idp.throttle.mails import admit_mail
from idp.throttle.rules import LIMITS
from thai_web.refusal import TooMany

OFFICE = "office@abt.example.org"
AT_HOME, AT_WORK = "192.0.2.7", "198.51.100.9"


def ask(purpose: str, address: str, number: int = 1) -> None:
    for _ in range(number):
        admit_mail(purpose, OFFICE, address)


@pytest.mark.attack(138)
def test_who_asks_too_often_in_one_network_waits_there_and_nobody_elsewhere(app: Flask) -> None:
    with app.app_context():
        ask("recovery", AT_HOME, LIMITS["code.sent.network"].free)
        with pytest.raises(TooMany):
            ask("recovery", AT_HOME)
        ask("recovery", AT_WORK)
        ask("registration", AT_HOME)


@pytest.mark.attack(138)
def test_a_mailbox_gets_so_many_mails_of_one_kind_from_wherever_and_those_of_another_kind_still(app: Flask) -> None:
    with app.app_context():
        for number in range(LIMITS["code.sent"].free):
            ask("recovery", f"203.0.113.{number}")
        with pytest.raises(TooMany):
            ask("recovery", AT_WORK)
        ask("registration", AT_WORK)
