"""The demo's invented people, made through the same operations that pages use. Idempotent."""

from datetime import date, datetime, timedelta
from functools import lru_cache
from io import BytesIO

from PIL import Image, ImageDraw

from demo.cast import CAST, CLERK, DLA_OFFICER, IN_THE_PROVINCE, PASSWORD, PROVINCIAL, UNIT_ADMIN, Invented
from demo.moved_clock import at
from demo.ports import with_province
from idp import create_app
from idp.access.rules import Power, Viewer
from idp.accounts import details
from idp.accounts import operations as accounts
from idp.accounts.models import Account, Posting
from idp.accounts.rules import Details, Gender, Person
from idp.appointments import operations as appointments
from idp.appointments.models import Appointment
from idp.appointments.operations import Letter
from idp.audit.rules import COMMAND
from idp.clients import operations as clients
from idp.commands import read_settings_file
from idp.database import db
from idp.evidence import operations as evidence
from idp.notifications.operations import forget
from idp.signin import activation
from idp.units import operations as units
from thai_web import clock

ROLES = {
    DLA_OFFICER.key: ["period_manager"],
    PROVINCIAL.key: ["certifier"],
    UNIT_ADMIN.key: ["reporter"],
    CLERK.key: ["reporter"],
    **{person.key: ["viewer"] for person in IN_THE_PROVINCE},
}
A_YEAR = timedelta(days=375)  # and a few days, so that no weekend puts anything before it
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


@lru_cache
def letter_image(text: str = "DEMO - NOT A REAL LETTER") -> bytes:
    """A picture that is plainly no real letter."""
    page = Image.new("RGB", (827, 1169), "white")
    draw = ImageDraw.Draw(page)
    draw.text((80, 100), text, fill="black", font_size=28)
    draw.rectangle((60, 60, 767, 1109), outline="black", width=2)
    file = BytesIO()
    page.save(file, "PNG")
    return file.getvalue()


def a_letter(days: int = 700) -> Letter:
    """A letter of today."""
    today = clock.today()
    return Letter("สถ 0801/ว 1", today, "อธิบดีกรมส่งเสริมการปกครองท้องถิ่น", today, today + timedelta(days=days))


def open_person(person: Invented) -> tuple[Account, Posting]:
    """An account with posting, username and password."""
    unit = units.find(person.unit_code)
    assert unit is not None
    known = Person(person.title, person.given_name, person.family_name, person.national_id, person.email, person.phone)
    account = accounts.open_account(known, origin="demo", email_proven_at=clock.now())
    posting = accounts.begin_posting(account, unit.id, person.position, clock.today())
    secret = activation.begin_activation(account.id)
    db.session.commit()
    activation.activate(secret, person.national_id, person.username, PASSWORD)
    forget("account", account.id)  # the mail about it: nobody waits for it, and tests count mails
    db.session.commit()
    return account, posting


def viewer_of(person: Invented) -> Viewer:
    """The person as the guards would see them now."""
    account = accounts.find_by_username(person.username)
    assert account is not None
    return viewer_of_account(account)


def viewer_of_account(account: Account) -> Viewer:
    """The same for an account."""
    posting = accounts.postings(account.id, clock.today())[0]
    held = appointments.holdings(account.id)
    return Viewer(account.id, 0, account.name, posting.id, posting.unit_id, "", held)


def appoint_first(person: Invented) -> Appointment:
    """DLA's first officer, as the command does it."""
    account, dla = accounts.find_by_username(person.username), units.find("DLA")
    assert account is not None
    assert dla is not None
    scan = evidence.prepare(letter_image(), "คำสั่ง.png")
    made = appointments.appoint_first_officer(account, dla.id, a_letter(), scan)
    db.session.commit()
    return made


def appoint(person: Invented, by: Invented, letter: Letter | None = None, power: Power | None = None) -> Appointment:
    """An appointment one level down, with its scanned letter; without `power`, as the unit's admin."""
    account, unit = accounts.find_by_username(person.username), units.find(person.unit_code)
    assert account is not None
    assert unit is not None
    scan = evidence.prepare(letter_image(), "หนังสือมอบหมาย.png")
    made = appointments.appoint(viewer_of(by), account.id, unit.id, letter or a_letter(), scan, power)
    db.session.commit()
    return made


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


def beginning() -> datetime:
    """When the cast came: a year ago where a province lives around them, else now."""
    return clock.now() - A_YEAR if with_province() else clock.now()


def main() -> None:
    """Make the people."""
    read_settings_file()
    with create_app().app_context(), at(beginning()):
        make()
