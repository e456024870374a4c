"""The demo's invented people, made through the same operations that pages use. Idempotent."""

import json
from datetime import date

from demo.ports import from_environment
from idp import create_app
from idp.access.rules import POWER_NAMES, Power
from idp.accounts import details
from idp.accounts import operations as accounts
from idp.accounts.rules import Details, Gender
from idp.appointments import operations as appointments
from idp.audit.rules import COMMAND
from idp.clients import operations as clients
from idp.commands import read_settings_file
from idp.database import db
from idp.units import operations as units
from idp.units.rules import full_name
from idp.web.application import settings
from tests.factories import appoint, appoint_first, open_person
from tests.people import CAST, CLERK, DLA_OFFICER, PASSWORD, PROVINCIAL, UNIT_ADMIN

ROLES = {
    DLA_OFFICER.key: ["period_manager"],
    PROVINCIAL.key: ["certifier"],
    UNIT_ADMIN.key: ["reporter"],
    CLERK.key: ["reporter"],
}
# The clerk told everything that can be told, so that a system under test finds every standard claim.
EVERYTHING = Details(
    middle_name="ใจเย็น",
    nickname="ใจ",
    profile="https://www.example.go.th/people/somjai",
    picture="https://www.example.go.th/people/somjai.png",
    website="https://www.example.go.th/",
    gender=Gender.FEMALE,
    birthdate=date(1990, 4, 13),
    address="ที่ทำการองค์การบริหารส่วนตำบลสระกรวด\nอำเภอศรีเทพ จังหวัดเพชรบูรณ์ 67170",
)


def make() -> None:
    """Accounts, appointments with letters, roles in INFO."""
    if accounts.find_by_username(DLA_OFFICER.username):
        return
    for person in CAST:
        account, posting = open_person(person)
        if person is CLERK:
            details.tell(account.id, EVERYTHING)
        unit = units.get(posting.unit_id)
        for role in clients.roles_for(unit.kind):
            if role.code in ROLES[person.key]:
                clients.assign(posting.id, role.id, granted_by=COMMAND)
        db.session.commit()
    appoint_first(DLA_OFFICER)
    appoint(PROVINCIAL, by=DLA_OFFICER)
    appoint(UNIT_ADMIN, by=PROVINCIAL)


def describe() -> dict[str, object]:
    """What `var/demo.json` tells."""
    ports, people = from_environment(), []
    for person in CAST:
        account, unit = accounts.find_by_username(person.username), units.find(person.unit_code)
        assert account is not None
        assert unit is not None
        powers = [POWER_NAMES[Power(held.power)] for held in appointments.holdings(account.id)]
        people.append(
            {
                "name": account.name,
                "unit": full_name(unit),
                "unit_code": unit.code,
                "powers": powers,
                "roles": [f"info:{role}" for role in ROLES[person.key]],
                "username": person.username,
                "password": PASSWORD,
                "thaid_number": person.national_id,
                "email": person.email,
            }
        )
    addresses = {
        "provider": ports.provider,
        "info": ports.info,
        "thaid": ports.thaid,
        "inbox": ports.inbox,
        "smtp_port": ports.smtp,
    }
    return {"addresses": addresses, "people": people}


def main() -> None:
    """Make the people and tell of them in the demo's folder."""
    read_settings_file()
    with create_app().app_context():
        make()
        path = settings().var / "demo.json"
        path.touch(mode=0o600)
        path.write_text(json.dumps(describe(), ensure_ascii=False, indent=1) + "\n")
