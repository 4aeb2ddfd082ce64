"""Signing up and confirming."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import func, select

from app import clock
from app.extensions import db
from app.models import OutboxMail, Role, User
from app.queries import accounts
from app.security import tokens
from tests.emails import links_in, waiting_emails
from tests.factories import PASSWORD, Factory, email_of
from tests.page_client import PageClient

NEW = {"username": "Émile", "email": "emile@example.org", "password": PASSWORD, "password2": PASSWORD, "timezone": "Europe/Paris"}


def test_a_new_person_signs_up_confirms_by_letter_and_writes(app: Flask, stranger: PageClient) -> None:
    stranger.submit("/register", NEW)
    assert stranger.location == "/register/sent" and "Check your email" in stranger.visit("/register/sent").text
    (email,) = waiting_emails(app)
    assert email.recipients == ["emile@example.org"]
    stranger.submit("/login", {"username": "émile", "password": PASSWORD})
    stranger.visit("/", 303)
    assert stranger.location == "/confirm"
    assert "emile@example.org" in stranger.visit("/confirm").text
    stranger.visit("/entry", 303)
    stranger.visit(links_in(email)[0], 303)
    stranger.visit("/entry")
    with app.app_context():
        person = accounts.by_username("ÉMILE")
        assert person and person.is_confirmed and person.timezone == "Europe/Paris" and person.role.name == Role.USER


def test_a_taken_address_gets_the_same_answer_and_its_owner_a_letter(app: Flask, factory: Factory, stranger: PageClient) -> None:
    stranger.submit("/register", {**NEW, "email": "fresh@example.org"})
    known = factory.ada
    first = (stranger.response.status_code, stranger.location, stranger.visit("/register/sent").text.replace("fresh@", "X@"))
    other = PageClient(app)
    other.submit("/register", {**NEW, "username": "second", "email": email_of(known).upper()})
    second = (other.response.status_code, other.location, other.visit("/register/sent").text.replace("ADA@EXAMPLE.ORG", "X@example.org"))
    assert first == second
    emails = {email.recipients[0]: email.subject for email in waiting_emails(app)}
    assert emails == {"fresh@example.org": "Confirm your email", "ada@example.org": "You already have an account"}
    with app.app_context():
        assert accounts.by_username("second") is None


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"username": ""}, "username"),
        ({"username": "two words"}, "username"),
        ({"username": "x" * 65}, "username"),
        ({"username": "ada@home"}, "username"),
        ({"email": "nobody"}, "email"),
        ({"email": "x" * 250 + "@example.org"}, "email"),
        ({"password": "short", "password2": "short"}, "password"),
        ({"password": "password123", "password2": "password123"}, "password"),
        ({"password": "emile@example.org", "password2": "emile@example.org"}, "password"),
        ({"password2": "another one entirely"}, "password2"),
    ],
)
def test_a_wrong_form_is_shown_again_with_what_was_typed(stranger: PageClient, change: dict[str, str], field: str) -> None:
    page = stranger.submit("/register", {**NEW, **change}, 422)
    wrong = [attributes for _tag, attributes in page.elements if attributes.get("aria-invalid")]
    assert [attributes["name"] for attributes in wrong] == [field] and "autofocus" in wrong[0]
    assert f"{field}-error" in wrong[0]["aria-describedby"]
    sent = {**NEW, **change}
    assert page.form(having="email")["email"] == sent["email"] and PASSWORD not in page.html


def test_a_taken_user_name_is_said_however_it_is_spelled(factory: Factory, stranger: PageClient) -> None:
    assert factory.ada
    assert "is taken" in stranger.submit("/register", {**NEW, "username": "ＡＤＡ"}, 422).text


def test_twenty_sign_ups_at_once_make_one_account(app: Flask, factory: Factory) -> None:
    def sign_up(number: int) -> int:
        page_client = PageClient(app)
        secret = page_client.secret("/register")
        fields = {**NEW, "username": f"twin{number}", "csrf_token": secret}
        return page_client.client.post("/register", data=fields).status_code

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(sign_up, range(20)))
    assert 303 in answers and set(answers) <= {303, 503}, "who does not fit into the line is told to come again"
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(User)) == 2, "Ada and one more"
        emails = set(db.session.scalars(select(OutboxMail.template)))
        assert "confirm_address" in emails, "whichever was first"


def test_a_scanner_that_opens_the_link_confirms_nothing(app: Flask, factory: Factory, stranger: PageClient) -> None:
    link = confirmation_link(app, factory.dan)
    page = stranger.visit(link)
    assert "dan" in page.text and not stored(app, factory.dan).is_confirmed
    stranger.submit(link, status=422, from_page=link)
    stranger.submit(link, {"password": "not the password"}, 422, from_page=link)
    assert not stored(app, factory.dan).is_confirmed
    stranger.submit(link, {"password": PASSWORD}, from_page=link)
    assert stored(app, factory.dan).is_confirmed
    stranger.visit(link, 410)


def test_a_newer_link_makes_the_older_one_die(app: Flask, factory: Factory, stranger: PageClient) -> None:
    older = confirmation_link(app, factory.dan)
    dan = PageClient(app).signed_in_as(factory.dan)
    dan.submit("/confirm")
    stranger.visit(older, 410)
    (email,) = waiting_emails(app)
    dan.visit(links_in(email)[0], 303)
    assert stored(app, factory.dan).is_confirmed


def test_links_end_with_their_time_and_cannot_be_forged(app: Flask, factory: Factory, stranger: PageClient) -> None:
    link = confirmation_link(app, factory.dan)
    for place in (-1, -10, -43):
        other = "A" if link[place] != "A" else "Q"
        changed = [*link]
        changed[place] = other
        stranger.visit("".join(changed), 410)
    stranger.visit("/confirm/nonsense", 410)
    stranger.visit(link.replace("/confirm/", "/reset/"), 410)
    with clock.set_to(clock.now() + tokens.CONFIRM.lifetime * 1.1):
        stranger.client.get(link)
    assert not stored(app, factory.dan).is_confirmed


def test_the_address_of_the_administrator_makes_one(
    app: Flask, factory: Factory, stranger: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "ADMIN_EMAIL", "Dan@Example.org")
    stranger.submit(confirmation_link(app, factory.dan), {"password": PASSWORD})
    assert stored(app, factory.dan).role.name == Role.ADMINISTRATOR


def test_closed_registration_says_so(app: Flask, stranger: PageClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "REGISTRATION", "closed")
    stranger.visit("/register", 403)
    assert "/register" not in stranger.visit("/").links()


def test_the_first_administrator_is_made_once(app: Flask, factory: Factory, stranger: PageClient) -> None:
    with app.test_request_context():
        link = f"/first-administrator/{tokens.sign(tokens.FIRST_ADMINISTRATOR)}"
    stranger.submit(link, NEW, from_page=link)
    stranger.submit("/login", {"username": NEW["email"], "password": PASSWORD})
    stranger.visit("/entry")
    assert PageClient(app).visit(link, 410)
    with app.app_context():
        assert accounts.has_administrator()
    PageClient(app).visit("/first-administrator/nonsense", 410)


def confirmation_link(app: Flask, person: User) -> str:
    with app.app_context():
        return f"/confirm/{tokens.sign(tokens.CONFIRM, stored(app, person))}"


def stored(app: Flask, person: User) -> User:
    with app.app_context():
        found = accounts.by_id(person.id)
        assert found
        return found


def test_a_browser_with_an_unknown_zone_can_sign_up(app: Flask, factory: Factory, stranger: PageClient) -> None:
    stranger.submit("/register", {**NEW, "timezone": "Etc/Unknown"})
    with app.app_context():
        person = accounts.by_email(NEW["email"])
        assert person and person.timezone == app.config["DEFAULT_TIMEZONE"]
