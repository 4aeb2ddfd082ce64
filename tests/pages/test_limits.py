"""Limits on guessing, on emails, and who is kept out by them."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from app import clock
from app.security import counters, login_limits
from app.security.login_limits import EMAILS_A_MAILBOX, FREE_TRIES, MAX_ATTEMPTS, TRIES_AN_ADDRESS, WAITS_MINUTES, TooManyAttempts
from tests.emails import waiting_emails
from tests.factories import PASSWORD, Factory, email_of
from tests.page_client import PageClient

WRONG = "not the password at all"


def fail(page_client: PageClient, name: str, status: int = 422) -> None:
    page_client.submit("/login", {"username": name, "password": WRONG}, status)


@pytest.mark.parametrize("name", ["ada", "nobody"])
def test_after_ten_failures_an_account_waits_known_or_not(factory: Factory, stranger: PageClient, name: str) -> None:
    assert factory.ada
    for _ in range(FREE_TRIES):
        fail(stranger, name)
    fail(stranger, name, 429)
    assert stranger.response.headers["Retry-After"] == "60" and "minute" in stranger.page.text
    with clock.set_to(clock.now() + timedelta(minutes=1)):
        fail(stranger, name)
        fail(stranger, name, 429)
        assert stranger.response.headers["Retry-After"] == "120"


def test_a_limit_tells_nobody_which_name_belongs_to_which_address(factory: Factory, stranger: PageClient) -> None:
    for number in range(FREE_TRIES):
        fail(stranger, ["ada", "ADA"][number % 2])
    fail(stranger, "ada", 429)
    fail(stranger, email_of(factory.ada))
    fail(stranger, "nobody@example.org")


def test_the_right_password_clears_the_accounts_failures_and_no_others(factory: Factory, app: Flask) -> None:
    assert factory.ada and factory.ben
    for _ in range(FREE_TRIES - 1):
        fail(PageClient(app), "ada")
        fail(PageClient(app), "ben")
    PageClient(app).submit("/login", {"username": "ada", "password": PASSWORD})
    for _ in range(FREE_TRIES):
        fail(PageClient(app), "ada")
    fail(PageClient(app), "ben")
    fail(PageClient(app), "ben", 429)


def test_a_stranger_cannot_keep_the_owner_out_of_a_browser_that_is_known(factory: Factory, app: Flask) -> None:
    owner, stranger, elsewhere = PageClient(app), PageClient(app), PageClient(app)
    right = {"username": factory.ada.username, "password": PASSWORD}
    owner.submit("/login", right)
    owner.submit("/logout", from_page="/logout")
    for _ in range(FREE_TRIES):
        fail(stranger, "ada")
    fail(stranger, "ada", 429)
    elsewhere.submit("/login", right, 429)
    owner.submit("/login", right)
    fail(stranger, "ada", 429)


def test_the_cookie_of_a_known_browser_cannot_be_made_up_nor_guess_without_end(factory: Factory, app: Flask) -> None:
    thief = PageClient(app)
    thief.submit("/login", {"username": factory.ada.username, "password": PASSWORD})
    thief.submit("/logout", from_page="/logout")
    for _ in range(FREE_TRIES):
        fail(thief, "ada")
    fail(thief, "ada", 429)
    thief.client.set_cookie("known", "forged")
    fail(thief, "ada")


def test_one_address_cannot_spray_over_many_accounts(factory: Factory, app: Flask) -> None:
    with app.test_request_context():
        for number in range(TRIES_AN_ADDRESS):
            login_limits.begin_attempt(f"person{number}", f"2001:db8:0:7::{number:x}")
        with pytest.raises(TooManyAttempts) as refused:
            login_limits.begin_attempt("somebody", "2001:db8:0:7:ffff::1")
        assert 0 < refused.value.retry_after <= login_limits.ADDRESS_WINDOW
        login_limits.begin_attempt("somebody", "2001:db8:0:8::1")
        login_limits.begin_attempt("somebody", "192.0.2.1")


def test_many_addresses_together_are_caught_and_known_browsers_are_not(factory: Factory, app: Flask) -> None:
    with app.test_request_context():
        counters.storage().incr("everybody", login_limits.ALL_WINDOW, login_limits.TRIES_OF_ALL)
        with pytest.raises(TooManyAttempts):
            login_limits.begin_attempt("ada", "192.0.2.1")
        login_limits.begin_attempt("ada", "192.0.2.1", "a known browser")


def test_never_more_than_a_hundred_failures_in_a_row(factory: Factory, app: Flask) -> None:
    failures, now = 0, clock.now()
    with app.test_request_context():
        for number in range(MAX_ATTEMPTS * 2):
            now += timedelta(minutes=WAITS_MINUTES[-1])
            with clock.set_to(now):
                try:
                    login_limits.begin_attempt("ada", f"10.0.{number}.1")
                    failures += 1
                except TooManyAttempts:
                    continue
        assert failures == MAX_ATTEMPTS
        login_limits.clear_failures("ada")
        login_limits.begin_attempt("ada", "10.9.9.9")


def test_counters_name_nobody(factory: Factory, app: Flask) -> None:
    fail(PageClient(app), "ada")
    with app.app_context():
        store = counters.storage()
        assert isinstance(store, counters.DatabaseStorage)
        with store.engine.connect() as connection:
            keys = " ".join(connection.scalars(counters.COUNTERS.select().with_only_columns(counters.COUNTERS.c.key)))
    assert "failures" in keys and "ada" not in keys and "127.0.0.1" not in keys


def test_counters_that_are_over_are_forgotten(factory: Factory, app: Flask) -> None:
    with app.app_context():
        store = counters.storage()
        assert store.incr("short", 10) == 1
        with clock.set_to(clock.now() + timedelta(seconds=10)):
            assert store.get("short") == 0
            counters.forget_expired()
        assert store.get("short") == 0 and store.incr("short", 10) == 1


def test_a_mailbox_gets_five_letters_an_hour(factory: Factory, app: Flask, stranger: PageClient) -> None:
    for _ in range(EMAILS_A_MAILBOX + 2):
        stranger.submit("/reset", {"email": factory.ada.email})
    assert len(waiting_emails(app)) == EMAILS_A_MAILBOX
    dan = PageClient(app).signed_in_as(factory.dan)
    for _ in range(EMAILS_A_MAILBOX):
        dan.submit("/confirm", from_page="/confirm")
    dan.submit("/confirm", {}, 429, from_page="/confirm")


def test_a_reset_by_letter_opens_the_account_again(factory: Factory, app: Flask, stranger: PageClient) -> None:
    for _ in range(FREE_TRIES):
        fail(stranger, "ada")
    with app.app_context():
        login_limits.clear_failures(factory.ada.username)
    stranger.submit("/login", {"username": "ada", "password": PASSWORD})


@pytest.mark.parametrize("kept", [-1, 0, 100, 4096], ids=["nothing at all", "no database", "a torn head", "torn pages"])
def test_a_damaged_file_of_counters_keeps_nobody_out(app: Flask, factory: Factory, kept: int) -> None:
    """After a power cut the file may hold anything; on PostgreSQL there is none."""
    assert factory.ada
    PageClient(app).submit("/login", {"username": "ada", "password": PASSWORD})
    path = Path(app.config["DATA_DIR"], "limits.db")
    if path.exists():
        with app.app_context():
            counters.storage().engine.dispose()  # type: ignore[attr-defined]  # on SQLite it has one
        path.with_name("limits.db-wal").unlink(missing_ok=True)
        path.write_bytes(path.read_bytes()[:kept] + os.urandom(path.stat().st_size - kept) if kept >= 0 else b"")
    PageClient(app).submit("/login", {"username": "ada", "password": PASSWORD})
    for _ in range(FREE_TRIES):
        fail(PageClient(app), "ada")
    fail(PageClient(app), "ada", 429)
    with app.app_context():
        counters.forget_expired()


def test_processes_count_in_one_file_whoever_replaced_it(context: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if not isinstance(one := counters.storage(), counters.DatabaseStorage) or one.engine.dialect.name != "sqlite":
        assert one.incr("both", 60) == 1, "on PostgreSQL it is a table"
        return
    context.extensions["limits"] = None
    other = counters.storage()
    assert (one.incr("both", 60), other.incr("both", 60)) == (1, 2)
    path = Path(context.config["DATA_DIR"], "limits.db")
    path.rename(tmp_path / "damaged.db")
    assert (one.incr("both", 60), other.incr("both", 60), one.get("both")) == (1, 2, 2)
