"""Whatever an intruder of a minute, a stranger and a mail scanner do in whatever order: in the end the owner has the account alone.

A short run belongs to the suite; `ACCOUNT_MACHINE_RUNS=2000` makes the long one.
"""

import os
import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app import clock
from app.extensions import db
from app.mail import emails
from app.models import OutboxMail, Role, User
from app.queries import accounts
from tests.conftest import NOW, empty
from tests.factories import Factory, code_for
from tests.page_client import PageClient
from tests.software_authenticator import SoftwareAuthenticator

RUNS = int(os.environ.get("ACCOUNT_MACHINE_RUNS", "15"))
OWNER, THIEF = "ada@example.org", "thief@example.net"
THIEFS_PASSWORD, NEW_PASSWORD = "the burglar's own lantern", "stones of venice again"
LINK = re.compile(r"http://localhost(/\S{8,})")


def only_links(_name: str, **facts: object) -> str:
    """Stand in for the words of emails, of which this test needs none."""
    links = "".join(f'<p><a href="{facts.get(name, "")}"></a></p>' for name in ("link", "undo_link"))
    return f"<main>{links}</main>"


class Machine(RuleBasedStateMachine):
    """An owner who is away, an intruder at her open browser, a stranger who signs up with her address, a scanner that opens every link."""

    app: Flask

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        with clock.set_to(self.now), self.app.app_context():
            empty()
        with clock.set_to(self.now):
            self.factory = Factory(self.app)
            self.owner_id = self.factory.ada.id
            self.open_browser = PageClient(self.app).signed_in_as(self.factory.ada).client
        self.thiefs_browsers: list[FlaskClient] = [self.open_browser]
        self.keys: list[SoftwareAuthenticator] = []
        self.knows_password = False

    def emails(self, to: str) -> list[list[str]]:
        """Return the links of each email to a mailbox, the latest last."""
        with clock.set_to(self.now), self.app.app_context():
            rows = db.session.scalars(
                select(OutboxMail).where(OutboxMail.recipient == to).order_by(OutboxMail.id).options(joinedload(OutboxMail.user))
            ).all()
            found = []
            for row in rows:
                try:
                    found.append(LINK.findall(emails.compose(row).body or ""))
                except emails.NothingToSend:
                    continue
            db.session.rollback()
        return [[link for link in links if link.count("/") > 1] for links in found]

    def post(self, client: FlaskClient, path: str, data: dict[str, Any] | None = None) -> Any:
        """Send a form from a page of ours."""
        with clock.set_to(self.now):
            return client.post(path, data=data or {})

    @rule()
    def intruder_asks_to_move(self) -> None:
        self.post(self.open_browser, "/account/address", {"email": THIEF})

    @rule()
    def intruder_opens_every_link_of_their_mailbox(self) -> None:
        for links in self.emails(THIEF):
            for link in links:
                self.post(self.open_browser, link, {"password": THIEFS_PASSWORD, "password2": THIEFS_PASSWORD})

    @rule()
    def intruder_adds_a_passkey(self) -> None:
        asked = self.post(self.open_browser, "/account/passkeys/options")
        if asked.status_code == 200:
            key = SoftwareAuthenticator()
            answer = self.post(self.open_browser, "/account/passkeys", {"name": "mine", "answer": key.make(asked.json)})
            if answer.status_code in {200, 303}:
                self.keys.append(key)

    @rule()
    def intruder_removes_every_passkey(self) -> None:
        with clock.set_to(self.now):
            page = self.open_browser.get("/account/passkeys").text
        for path in re.findall(r'action="(/account/passkeys/\d+/remove)"', page):
            self.post(self.open_browser, path)

    @rule()
    def intruder_sets_up_an_app(self) -> None:
        self.post(self.open_browser, "/account/second-factor/offer")
        with clock.set_to(self.now), self.app.app_context():
            try:
                code = code_for(self.owner_id)
            except AssertionError:
                return
        self.post(self.open_browser, "/account/second-factor/enrol", {"code": code})

    @rule(path=st.sampled_from(["/account/second-factor/remove", "/account/second-factor/codes", "/account/devices/end-others"]))
    def intruder_presses(self, path: str) -> None:
        self.post(self.open_browser, path)

    @rule()
    def intruder_sets_a_password(self) -> None:
        answer = self.post(self.open_browser, "/account/password", {"password": THIEFS_PASSWORD, "password2": THIEFS_PASSWORD})
        self.knows_password = self.knows_password or answer.status_code == 303

    @rule()
    def intruder_renames(self) -> None:
        self.post(self.open_browser, "/account/username", {"username": "mallory"})

    @rule(comes_back=st.booleans())
    def intruder_closes_the_account(self, comes_back: bool) -> None:
        self.post(self.open_browser, "/account/close", {"username": "ada"})
        if comes_back:
            self.intruder_logs_in()
            self.post(self.thiefs_browsers[-1], "/come-back")

    @rule()
    def intruder_logs_in(self) -> None:
        client = self.app.test_client()
        self.post(client, "/login", {"username": "ada", "password": THIEFS_PASSWORD, "remember_me": "y"})
        self.thiefs_browsers.append(client)

    @precondition(lambda self: self.keys)
    @rule()
    def intruder_logs_in_with_a_passkey(self) -> None:
        client = self.app.test_client()
        asked = self.post(client, "/login/passkey/options")
        if asked.status_code == 200:
            self.post(client, "/login/passkey", {"answer": self.keys[-1].sign(asked.json)})
            self.thiefs_browsers.append(client)

    @rule(name=st.sampled_from(["twin", "other"]), email=st.sampled_from([OWNER, "ADA@example.org", THIEF]))
    def stranger_signs_up(self, name: str, email: str) -> None:
        fields = {"username": name, "email": email, "password": THIEFS_PASSWORD, "password2": THIEFS_PASSWORD}
        self.post(self.app.test_client(), "/register", fields)

    @rule(email=st.sampled_from([OWNER, THIEF]))
    def somebody_asks_for_a_reset(self, email: str) -> None:
        self.post(self.app.test_client(), "/reset", {"email": email})

    @rule()
    def scanner_opens_every_link(self) -> None:
        for email in (OWNER, THIEF):
            for link in [link for links in self.emails(email) for link in links]:
                for method in ("HEAD", "GET", "OPTIONS"):
                    with clock.set_to(self.now):
                        self.app.test_client().open(link, method=method)

    @rule(minutes=st.sampled_from([1, 30, 120]))
    def time_goes_by(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    def teardown(self) -> None:
        """Let the owner do what her emails advise; then she has the account, and nobody else anything of it."""
        self.now += timedelta(hours=2)
        browser = self.app.test_client()
        for links in self.emails(OWNER):
            for link in links:
                if "undo" in link:
                    self.post(browser, link)
        self.post(browser, "/reset", {"email": OWNER})
        reset = [link for links in self.emails(OWNER) for link in links if link.startswith("/reset/")]
        assert reset, "the owner's mailbox gets a link"
        answer = self.post(browser, reset[-1], {"password": NEW_PASSWORD, "password2": NEW_PASSWORD})
        assert answer.status_code == 303, "and it works"
        self._intruder_tries_everything()
        assert self.post(browser, "/login", {"username": OWNER, "password": NEW_PASSWORD}).headers.get("Location") in {"/", "/confirm"}
        with clock.set_to(self.now):
            if browser.get("/").status_code == 303:
                self.post(browser, "/come-back")
            assert browser.get("/entry").status_code == 200, "the owner writes"
        with self.app.app_context():
            owner = accounts.by_id(self.owner_id)
            assert owner and owner.email == OWNER
            assert not db.session.scalars(select(User).join(Role).where(Role.name == Role.ADMINISTRATOR)).all()
            db.session.rollback()

    def _intruder_tries_everything(self) -> None:
        for links in self.emails(THIEF):
            for link in links:
                for client in (self.open_browser, self.app.test_client()):
                    self.post(client, link, {"password": THIEFS_PASSWORD, "password2": THIEFS_PASSWORD})
        self.intruder_logs_in()
        if self.keys:
            self.intruder_logs_in_with_a_passkey()
        for client in self.thiefs_browsers:
            with clock.set_to(self.now):
                for path in ("/account", "/entry", "/come-back"):
                    assert client.get(path).status_code != 200, "the intruder is in"


def test_the_owner_ends_up_with_the_account_and_nobody_else(app: Flask, factory: Factory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.security.passwords.weakness", lambda *_arguments: None)
    monkeypatch.setattr(emails, "render_template", only_links)
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    monkeypatch.setattr(Machine, "app", app, raising=False)
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    long = settings(max_examples=RUNS, stateful_step_count=12, deadline=None, suppress_health_check=checks)
    run_state_machine_as_test(Machine, settings=long)
