"""What each email says, as it was approved; its HTML and its plain text are one."""

import re
from collections.abc import Callable
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import cast

import pytest
from flask import Flask
from flask_mail import Message
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app import clock
from app.database.transactions import writing
from app.extensions import db
from app.mail import emails, outbox
from app.models import AddressChange, Entry, HiddenFlag, OutboxMail, Role, SecurityEventKind, User
from app.operations import invitations, security_events
from app.queries.accounts import CurrentUser
from tests.conftest import NOW
from tests.emails import waiting_emails
from tests.factories import Factory

APPROVED = Path(__file__).with_name("approved")
BROWSER = security_events.Browser("Firefox on Linux", "192.0.2.7")
HIDDEN = "Please don't <b>name</b> people."
Sent = Callable[[User], object]


def noted(user: User, kind: SecurityEventKind) -> int:
    return security_events.note_with_undo(user, kind, BROWSER, NOW)


def change_of(user: User) -> AddressChange:
    change = AddressChange(user_id=user.id, old_email=user.email, new_email="ada@new.example", asked_at=NOW)
    db.session.add(change)
    db.session.flush()
    return change


def public_entry_of(user: User) -> Entry:
    return db.session.scalars(select(Entry).where(Entry.user_id == user.id).options(joinedload(Entry.user))).one()


def without_password(user: User) -> User:
    user.password_hash = ""
    return user


def invited_by(user: User) -> None:
    invitations.invite_by_email(cast(CurrentUser, user), "friend@example.org", 1, timedelta(days=7), clock.now())


def unconfirmed(user: User) -> User:
    user.confirmed_at = None
    return user


def closed(user: User) -> User:
    user.closed_at = NOW
    return user


def hidden_entry_of(user: User) -> Entry:
    entry = public_entry_of(user)
    entry.hidden_flags = HiddenFlag.BY_MODERATOR.value
    return entry


SENT: dict[str, Sent] = {
    "confirm_address": lambda ada: outbox.confirm_address(unconfirmed(ada), NOW),
    "welcome_back": lambda ada: outbox.welcome_back(ada, NOW),
    "reset_password": lambda ada: outbox.reset_password(ada, NOW),
    "first_password": lambda ada: outbox.first_password(without_password(ada), NOW),
    "password_changed": lambda ada: outbox.password_changed(ada, noted(ada, SecurityEventKind.PASSWORD_CHANGED), NOW),
    "safety_notice": lambda ada: security_events.note_and_tell(ada, SecurityEventKind.PASSKEY_ADDED, BROWSER, NOW),
    "confirm_new_address": lambda ada: outbox.confirm_new_address(ada, change_of(ada), NOW),
    "address_changed": lambda ada: outbox.address_changed(ada, change_of(ada), NOW),
    "account_closed": lambda ada: outbox.account_closed(closed(ada), noted(ada, SecurityEventKind.ACCOUNT_CLOSED), NOW),
    "entry_hidden": lambda ada: outbox.entry_hidden(hidden_entry_of(ada), HIDDEN, NOW),
    "invitation": invited_by,
    "new_administrator": lambda ada: outbox.new_administrator(ada, "cleo", NOW),
}


class Shown(HTMLParser):
    """The words and the links of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words, self.links = "", set[str]()
        self.feed(html)

    def handle_starttag(self, _tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.links |= {value for name, value in attrs if name == "href" and value}

    def handle_data(self, data: str) -> None:
        self.words += data


def test_every_email_has_an_approved_text() -> None:
    assert set(SENT) == set(emails._FACTS) == {path.stem for path in APPROVED.glob("*.txt")}


@pytest.mark.parametrize("name", SENT)
def test_an_email_reads_as_approved_and_its_html_says_the_same(
    app: Flask, factory: Factory, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "REGISTRATION", "invite")
    factory.entry(body="Secret.", visibility="public")
    with app.app_context(), writing() as session:
        SENT[name](session.get_one(User, factory.ada.id))
    (email,) = waiting_emails(app)
    assert email.body and email.html and "Secret" not in email.body
    text = re.sub(
        r"/entry/\d+",
        "/entry/ID",
        re.sub(r"(http://localhost/[\w/-]+(?:/|\?invite=))[\w.-]{40,}", r"\1TOKEN", f"Subject: {email.subject}\n\n{email.body}\n"),
    )
    assert text == (APPROVED / f"{name}.txt").read_text(encoding="utf-8")

    shown = Shown(email.html)
    assert "<script" not in email.html and "src=" not in email.html and "<b>" not in email.html
    assert {line.strip() for line in email.body.splitlines() if line.startswith("    http")} == shown.links
    for line in email.body.splitlines():
        assert line.strip("- ") in shown.words


def compose(app: Flask) -> Message:
    db.session.rollback()
    row = db.session.scalars(select(OutboxMail).options(joinedload(OutboxMail.user).joinedload(User.role))).one()
    with app.test_request_context():
        return emails.compose(row)


def let_be_over(user: User) -> None:
    """Let what an email tells of be over before it leaves."""
    user.confirmed_at, user.closed_at = NOW, None
    for entry in db.session.scalars(select(Entry)):
        entry.hidden_flags = 0
    for change in db.session.scalars(select(AddressChange)):
        change.confirmed_at = NOW
    for cleo in db.session.scalars(select(User).where(User.username == "cleo")):
        cleo.role = db.session.scalars(select(Role).where(Role.name == Role.USER)).one()


@pytest.mark.parametrize("name", ["confirm_address", "confirm_new_address", "account_closed", "entry_hidden", "new_administrator"])
def test_an_email_about_what_is_over_does_not_leave(app: Flask, factory: Factory, name: str) -> None:
    assert factory.cleo
    factory.entry(body="Secret.", visibility="public")
    with app.app_context():
        with writing() as session:
            SENT[name](session.get_one(User, factory.ada.id))
        assert compose(app).body
        with writing() as session:
            let_be_over(session.get_one(User, factory.ada.id))
        with pytest.raises(emails.NothingToSend):
            compose(app)
