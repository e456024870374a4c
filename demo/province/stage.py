"""What every act of the year needs: the application, the clock's chronicle, papers in painting, people as they act."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from flask import Flask, g

from demo.cast import Invented
from demo.moved_clock import Chronicle
from demo.people import viewer_of_account
from idp.access.rules import Viewer
from idp.accounts import operations as accounts
from idp.accounts.models import Account
from idp.accounts.rules import Person
from idp.clients import operations as clients
from idp.database import db
from idp.evidence import operations as evidence
from idp.evidence.operations import Prepared
from idp.notifications.operations import forget
from idp.signin import credentials
from idp.units import operations as units
from thai_web import clock

Paper = Future[Prepared]


@dataclass
class Stage:
    """The demo's year, while it is played. `password_hash` is everybody's: one computation instead of hundreds."""

    app: Flask
    chance: Random
    password_hash: str
    painter: ThreadPoolExecutor
    chronicle: Chronicle = field(default_factory=Chronicle)
    today: date = field(default_factory=clock.today)
    accounts: dict[str, int] = field(default_factory=dict)  # by the key of the person

    def ago(self, least: int, most: int) -> date:
        """Some day so many days back."""
        return self.today - timedelta(days=self.chance.randint(least, most))

    def paint(self, draw: Callable[[], bytes], filename: str) -> Paper:
        """Let a paper be drawn and taken into the vault, beside what goes on."""

        def prepare() -> Prepared:
            with self.app.app_context():
                return evidence.prepare(draw(), filename)

        return self.painter.submit(prepare)

    @contextmanager
    def acting(self, person: Invented) -> Iterator[Viewer]:
        """Within it somebody is signed in and does what a page would let them do."""
        with self.acting_as(self.accounts[person.key]) as viewer:
            yield viewer

    @contextmanager
    def acting_as(self, account_id: int) -> Iterator[Viewer]:
        """The same by the key of their account."""
        with self.app.test_request_context(method="POST"):
            g.viewer = viewer_of_account(accounts.get(account_id))
            yield g.viewer
            db.session.commit()

    @contextmanager
    def outside(self) -> Iterator[None]:
        """Within it a browser asks in which nobody is signed in."""
        with self.app.test_request_context(method="POST"):
            g.viewer = None
            yield
            db.session.commit()

    def open_account(self, person: Invented, roles: tuple[str, ...]) -> Account:
        """An account with a posting, roles in INFO, username and password."""
        unit = units.find(person.unit_code)
        assert unit is not None
        named = Person(
            person.title, person.given_name, person.family_name, person.national_id, person.email, person.phone
        )
        account = accounts.open_account(named, origin="demo", email_proven_at=clock.now())
        posting = accounts.begin_posting(account, unit.id, person.position, clock.today())
        for offered in clients.roles_for(unit.kind):
            if offered.code in roles:
                clients.assign(posting.id, offered.id)
        self.accounts[person.key] = account.id
        self.activate(account, person.username)
        return account

    def activate(self, account: Account, username: str) -> None:
        """What the page behind the mailed link does, with the demo's one password."""
        accounts.choose_username(account, username)
        credentials.keep(account, self.password_hash, how="activation", actor=credentials.owner(account))
        forget("account", account.id)  # nobody waits for the mail about it
