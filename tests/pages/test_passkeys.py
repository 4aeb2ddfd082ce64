"""Passkeys and security keys: added, signed in with, as a second step, and in place of the password."""

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from app import clock, worker
from app.database.transactions import writing
from app.extensions import db
from app.models import Challenge, LoginSession, Passkey, User
from tests.emails import waiting_emails
from tests.factories import PASSWORD, Factory
from tests.page_client import PageClient
from tests.software_authenticator import SoftwareAuthenticator

RIGHT = {"username": "ada", "password": PASSWORD}


def options(page_client: PageClient, path: str, from_page: str = "/login") -> dict[str, Any]:
    page_client.submit(path, status=200, from_page=from_page)
    return dict(page_client.response.json or {})


def added(page_client: PageClient, key: SoftwareAuthenticator, name: str = "my phone", status: int = 200) -> list[str]:
    """Add a key and return the recovery codes that are shown."""
    answer = key.make(options(page_client, "/account/passkeys/options", "/account/passkeys"))
    page = page_client.submit("/account/passkeys", {"name": name, "answer": answer}, status, from_page="/account/passkeys")
    return re.findall(r"<code>([a-z2-7-]{19})</code>", page.html)


def log_in(page_client: PageClient, key: SoftwareAuthenticator, **fields: str) -> None:
    answer = key.sign(options(page_client, "/login/passkey/options"))
    page_client.submit("/login/passkey", {"answer": answer, **fields}, from_page="/login")


def test_a_passkey_opens_the_journal_without_a_password(app: Flask, factory: Factory, ada: PageClient, stranger: PageClient) -> None:
    key = SoftwareAuthenticator()
    assert len(added(ada, key)) == 10
    assert "my phone" in ada.visit("/account/passkeys").text and "never used" in ada.page.text
    assert waiting_emails(app)[-1].subject == "Passkey or security key added"
    asked = options(stranger, "/login/passkey/options")
    assert asked["userVerification"] == "required" and asked["allowCredentials"] == [] and asked["rpId"] == "localhost"
    stranger.submit("/login/passkey", {"answer": key.sign(asked)}, query_string={"next": "/tags"}, from_page="/login")
    assert stranger.location == "/tags" and stranger.visit("/account")
    assert "used March 14" in ada.visit("/account/passkeys").text


def test_being_remembered_goes_with_it(app: Flask, factory: Factory, ada: PageClient, stranger: PageClient) -> None:
    key = SoftwareAuthenticator()
    added(ada, key)
    log_in(stranger, key, remember_me="y")
    with app.app_context():
        assert [row.is_remembered for row in db.session.query(LoginSession).order_by(LoginSession.id)] == [False, True]


def test_each_challenge_is_answered_once_and_in_time(factory: Factory, ada: PageClient, stranger: PageClient) -> None:
    key = SoftwareAuthenticator()
    added(ada, key)
    answer = key.sign(options(stranger, "/login/passkey/options"))
    cookies = stranger.client.get_cookie("session")
    stranger.submit("/login/passkey", {"answer": answer}, from_page="/login")
    again = PageClient(stranger.app)
    assert cookies
    again.client.set_cookie("session", cookies.value)
    again.submit("/login/passkey", {"answer": answer}, from_page="/login")
    assert again.location == "/login"
    late = PageClient(stranger.app)
    answer = key.sign(options(late, "/login/passkey/options"))
    with clock.set_to(clock.now() + Challenge.LIFETIME):
        late.submit("/login/passkey", {"answer": answer}, from_page="/login")
        assert late.location == "/login"


@pytest.mark.parametrize("lie", ["origin", "count", "verifies", "handle", "key"])
def test_a_key_that_lies_opens_nothing(factory: Factory, ada: PageClient, stranger: PageClient, lie: str) -> None:
    key = SoftwareAuthenticator()
    key.count = 5
    added(ada, key)
    changes: dict[str, Any] = {"origin": "https://evil.example", "count": 1, "verifies": False, "handle": "AAAA", "key": None}
    if lie == "key":
        key.private = SoftwareAuthenticator().private
    else:
        setattr(key, lie, changes[lie])
    log_in(stranger, key)
    assert stranger.location == "/login"
    assert "belong to an account" in stranger.visit("/login").text
    stranger.visit("/account", 303)


