"""What an intruder of one minute begins comes to nothing once the owner has done what an email advises."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app import clock, worker
from app.database.transactions import writing
from app.extensions import db
from app.models import Authenticator, OutboxMail, Passkey, RecoveryCode, User
from app.operations import email_changes, registration
from app.operations.security_events import Browser
from app.queries import accounts, second_factors
from app.security import login_limits, tokens
from app.text import names
from app.web import sessions
from tests.emails import links_in, waiting_emails
from tests.factories import PASSWORD, Factory, code_for, email_of
from tests.page_client import PageClient
from tests.pages.test_passkeys import added, log_in
from tests.software_authenticator import SoftwareAuthenticator

NEW_PASSWORD = "stones of venice again"
RIGHT = {"username": "ada", "password": PASSWORD}
SIGN_UP = {"username": "emile", "email": "emile@example.org", "password": PASSWORD, "password2": PASSWORD}


def last_link(app: Flask, subject: str) -> str:
    """Return the last link of the latest email with these words in its subject."""
    email = next(email for email in reversed(waiting_emails(app)) if subject in (email.subject or ""))
    return links_in(email)[-1]


def reset(app: Flask, **fields: str) -> PageClient:
    """Do what a reset by email asks for, in a browser of its own."""
    owner = PageClient(app)
    owner.submit("/reset", {"email": "ada@example.org"})
    owner.submit(last_link(app, "Reset your password"), {"password": NEW_PASSWORD, "password2": NEW_PASSWORD, **fields})
    return owner


def stored(app: Flask, name: str = "ada") -> User | None:
    with app.app_context():
        return accounts.by_username(name)


def test_a_move_that_was_asked_for_ends_with_a_reset(app: Flask, factory: Factory, ada: PageClient) -> None:
    ada.submit("/account/address", {"email": "thief@example.net"})
    thiefs_link = links_in(waiting_emails(app)[0])[0]
    reset(app)
    PageClient(app).submit(thiefs_link, {"password": NEW_PASSWORD}, 410)
    found = stored(app)
    assert found and found.email == "ada@example.org"


def test_an_address_that_can_still_be_returned_to_is_taken(app: Flask, factory: Factory, ada: PageClient, stranger: PageClient) -> None:
    ada.submit("/account/address", {"email": "thief@example.net"})
    ada.submit(links_in(waiting_emails(app)[0])[0])
    undo = last_link(app, "Your email was changed")
    stranger.submit("/register", {**SIGN_UP, "email": "ada@example.org"})
    assert stranger.location == "/register/sent" and stored(app, "emile") is None
    ben = PageClient(app).signed_in_as(factory.ben)
    ben.submit("/account/address", {"email": "Ada@example.org"})
    assert all(email.recipients != ["Ada@example.org"] for email in waiting_emails(app))
    PageClient(app).submit(undo)
    found = stored(app)
    assert found and found.email == "ada@example.org"


def test_an_undo_wins_over_an_account_that_never_proved_the_address(app: Flask, factory: Factory, ada: PageClient) -> None:
    ada.submit("/account/address", {"email": "thief@example.net"})
    ada.submit(links_in(waiting_emails(app)[0])[0])
    undo = last_link(app, "Your email was changed")
    with app.app_context(), writing() as session:
        role = session.get_one(User, factory.ada.id).role_id
        facts = {"password_hash": "x", "role_id": role, "timezone": "UTC", "created_at": clock.now(), "confirm_token_version": 0}
        session.add(User(username="squatter", email="ada@example.org", reset_token_version=0, **facts))
    PageClient(app).submit(undo)
    found = stored(app)
    assert found and found.email == "ada@example.org" and stored(app, "squatter") is None


def test_a_passkey_of_an_intruder_goes_with_the_undo_in_the_email(
    app: Flask, factory: Factory, ada: PageClient, stranger: PageClient
) -> None:
    key = SoftwareAuthenticator()
    added(ada, key)
    undo = last_link(app, "asskey")
    assert "Was this you" in stranger.visit(undo).text
    stranger.submit(undo)
    ada.visit("/account", 303)
    thief = PageClient(app)
    log_in(thief, key)
    assert thief.location == "/login"
    with app.app_context():
        assert not second_factors.has_factor(factory.ada.id)
    stranger.visit(undo, 410)
    owner = PageClient(app)
    owner.submit(last_link(app, "Reset your password"), {"password": NEW_PASSWORD, "password2": NEW_PASSWORD})
    owner.submit("/login", {"username": "ada", "password": NEW_PASSWORD})
    owner.visit("/entry")


@pytest.mark.parametrize("keeps", [True, False])
def test_a_reset_takes_late_factors_away_unless_they_are_ticked(app: Flask, factory: Factory, ada: PageClient, keeps: bool) -> None:
    key = SoftwareAuthenticator()
    added(ada, key)
    owner = PageClient(app)
    owner.submit("/reset", {"email": "ada@example.org"})
    link = last_link(app, "Reset your password")
    page = owner.visit(link)
    value = next(one["value"] for one in page.all("input") if one.get("name") == "keep")
    fields = {"password": NEW_PASSWORD, "password2": NEW_PASSWORD, **({"keep": value} if keeps else {})}
    owner.submit(link, fields)
    with app.app_context():
        assert second_factors.has_factor(factory.ada.id) is keeps


def test_a_removed_app_comes_back_with_its_codes(app: Flask, factory: Factory, ada: PageClient) -> None:
    ada.submit("/account/second-factor/offer", from_page="/account/second-factor")
    with app.app_context():
        code = code_for(factory.ada.id)
    ada.submit("/account/second-factor/enrol", {"code": code}, 200, from_page="/account/second-factor")
    with clock.set_to(clock.now() + timedelta(days=8)):
        later = PageClient(app).signed_in_as(factory.ada)
        later.submit("/account/second-factor/remove", from_page="/account/second-factor")
        with app.app_context():
            assert not second_factors.has_factor(factory.ada.id)
        PageClient(app).submit(last_link(app, "app removed"))
        with app.app_context():
            assert second_factors.has_factor(factory.ada.id) and second_factors.codes_left(factory.ada.id) == 10
            assert db.session.query(Authenticator).one().confirmed_at


@pytest.mark.parametrize("order", [("added", "removed"), ("removed", "added"), ("removed",)])
def test_no_undo_brings_back_what_an_intruder_added_and_removed(
    app: Flask, factory: Factory, ada: PageClient, order: tuple[str, ...]
) -> None:
    key = SoftwareAuthenticator()
    added(ada, key)
    with app.app_context():
        (passkey,) = db.session.scalars(select(Passkey.id)).all()
    ada.submit(f"/account/passkeys/{passkey}/remove", from_page="/account/passkeys")
    for what in order:
        PageClient(app).submit(last_link(app, f"{what}"))
    thief = PageClient(app)
    log_in(thief, key)
    assert thief.location == "/login"


def test_links_in_an_intruders_mailbox_do_nothing_once_the_move_is_undone(app: Flask, factory: Factory, ada: PageClient) -> None:
    ada.submit("/account/address", {"email": "thief@example.net"})
    ada.submit(links_in(waiting_emails(app)[0])[0])
    back = last_link(app, "Your email was changed")
    ada.submit("/account/password", {"password": NEW_PASSWORD, "password2": NEW_PASSWORD})
    thiefs = last_link(app, "assword was changed")
    owner = PageClient(app)
    owner.submit(back)
    owner.submit(last_link(app, "Reset your password"), {"password": PASSWORD + " again", "password2": PASSWORD + " again"})
    PageClient(app).submit(thiefs, status=410)
    owner.submit("/login", {"username": "ada", "password": PASSWORD + " again"})


def test_a_changed_password_a_user_name_and_a_closed_account_are_undone(app: Flask, factory: Factory, ada: PageClient) -> None:
    ada.submit("/account/username", {"username": "mallory"})
    PageClient(app).submit(last_link(app, "User name"))
    assert stored(app) and not stored(app, "mallory")
    again = PageClient(app).signed_in_as(factory.ada)
    again.submit("/account/password", {"password": NEW_PASSWORD, "password2": NEW_PASSWORD})
    PageClient(app).submit(last_link(app, "assword was changed"))
    PageClient(app).submit("/login", {"username": "ada", "password": NEW_PASSWORD}, 422)
    PageClient(app).submit("/login", RIGHT, 422)
    owner = reset(app)
    owner.submit("/login", {"username": "ada", "password": NEW_PASSWORD})
    owner.submit("/account/close", {"username": "ada"})
    found = stored(app)
    assert found and found.is_closed
    PageClient(app).submit(last_link(app, "is closed"))
    found = stored(app)
    assert found and not found.is_closed


def test_an_undo_brings_the_account_back_to_the_address_its_email_went_to(app: Flask, factory: Factory, ada: PageClient) -> None:
    added(ada, SoftwareAuthenticator())
    undo = last_link(app, "asskey")
    ada.submit("/account/address", {"email": "thief@example.net"})
    ada.submit(links_in(waiting_emails(app)[-2])[0])
    found = stored(app)
    assert found and found.email == "thief@example.net"
    PageClient(app).submit(undo)
    found = stored(app)
    assert found and found.email == "ada@example.org" and waiting_emails(app)[-1].recipients == ["ada@example.org"]


def test_undo_links_end_after_seven_days(app: Flask, factory: Factory, ada: PageClient, stranger: PageClient) -> None:
    added(ada, SoftwareAuthenticator())
    undo = last_link(app, "asskey")
    with clock.set_to(clock.now() + timedelta(days=7)):
        stranger.visit(undo, 410)
        with app.app_context():
            worker.do_chores(clock.now())
        stranger.submit(undo, status=410)


def test_somebody_elses_address_makes_nobody_an_account(app: Flask, factory: Factory, stranger: PageClient) -> None:
    stranger.submit("/register", SIGN_UP)
    link = last_link(app, "Confirm")
    mailbox = PageClient(app)
    mailbox.submit(link, {"password": NEW_PASSWORD, "password2": NEW_PASSWORD})
    stranger.submit("/login", {"username": "emile", "password": PASSWORD}, 422)
    mailbox.submit("/login", {"username": "emile", "password": NEW_PASSWORD})
    mailbox.visit("/entry")


def test_who_never_signed_up_can_say_so(app: Flask, factory: Factory, stranger: PageClient) -> None:
    stranger.submit("/register", SIGN_UP)
    link = last_link(app, "Confirm")
    PageClient(app).submit(link, {"disown": "1"})
    assert stored(app, "emile") is None
    PageClient(app).submit(link, {"disown": "1"}, 410)


def test_one_mailbox_makes_one_account_and_gets_five_emails(app: Flask, factory: Factory) -> None:
    for number, address in enumerate(["bob@example.net", "bob@example\u3002net", "BOB@EXAMPLE.NET"]):
        PageClient(app).submit("/register", {**SIGN_UP, "username": f"bob{number}", "email": address})
    with app.app_context():
        assert sum(user.username.startswith("bob") for user in accounts.list_all()) == 1
    before = len(waiting_emails(app))
    for number in range(8):
        PageClient(app).submit("/register", {**SIGN_UP, "username": f"v{number}", "email": f"victim+{number}@example.net"})
    assert len(waiting_emails(app)) - before == login_limits.EMAILS_A_MAILBOX


def test_sign_ups_are_limited_by_network_before_anything_is_hashed(
    app: Flask, factory: Factory, stranger: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(login_limits, "SIGN_UPS_A_NETWORK", 2)
    for _ in range(2):
        stranger.submit("/register", {}, 422)
    stranger.submit("/register", SIGN_UP, 429)


def test_a_flood_of_sign_ups_does_not_cost_the_owner_her_reset(app: Flask, factory: Factory) -> None:
    for number in range(7):
        PageClient(app).submit("/register", {**SIGN_UP, "username": f"u{number}", "email": "ada@example.org"})
    PageClient(app).submit("/reset", {"email": "ada@example.org"})
    assert waiting_emails(app)[-1].subject == "Reset your password"


def test_emails_to_unproved_addresses_hold_no_chosen_words(app: Flask, factory: Factory, stranger: PageClient) -> None:
    stranger.submit("/register", {**SIGN_UP, "username": "free-money-at-evil"})
    (email,) = waiting_emails(app)
    assert "free-money" not in f"{email.subject} {email.body} {email.html}"


def test_accounts_that_nobody_confirms_are_erased_after_fourteen_days(app: Flask, factory: Factory) -> None:
    assert factory.dan and factory.ada
    for days, is_there in ((13, True), (14, False)):
        with clock.set_to(clock.now() + timedelta(days=days)), app.app_context():
            worker.do_chores(clock.now())
        assert (stored(app, "dan") is not None) is is_there
    assert stored(app)


def test_a_log_in_ends_the_link_that_was_asked_for_before(app: Flask, factory: Factory, stranger: PageClient) -> None:
    stranger.submit("/login", RIGHT)
    stranger.submit("/logout", from_page="/logout")
    PageClient(app).submit("/reset", {"email": "ada@example.org"})
    link = last_link(app, "Reset your password")
    PageClient(app).submit("/login", RIGHT)
    assert PageClient(app).visit(link), "a thief's log-in ends it not"
    stranger.submit("/login", RIGHT)
    PageClient(app).visit(link, 410)


def test_a_change_of_factor_signs_the_other_devices_out(app: Flask, factory: Factory, ada: PageClient) -> None:
    other = PageClient(app).signed_in_as(factory.ada)
    added(ada, SoftwareAuthenticator())
    other.visit("/account", 303)
    ada.visit("/account")


def test_a_browser_known_before_everything_was_ended_is_known_no_more(app: Flask, factory: Factory, stranger: PageClient) -> None:
    stranger.submit("/login", RIGHT)
    owner = reset(app)
    with app.test_request_context(headers={"Cookie": f"known={stranger.client.get_cookie('known').value}"}):  # type: ignore[union-attr]
        found = accounts.by_username("ada")
        assert found and sessions.trusted_device_id(found) == ""
    assert owner


def test_the_page_after_a_move_is_the_same_for_a_taken_address(app: Flask, factory: Factory, ada: PageClient) -> None:
    pages = []
    for address in ("fresh@example.net", email_of(factory.ben)):
        ada.submit("/account/address", {"email": address})
        html = ada.visit("/account/security").html.replace(address, "X")
        pages.append((html, ada.visit("/account/address").html.replace(address, "X")))
    assert [len(part) for part in pages[0]] == [len(part) for part in pages[1]]


def test_everything_that_opens_the_account_stands_on_one_page(app: Flask, factory: Factory, ada: PageClient) -> None:
    added(ada, SoftwareAuthenticator(), "laptop")
    ada.submit("/account/address", {"email": "new@example.net"})
    page = ada.visit("/account/security")
    assert "laptop" in page.text and "new@example.net" in page.text and "10 left" in page.text
    ada.submit("/account/address/cancel", from_page="/account/security")
    assert "new@example.net" not in ada.visit("/account/security").text
    ada.submit("/account/devices/end-others", from_page="/account/security", query_string={"next": "/account/security"})
    assert ada.location == "/account/security"


def test_a_backup_and_the_settings_together_make_no_link(app: Flask, factory: Factory) -> None:
    with app.app_context():
        link = tokens.sign(tokens.RESET, factory.ada)
        key = tokens._link_path()
        before = key.read_bytes()
        key.write_bytes(bytes(32))
        with pytest.raises(tokens.InvalidLink):
            tokens.person_named_in(tokens.RESET, link)
        key.write_bytes(before)
        assert tokens.person_named_in(tokens.RESET, link) == factory.ada.id
        assert key.stat().st_mode & 0o777 == 0o600


def test_a_lost_secret_key_leaves_recovery_codes(app: Flask, factory: Factory, ada: PageClient, monkeypatch: pytest.MonkeyPatch) -> None:
    ada.submit("/account/second-factor/offer", from_page="/account/second-factor")
    with app.app_context():
        code = code_for(factory.ada.id)
    page = ada.submit("/account/second-factor/enrol", {"code": code}, 200, from_page="/account/second-factor")
    recovery = page.html.split("<code>")[1].split("</code>")[0]
    monkeypatch.setitem(app.config, "SECRET_KEY", "another key, as long as keys have to be here")
    stranger = PageClient(app)
    stranger.submit("/login", RIGHT)
    assert "recovery code" in stranger.submit("/login/second", {"code": code}, 422).text
    stranger.submit("/login/second", {"code": recovery})
    stranger.visit("/entry")


def test_the_session_cookie_shows_nobodys_address(app: Flask, factory: Factory, stranger: PageClient) -> None:
    stranger.submit("/reset", {"email": "ada@example.org"})
    cookie = stranger.client.get_cookie("session")
    assert cookie and "ada" not in cookie.value
    for _ in range(60):
        stranger.client.post("/logout", data={"csrf_token": stranger.secret("/logout")})
    cookie = stranger.client.get_cookie("session")
    assert cookie and len(cookie.value) < 4000


def test_names_of_the_account_and_the_journal_make_no_password(factory: Factory, stranger: PageClient) -> None:
    for password in ("emile.daybook", "Emile-Daybook", "emile_daybook1", "daybook2emile", "EmileDaybook!", "emile8daybook"):
        stranger.submit("/register", {**SIGN_UP, "password": password, "password2": password}, 422)


def test_moving_is_nobodys_business_but_the_owners(context: Flask, factory: Factory) -> None:
    with writing():
        user = accounts.by_id_for_change(factory.ada.id)
        assert user
        email_changes.ask(user, "ada@example.net", Browser("tests", "127.0.0.1"), clock.now())
    assert registration and not accounts.is_email_taken("ada@example.net", clock.now())


def test_moving_back_gives_no_mailbox_on_the_way_a_link(app: Flask, factory: Factory, ada: PageClient) -> None:
    ada.submit("/account/address", {"email": "thief@example.net"})
    ada.submit(links_in(waiting_emails(app)[0])[0])
    with clock.set_to(clock.now() + timedelta(days=3)):
        owner = PageClient(app).signed_in_as(factory.ada)
        owner.submit("/account/address", {"email": "ada@example.org"})
        email = next(one for one in reversed(waiting_emails(app)) if one.recipients == ["ada@example.org"])
        owner.submit(links_in(email)[0])
        found = stored(app)
        assert found and found.email == "ada@example.org"
    with clock.set_to(clock.now() + timedelta(days=8)):
        for one in waiting_emails(app):
            if one.recipients == ["thief@example.net"]:
                for link in links_in(one):
                    PageClient(app).client.post(link, data={"csrf_token": "x"})
        found = stored(app)
        assert found and found.email == "ada@example.org"


def test_whoever_undoes_closes_the_password_too(app: Flask, factory: Factory, ada: PageClient) -> None:
    added(ada, SoftwareAuthenticator())
    PageClient(app).submit(last_link(app, "asskey"))
    PageClient(app).submit("/login", RIGHT, 422)


def test_codes_of_an_intruders_app_go_with_it(app: Flask, factory: Factory, ada: PageClient) -> None:
    added(ada, SoftwareAuthenticator(), "mine")
    with clock.set_to(clock.now() + timedelta(days=8)):
        thief = PageClient(app).signed_in_as(factory.ada)
        thief.submit("/account/second-factor/offer", from_page="/account/second-factor")
        with app.app_context():
            code = code_for(factory.ada.id)
            before = second_factors.code_hashes(factory.ada.id, clock.now())
        page = thief.submit("/account/second-factor/enrol", {"code": code}, 200, from_page="/account/second-factor")
        assert page and len(before) == 10
        PageClient(app).submit(last_link(app, "app added"))
        with app.app_context():
            mine = db.session.scalars(select(RecoveryCode.code_hash).where(RecoveryCode.user_id == factory.ada.id)).all()
            assert sorted(mine) == sorted(before)


def test_an_administrator_takes_no_address_that_can_be_returned_to(app: Flask, factory: Factory, ada: PageClient) -> None:
    ada.submit("/account/address", {"email": "thief@example.net"})
    ada.submit(links_in(waiting_emails(app)[0])[0])
    admin = PageClient(app).signed_in_as(factory.cleo)
    fields = {"surname": "New", "first_name": "Person", "username": "ada.two", "email": "ada@example.org", "delivery": "print"}
    admin.submit("/admin/people/new", fields, 422)


def test_emails_go_to_the_domain_that_was_written() -> None:
    assert names.deliverable("admin@straße.de") == "admin@xn--strae-oqa.de"


def test_an_address_that_no_server_takes_is_told_to_who_waits_for_the_email(app: Flask, factory: Factory, ada: PageClient) -> None:
    ada.submit("/account/address", {"email": "mistyped@example.net"})
    dan = PageClient(app).signed_in_as(factory.dan)
    dan.submit("/confirm", from_page="/logout")
    assert "couldn't be delivered" not in dan.visit("/confirm").text
    with app.app_context(), writing() as session:
        for row in session.scalars(select(OutboxMail)):
            row.give_up("SMTPRecipientsRefused: 550", clock.now())
    assert "couldn't be delivered" in dan.visit("/confirm").text and "couldn't be delivered" in ada.visit("/account/address").text
    dan.submit("/confirm", from_page="/logout")
    assert "couldn't be delivered" not in dan.visit("/confirm").text, "a newer one is on its way"
