"""Logging in and out, resetting and changing passwords."""

import re

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError
from werkzeug.security import generate_password_hash

from app import clock
from app.database.transactions import writing
from app.extensions import db
from app.models import LoginSession, User
from app.operations import signing_in
from app.queries import accounts
from app.security import passwords, tokens
from tests.emails import links_in, waiting_emails
from tests.factories import PASSWORD, Factory, email_of
from tests.page_client import PageClient

NEW_PASSWORD = "stones of venice again"


@pytest.mark.parametrize("name", ["ada", "ADA", "ada@example.org", "Ada@Example.Org"])
def test_name_or_address_and_password_open_the_journal(factory: Factory, stranger: PageClient, name: str) -> None:
    assert factory.ada
    stranger.submit("/login", {"username": name, "password": PASSWORD})
    assert stranger.location == "/"
    assert "ada" in stranger.visit("/").text


def test_unknown_people_and_wrong_passwords_get_the_same_page(factory: Factory, app: Flask) -> None:
    pages = []
    for name in (factory.ada.username, "nobody", factory.ada.email, "nobody@example.org"):
        page_client = PageClient(app)
        page_client.submit("/login", {"username": name, "password": "not the password"}, 422)
        html = re.sub(r'value="[^"]*"', "", page_client.response.text).replace(" autofocus", "")
        pages.append((html, sorted(page_client.response.headers.keys())))
    assert all(page == pages[0] for page in pages)


@pytest.mark.parametrize(
    ("asked", "got"),
    [
        ("/calendar/1666", "/calendar/1666"),
        ("/search?q=fire", "/search?q=fire"),
        ("//evil.test", "/"),
        ("////evil.test", "/"),
        ("/\t/evil.test", "/"),
        ("/\\evil.test", "/"),
        ("https://evil.test", "/"),
        ("/\n/evil.test", "/"),
        ("/no-such-page", "/"),
        ("javascript:alert(1)", "/"),
    ],
)
def test_log_in_leads_only_to_pages_of_ours(factory: Factory, stranger: PageClient, asked: str, got: str) -> None:
    fields = {"username": factory.ada.username, "password": PASSWORD}
    stranger.submit("/login", fields, query_string={"next": asked})
    assert stranger.location == got


def test_pages_of_the_writer_send_strangers_to_the_log_in_and_back(factory: Factory, stranger: PageClient) -> None:
    stranger.visit("/search?q=fire", 303)
    assert stranger.location == "/login?next=/search?q%3Dfire"


def test_a_cookie_opens_nothing_after_log_out(app: Flask, factory: Factory) -> None:
    page_client = PageClient(app).signed_in_as(factory.ada)
    cookie = page_client.client.get_cookie("session")
    assert cookie
    page_client.submit("/logout", from_page="/logout")
    thief = PageClient(app)
    thief.client.set_cookie("session", cookie.value)
    thief.visit("/entry", 303)
    assert "log in" in page_client.visit("/").text.lower()


def test_a_link_alone_signs_nobody_out(ada: PageClient) -> None:
    page = ada.visit("/logout")
    assert page.form(action="/logout")
    ada.visit("/entry")


def session_cookie(page_client: PageClient) -> str:
    """Return the header of the last answer that sets the session's cookie."""
    return next(header for header in page_client.response.headers.getlist("Set-Cookie") if header.startswith("session="))


def test_sessions_end_with_time(app: Flask, factory: Factory) -> None:
    forgotten, remembered = PageClient(app), PageClient(app)
    fields = {"username": factory.ada.username, "password": PASSWORD}
    forgotten.submit("/login", fields)
    assert "Expires" not in session_cookie(forgotten)
    remembered.submit("/login", {**fields, "remember_me": "y"})
    assert "Expires" in session_cookie(remembered)
    start = clock.now()
    with clock.set_to(start + LoginSession.MAX_IDLE):
        assert forgotten.client.get("/entry").status_code == 303
        assert remembered.client.get("/entry").status_code == 200
    with clock.set_to(start + LoginSession.MAX_LIFETIME):
        assert remembered.client.get("/entry").status_code == 303


def test_being_there_is_noted_once_an_hour(app: Flask, factory: Factory) -> None:
    page_client = PageClient(app).signed_in_as(factory.ada)
    later = clock.now() + LoginSession.SEEN_EVERY
    with clock.set_to(later):
        page_client.client.get("/")
    with app.app_context():
        assert db.session.query(LoginSession).one().last_seen_at == later


def test_no_page_waits_for_noting_that_somebody_was_here(app: Flask, factory: Factory, monkeypatch: pytest.MonkeyPatch) -> None:
    page_client = PageClient(app).signed_in_as(factory.ada)

    def fail(*_facts: object) -> None:
        raise OperationalError("UPDATE", {}, Exception("database is locked"))

    monkeypatch.setattr(signing_in, "note_seen", fail)
    with clock.set_to(clock.now() + LoginSession.SEEN_EVERY):
        assert page_client.client.get("/").status_code == 200