@pytest.mark.parametrize("answer", ["[" * 9000, "", "null", "[]", "{}", '{"id": 5}', "x" * 30_000])
def test_nonsense_opens_nothing(factory: Factory, ada: PageClient, stranger: PageClient, answer: str) -> None:
    options(stranger, "/login/passkey/options")
    stranger.submit("/login/passkey", {"answer": answer}, from_page="/login")
    assert stranger.location == "/login"
    options(ada, "/account/passkeys/options", "/account/passkeys")
    ada.submit("/account/passkeys", {"name": "n", "answer": answer}, 422, from_page="/account/passkeys")


def test_after_the_password_the_key_is_the_second_step(
    app: Flask, factory: Factory, ada: PageClient, ben: PageClient, stranger: PageClient
) -> None:
    key, bens = SoftwareAuthenticator(), SoftwareAuthenticator()
    codes = added(ada, key)
    added(ben, bens)
    stranger.submit("/login", RIGHT)
    assert stranger.location == "/login/second"
    asked = options(stranger, "/login/second/options", "/login/second")
    assert len(asked["allowCredentials"]) == 1 and asked["userVerification"] == "discouraged"
    stranger.submit("/login/second/passkey", {"answer": bens.sign(asked)}, from_page="/login/second")
    assert stranger.location == "/login/second", "somebody else's key"
    key.verifies = False
    asked = options(stranger, "/login/second/options", "/login/second")
    stranger.submit("/login/second/passkey", {"answer": key.sign(asked)}, from_page="/login/second")
    assert stranger.location == "/" and stranger.visit("/account")
    other = PageClient(app)
    other.submit("/login", RIGHT)
    other.submit("/login/second", {"code": codes[2]}, from_page="/login/second")
    other.visit("/account")


def test_a_challenge_is_for_one_purpose(factory: Factory, ada: PageClient, stranger: PageClient) -> None:
    key = SoftwareAuthenticator()
    added(ada, key)
    asked = options(stranger, "/login/passkey/options")
    stranger.submit("/login", RIGHT)
    stranger.submit("/login/second/passkey", {"answer": key.sign(asked)}, from_page="/login/second")
    assert stranger.location == "/login/second"
    nobody = PageClient(stranger.app)
    nobody.submit("/login/second/options", {}, 410, from_page="/login")


def test_a_key_proves_that_it_is_still_the_owner(factory: Factory, ada: PageClient, ben: PageClient) -> None:
    key, bens = SoftwareAuthenticator(), SoftwareAuthenticator()
    added(ada, key)
    added(ben, bens)
    with clock.set_to(clock.now() + LoginSession.REAUTHENTICATED_FOR):
        ada.visit("/account/passkeys", 303)
        assert "Use a passkey instead" in ada.visit("/account/prove").text
        for other, where in ((bens, "/account/prove"), (key, "/account/devices")):
            data = {"answer": other.sign(options(ada, "/account/prove/options", "/account/prove"))}
            ada.submit("/account/prove/passkey", data, from_page="/account/prove", query_string={"next": "/account/devices"})
            assert ada.location.partition("?")[0] == where
        ada.visit("/account/passkeys")


def test_an_act_goes_on_with_its_fields_once_a_key_has_answered(factory: Factory, ada: PageClient, ben: PageClient) -> None:
    key, bens = SoftwareAuthenticator(), SoftwareAuthenticator()
    added(ada, key)
    added(ben, bens)
    with clock.set_to(clock.now() + LoginSession.REAUTHENTICATED_FOR):
        carried = {"then:username": "Ada the second"}
        where: dict[str, Any] = {"query_string": {"then": "/account/username"}, "from_page": "/account/prove"}
        for other, status in ((bens, 422), (key, 200)):
            answer = other.sign(options(ada, "/account/prove/options", "/account/prove"))
            page = ada.submit("/account/prove/passkey", {"answer": answer, **carried}, status, **where)
            if status == 422:
                assert page.form(having="password")["then:username"] == "Ada the second"
        assert page.form(having="username")["username"] == "Ada the second" and 'action="/account/username"' in page.html


