"""Moving an account to another address, and back."""

import random
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app import clock
from app.database.transactions import writing
from app.extensions import db
from app.mail import delivery
from app.models import OutboxMail, User
from app.operations import email_changes
from app.operations.security_events import Browser
from app.queries import accounts, address_changes
from app.security import tokens
from tests.emails import links_in, waiting_emails
from tests.factories import PASSWORD, Factory, email_of
from tests.page_client import PageClient

NEW = "ada@example.net"
HERE = Browser("tests", "127.0.0.1")


def ask(page_client: PageClient, address: str = NEW, status: int = 303) -> None:
    page_client.submit("/account/address", {"email": address}, status)


def address_of(app: Flask, person: User) -> str:
    with app.app_context():
        return email_of(db.session.get_one(User, person.id))


def test_the_new_address_counts_once_its_own_link_is_opened(app: Flask, factory: Factory, ada: PageClient) -> None:
    ask(ada)
    assert address_of(app, factory.ada) == "ada@example.org" and NEW in ada.visit("/account/address").text
    email, told = waiting_emails(app)
    assert email.recipients == [NEW] and told.recipients == ["ada@example.org"]
    (link,) = links_in(email)
    scanner = PageClient(app)
    scanner.visit(link)
    assert address_of(app, factory.ada) == "ada@example.org", "a mail scanner that follows links changes nothing"
    ada.submit(link)
    assert address_of(app, factory.ada) == NEW
    scanner.visit(link, 410)
    told = waiting_emails(app)[-1]
    assert told.recipients == ["ada@example.org"] and NEW in (told.body or "")
    assert "Email changed" in ada.visit("/account/events").text


def test_who_is_not_signed_in_needs_the_password(app: Flask, factory: Factory, ada: PageClient, stranger: PageClient) -> None:
    ask(ada)
    (link,) = links_in(waiting_emails(app)[0])
    stranger.submit(link, status=422)
    stranger.submit(link, {"password": "not the password"}, 422)
    assert address_of(app, factory.ada) == "ada@example.org"
    stranger.submit(link, {"password": PASSWORD})
    assert address_of(app, factory.ada) == NEW


def test_the_old_address_brings_it_back_and_signs_everybody_out(
    app: Flask, factory: Factory, ada: PageClient, stranger: PageClient
) -> None:
    ask(ada)
    ada.submit(links_in(waiting_emails(app)[0])[0])
    undo = links_in(waiting_emails(app)[-1])[0]
    ask(ada, "thief@example.net")
    ada.submit(links_in(waiting_emails(app)[-2])[0])
    second_undo = links_in(waiting_emails(app)[-1])[0]
    assert address_of(app, factory.ada) == "thief@example.net"
    stranger.submit(undo)
    assert address_of(app, factory.ada) == "ada@example.org"
    ada.visit("/account", 303)
    stranger.visit(undo, 410)
    stranger.visit(second_undo, 410)
    assert waiting_emails(app)[-1].recipients == ["ada@example.org"]


def test_the_way_back_is_open_for_seven_days(app: Flask, factory: Factory, ada: PageClient, stranger: PageClient) -> None:
    ask(ada)
    ada.submit(links_in(waiting_emails(app)[0])[0])
    undo = links_in(waiting_emails(app)[-1])[0]
    with clock.set_to(clock.now() + timedelta(days=6, hours=23)):
        stranger.visit(undo)
    with clock.set_to(clock.now() + timedelta(days=7)):
        stranger.visit(undo, 410)


def test_an_address_that_is_taken_is_answered_alike(app: Flask, factory: Factory, ada: PageClient) -> None:
    ask(ada, email_of(factory.ben))
    assert ada.location == "/account"
    email, _told = waiting_emails(app)
    assert email.recipients == [factory.ben.email] and "already" in (email.subject or "").lower()
    ask(ada, "ADA@example.org", 422)


def test_an_address_taken_meanwhile_is_not_taken_over(app: Flask, factory: Factory, ada: PageClient) -> None:
    ask(ada)
    (link,) = links_in(waiting_emails(app)[0])
    factory.person("rival", email=NEW)
    ada.submit(link, status=410)
    assert address_of(app, factory.ada) == "ada@example.org"


@pytest.mark.parametrize("path", ["/address/nonsense", "/address/nonsense/undo"])
def test_made_up_links_open_nothing(factory: Factory, stranger: PageClient, path: str) -> None:
    stranger.visit(path, 410)


def test_no_order_of_asking_and_opening_sets_an_address_whose_own_link_was_not_opened(context: Flask, factory: Factory) -> None:
    chance = random.Random(7)  # noqa: S311  # the same each time
    links: dict[str, str] = {}
    opened = {"ada@example.org"}
    for number in range(200):
        if links and chance.random() < 0.5:
            address, token = chance.choice(sorted(links.items()))
            try:
                with writing():
                    email_changes.confirm(token, HERE, clock.now())
            except tokens.InvalidLink:
                continue
            opened.add(address)
        else:
            address = f"ada{chance.randrange(8)}@example.net"
            with writing():
                person = accounts.by_id_for_change(factory.ada.id)
                assert person
                email_changes.ask(person, address, HERE, clock.now())
            change = address_changes.waiting_for(factory.ada.id, clock.now())
            if change is not None:
                assert change.new_email == address
                links[address] = tokens.sign_row(tokens.CHANGE_ADDRESS, change.id, change.state)
        now_at = db.session.scalars(select(User.email).where(User.id == factory.ada.id)).one()
        assert now_at in opened, f"after step {number}"
    assert len(opened) > 3


def test_a_letter_about_a_change_that_was_taken_back_is_not_sent(app: Flask, factory: Factory, ada: PageClient) -> None:
    ask(ada)
    ask(ada, "other@example.net")
    with app.app_context():
        first, _told, second, _told = db.session.scalars(select(OutboxMail.id).order_by(OutboxMail.id)).all()
        assert delivery.deliver_waiting() == 3
        sent = dict(db.session.execute(select(OutboxMail.id, OutboxMail.sent_at)).all())
        given_up = db.session.scalars(select(OutboxMail.failed_at).where(OutboxMail.id == first)).one()
    assert sent[first] is None and given_up is not None and sent[second] is not None


def test_the_password_is_asked_for_first(app: Flask, factory: Factory) -> None:
    page_client = PageClient(app).signed_in_as(factory.ada)
    with clock.set_to(clock.now() + timedelta(minutes=10)):
        page_client.visit("/account/address", 303)
        assert page_client.location.startswith("/account/prove")
        page_client.submit("/account/prove", {"password": PASSWORD}, query_string={"next": "/account/address"})
        assert page_client.location == "/account/address"
