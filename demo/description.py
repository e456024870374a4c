"""What `var/demo.json` tells: where everything is, and who can sign in how."""

import json

from demo.cast import CAST, IN_THE_PROVINCE, PASSWORD
from demo.people import ROLES
from demo.ports import from_environment
from idp import create_app
from idp.access.rules import POWER_NAMES, Power
from idp.accounts import operations as accounts
from idp.appointments import operations as appointments
from idp.commands import read_settings_file
from idp.units import operations as units
from idp.units.rules import full_name
from idp.web.application import settings


def describe() -> dict[str, object]:
    """Addresses, and everybody of the cast who is there."""
    ports, people = from_environment(), []
    for person in (*CAST, *IN_THE_PROVINCE):
        account, unit = accounts.find_by_username(person.username), units.find(person.unit_code)
        if account is None or unit is None:
            continue  # the province was left out
        powers = [POWER_NAMES[Power(held.power)] for held in appointments.holdings(account.id)]
        people.append(
            {
                "name": account.name,
                "unit": full_name(unit),
                "unit_code": unit.code,
                "position": person.position,
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
    """Write it into the demo's folder."""
    read_settings_file()
    with create_app().app_context():
        path = settings().var / "demo.json"
        path.touch(mode=0o600)
        path.write_text(json.dumps(describe(), ensure_ascii=False, indent=1) + "\n")