def test_keys_are_removed_by_their_owner_and_codes_with_the_last(app: Flask, factory: Factory, ada: PageClient, ben: PageClient) -> None:
    first, second = SoftwareAuthenticator(), SoftwareAuthenticator()
    added(ada, first)
    assert added(ada, second, "spare", 303) == [], "recovery codes come with the first factor"
    assert first.handle == second.handle
    with app.app_context():
        ids = [key.id for key in db.session.query(Passkey).order_by(Passkey.id)]
    ben.submit(f"/account/passkeys/{ids[0]}/remove", status=404, from_page="/account/passkeys")
    assert "my phone" in ada.visit("/account/passkeys").text
    for number in ids:
        ada.submit(f"/account/passkeys/{number}/remove", from_page="/account/passkeys")
    stranger = PageClient(app)
    log_in(stranger, first)
    assert stranger.location == "/login"
    stranger.submit("/login", RIGHT)
    assert stranger.location == "/"
    assert waiting_emails(app)[-1].subject == "Passkey or security key removed"


def test_one_key_belongs_to_one_account_and_nobody_has_too_many(factory: Factory, ada: PageClient, ben: PageClient, app: Flask) -> None:
    key = SoftwareAuthenticator()
    added(ada, key)
    added(ben, key, status=422)
    with app.app_context(), writing() as session:
        user_id = session.query(User.id).filter_by(username="ada").scalar()
        facts = {"public_key": "AA", "user_handle": "AA", "sign_count": 0, "created_at": clock.now()}
        session.add_all(
            [Passkey(user_id=user_id, name="n", credential_id=f"AA{number:02}", **facts) for number in range(Passkey.MAX_PER_USER - 1)]
        )
    added(ada, SoftwareAuthenticator(), status=422)


@pytest.mark.parametrize("state", ["suspended", "erased", "closed"])
def test_who_is_out_stays_out(app: Flask, factory: Factory, ada: PageClient, stranger: PageClient, state: str) -> None:
    key = SoftwareAuthenticator()
    added(ada, key)
    if state == "suspended":
        PageClient(app).signed_in_as(factory.cleo).submit(f"/admin/people/{factory.ada.id}/suspend", from_page="/logout")
        asked = options(stranger, "/login/passkey/options")
        assert "suspended" in stranger.submit("/login/passkey", {"answer": key.sign(asked)}, 403, from_page="/login").text
        return
    ada.submit("/account/close", {"username": "ada"})
    with clock.set_to(clock.now() + (User.ERASED_AFTER if state == "erased" else timedelta(days=1))):
        log_in(stranger, key)
        stranger.visit("/", 200 if state == "erased" else 303)


def test_challenges_cost_a_stranger_tries_and_are_forgotten(app: Flask, factory: Factory, stranger: PageClient) -> None:
    secret = stranger.secret("/login")
    statuses = [stranger.client.post("/login/passkey/options", data={"csrf_token": secret}).status_code for _ in range(301)]
    assert statuses[:300] == [200] * 300 and statuses[300] == 429
    with app.app_context():
        worker.do_chores(clock.now() + Challenge.LIFETIME)
        assert db.session.query(Challenge).count() == 0


def test_a_key_without_a_pin_proves_beside_the_password(factory: Factory, ada: PageClient) -> None:
    key = SoftwareAuthenticator()
    key.verifies = False
    added(ada, key)
    with clock.set_to(clock.now() + LoginSession.REAUTHENTICATED_FOR):
        for password, where in (("", "/account/prove"), ("not hers at all", "/account/prove"), (PASSWORD, "/account")):
            answer = key.sign(options(ada, "/account/prove/options", "/account/prove"))
            ada.submit("/account/prove/passkey", {"answer": answer, "password": password}, from_page="/account/prove")
            assert ada.location.partition("?")[0] == where
        ada.visit("/account/passkeys")


def test_an_id_longer_than_any_key_has_is_refused(factory: Factory, ada: PageClient) -> None:
    key = SoftwareAuthenticator()
    key.id = bytes(2000)
    added(ada, key, status=422)


def test_log_ins_by_passkey_do_not_use_up_the_tries_at_passwords(factory: Factory, ada: PageClient, stranger: PageClient) -> None:
    key = SoftwareAuthenticator()
    added(ada, key)
    for _number in range(61):
        options(stranger, "/login/passkey/options")
    stranger.submit("/login", {"username": "ben", "password": "wrong and wrong"}, 422)