def test_a_password_changed_while_the_old_one_is_checked_lets_nobody_in(
    app: Flask, factory: Factory, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        other_hash = passwords.hash_password(NEW_PASSWORD)
    check = passwords.matches

    def change_meanwhile(password: str, password_hash: str | None) -> bool:
        result = check(password, password_hash)
        with db.engine.connect().execution_options(writes=True) as connection, connection.begin():
            connection.execute(update(User).where(User.id == factory.ada.id).values(password_hash=other_hash))
        return result

    monkeypatch.setattr(passwords, "matches", change_meanwhile)
    page_client = PageClient(app)
    answer = page_client.client.post("/login", data={"username": "ada", "password": PASSWORD, "csrf_token": page_client.secret("/login")})
    assert answer.status_code == 422
    with app.app_context():
        assert db.session.scalars(select(User.password_hash).where(User.id == factory.ada.id)).one() == other_hash
        assert db.session.scalars(select(LoginSession)).all() == []


def test_an_old_hash_is_made_new_at_log_in(app: Flask, factory: Factory, stranger: PageClient) -> None:
    ada, old = factory.ada, generate_password_hash(PASSWORD, "pbkdf2:sha256:1000")
    with app.app_context(), writing() as session:
        session.get_one(User, ada.id).password_hash = old
    stranger.submit("/login", {"username": "ada", "password": PASSWORD})
    with app.app_context():
        person = accounts.by_username("ada")
        assert person and person.password_hash and person.password_hash.startswith(app.config["PASSWORD_METHOD"] + "$")
        assert passwords.matches(PASSWORD, person.password_hash)


def test_a_forgotten_password_is_set_anew_by_letter_and_ends_every_session(app: Flask, factory: Factory, stranger: PageClient) -> None:
    elsewhere = PageClient(app).signed_in_as(factory.ada)
    stranger.submit("/reset", {"email": factory.ada.email})
    known = stranger.visit("/login").text.replace(email_of(factory.ada), "X")
    other = PageClient(app)
    other.submit("/reset", {"email": "nobody@example.org"})
    assert other.visit("/login").text.replace("nobody@example.org", "X") == known
    (email,) = waiting_emails(app)
    (link,) = links_in(email)
    page = stranger.submit(link, {"password": "ada@example.org", "password2": "ada@example.org"}, 422, from_page=link)
    assert "contain your name" in page.text
    stranger.submit(link, {"password": NEW_PASSWORD, "password2": NEW_PASSWORD}, from_page=link)
    stranger.visit(link, 410)
    elsewhere.visit("/entry", 303)
    stranger.submit("/login", {"username": "ada", "password": PASSWORD}, 422)
    stranger.submit("/login", {"username": "ada", "password": NEW_PASSWORD})
    assert [email.subject for email in waiting_emails(app)][-1] == "Your password was changed"


def test_a_newer_reset_link_makes_the_older_one_die(app: Flask, factory: Factory, stranger: PageClient) -> None:
    with app.app_context():
        person = accounts.by_id(factory.ada.id)
        assert person
        older = f"/reset/{tokens.sign(tokens.RESET, person)}"
    stranger.visit(older)
    stranger.submit("/reset", {"email": factory.ada.email})
    stranger.visit(older, 410)


def test_a_reset_link_lives_half_an_hour(app: Flask, factory: Factory) -> None:
    assert tokens.RESET.lifetime.total_seconds() == 1800 and tokens.CONFIRM.lifetime.total_seconds() == 86_400


def test_changing_the_password_keeps_this_browser_and_ends_the_others(app: Flask, factory: Factory, ada: PageClient) -> None:
    elsewhere = PageClient(app).signed_in_as(factory.ada)
    ada.submit("/account/password", {"password": NEW_PASSWORD, "password2": "another one here"}, 422)
    ada.submit("/account/password", {"password": NEW_PASSWORD, "password2": NEW_PASSWORD})
    ada.visit("/account")
    elsewhere.visit("/account", 303)


def test_the_session_cookie_is_hidden_from_scripts_and_other_sites(factory: Factory, stranger: PageClient) -> None:
    stranger.submit("/login", {"username": factory.ada.username, "password": PASSWORD})
    cookie = stranger.response.headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie


def test_the_form_secret_changes_at_log_in(factory: Factory, stranger: PageClient) -> None:
    secret = stranger.secret("/login")
    stranger.submit("/login", {"username": factory.ada.username, "password": PASSWORD})
    answer = stranger.client.post("/account/theme", data={"csrf_token": secret, "theme": "dark"})
    assert answer.status_code == 400


def test_the_look_is_kept_in_the_browser(ada: PageClient) -> None:
    ada.submit("/account/theme", {"theme": "dark", "back": "/tags"}, from_page="/logout")
    assert ada.location == "/tags"
    assert ada.visit("/tags").all("html")[0]["data-theme"] == "dark"
    ada.submit("/account/theme", {"theme": "plaid"}, 400, from_page="/logout")


def test_moving_to_another_zone_leaves_entries_on_their_days(factory: Factory, ada: PageClient) -> None:
    entry = factory.entry()
    ada.submit("/account", {"timezone": "Pacific/Auckland"})
    assert factory.again(entry).entry_date == entry.entry_date
    ada.submit("/account", {"timezone": "Mars/Olympus"}, 422)


def test_the_way_back_keeps_spaces_and_letters_of_any_script(factory: Factory, stranger: PageClient) -> None:
    stranger.visit("/tags/my tag?older=1-1", 303)
    address = stranger.location
    stranger.submit(address, {"username": factory.ada.username, "password": PASSWORD}, from_page="/login")
    assert stranger.location == "/tags/my%20tag?older=1-1"


def test_a_zone_that_is_not_in_the_list_is_kept(app: Flask, factory: Factory) -> None:
    eve = factory.person("eve", timezone="EST5EDT")
    page = PageClient(app).signed_in_as(eve).visit("/account")
    assert '<option selected value="EST5EDT">' in page.html
