"""One-time codes, recovery codes, and log-ins that wait for them."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app import clock, worker
from app.extensions import db
from app.models import Authenticator, LoginSession, PendingLogin, RecoveryCode, User
from app.queries import second_factors
from tests.emails import links_in, waiting_emails
from tests.factories import PASSWORD, Factory, code_for
from tests.page_client import PageClient

SETTINGS = "/account/second-factor"
RIGHT = {"username": "ada", "password": PASSWORD}


def code(app: Flask, person: User, later_steps: int = 0) -> str:
    with app.app_context():
        return code_for(person.id, later_steps)


def enrolled(app: Flask, factory: Factory, page_client: PageClient) -> list[str]:
    """Set an app up for Ada and return her recovery codes."""
    page_client.submit(f"{SETTINGS}/offer", from_page=SETTINGS)
    page = page_client.submit(f"{SETTINGS}/enrol", {"code": code(app, factory.ada)}, 200, from_page=SETTINGS)
    return re.findall(r"<code>([a-z2-7-]{19})</code>", page.html)


def test_an_app_is_set_up_with_its_first_code(app: Flask, factory: Factory, ada: PageClient) -> None:
    ada.submit(f"{SETTINGS}/offer", from_page=SETTINGS)
    page = ada.visit(SETTINGS)
    assert "qr.svg" in page.html
    picture = ada.client.get(f"{SETTINGS}/qr.svg")
    assert picture.mimetype == "image/svg+xml" and "no-store" in picture.headers["Cache-Control"]
    assert "isn't the current code" in ada.submit(f"{SETTINGS}/enrol", {"code": "000000"}, 422, from_page=SETTINGS).text
    PageClient(app).submit("/login", RIGHT)
    ada.submit(f"{SETTINGS}/enrol", {"code": code(app, factory.ada)}, 200, from_page=SETTINGS)
    assert "10 recovery codes" in ada.visit(SETTINGS).text
    assert ada.client.get(f"{SETTINGS}/qr.svg").status_code == 404, "the secret is not shown again"
    assert [email.subject for email in waiting_emails(app)] == ["Authenticator app added"]


def test_the_password_alone_opens_nothing_any_more(app: Flask, factory: Factory, ada: PageClient, stranger: PageClient) -> None:
    enrolled(app, factory, ada)
    stranger.submit("/login", RIGHT, query_string={"next": "/tags"})
    assert stranger.location == "/login/second?next=/tags"
    stranger.visit("/tags", 303)
    stranger.submit("/login/second", {"code": "123456"}, 422, from_page="/login/second")
    used = code(app, factory.ada)
    stranger.submit("/login/second", {"code": used}, 422, from_page="/login/second")
    fresh = code(app, factory.ada, 1)
    stranger.submit("/login/second", {"code": f"{fresh[:3]} {fresh[3:]}"}, from_page="/login/second", query_string={"next": "/tags"})
    assert stranger.location == "/tags"
    stranger.visit("/tags")


def test_each_code_works_once_and_an_old_one_never(app: Flask, factory: Factory, ada: PageClient) -> None:
    enrolled(app, factory, ada)
    with clock.set_to(clock.now() + timedelta(seconds=60)):
        for later_steps, status in ((2, 422), (0, 303), (0, 422), (-1, 422), (1, 303)):
            page_client = PageClient(app)
            page_client.submit("/login", RIGHT)
            page_client.submit("/login/second", {"code": code(app, factory.ada, later_steps)}, status, from_page="/login/second")


def test_a_recovery_code_works_once_and_is_told_of(app: Flask, factory: Factory, ada: PageClient) -> None:
    codes = enrolled(app, factory, ada)
    assert len(set(codes)) == 10
    for status in (303, 422):
        page_client = PageClient(app)
        page_client.submit("/login", RIGHT)
        page_client.submit("/login/second", {"code": codes[0].upper().replace("-", " ")}, status, from_page="/login/second")
    assert waiting_emails(app)[-1].subject == "Recovery code used"
    assert "9 recovery codes" in ada.visit(SETTINGS).text
    ada.submit(f"{SETTINGS}/codes", {}, 200, from_page=SETTINGS)
    page_client.submit("/login/second", {"code": codes[1]}, 422, from_page="/login/second")
    with app.app_context():
        stored = " ".join(db.session.scalars(select(RecoveryCode.code_hash)))
        assert not any(code.replace("-", "") in stored for code in codes)


def test_five_tries_and_five_minutes_end_a_waiting_log_in(app: Flask, factory: Factory, ada: PageClient) -> None:
    enrolled(app, factory, ada)
    guesser, slow = PageClient(app), PageClient(app)
    guesser.submit("/login", RIGHT)
    for _ in range(PendingLogin.MAX_ATTEMPTS):
        guesser.submit("/login/second", {"code": "111111"}, 422, from_page="/login/second")
    guesser.submit("/login/second", {"code": code(app, factory.ada, 1)}, 303, from_page="/login")
    assert guesser.location.startswith("/login") and "second" not in guesser.location
    slow.submit("/login", RIGHT)
    with clock.set_to(clock.now() + PendingLogin.LIFETIME):
        slow.visit("/login/second", 303)
        assert slow.location == "/login"


def test_many_waiting_log_ins_do_not_make_more_tries(app: Flask, factory: Factory, ada: PageClient) -> None:
    enrolled(app, factory, ada)
    answers = []
    for _ in range(5):
        page_client = PageClient(app)
        page_client.submit("/login", RIGHT)
        for _ in range(PendingLogin.MAX_ATTEMPTS):
            secret = page_client.secret("/login/second")
            answers.append(page_client.client.post("/login/second", data={"code": "222222", "csrf_token": secret}).status_code)
    assert answers.count(422) == 20 and answers.count(429) == 5


def test_a_waiting_log_in_dies_when_the_password_changes(app: Flask, factory: Factory, ada: PageClient, stranger: PageClient) -> None:
    enrolled(app, factory, ada)
    stranger.submit("/login", RIGHT)
    new = {"password": "stones of venice again", "password2": "stones of venice again"}
    ada.submit("/account/password", new)
    stranger.submit("/login/second", {"code": code(app, factory.ada, 1)}, 303, from_page="/login")
    stranger.visit("/account", 303)


def test_a_reset_by_letter_still_asks_for_the_code(app: Flask, factory: Factory, ada: PageClient, stranger: PageClient) -> None:
    enrolled(app, factory, ada)
    with clock.set_to(clock.now() + timedelta(days=8)):
        stranger.submit("/reset", {"email": "ada@example.org"})
        link = links_in(waiting_emails(app)[-1])[0]
        assert 'name="keep"' not in stranger.visit(link).html
        stranger.submit(link, {"password": "stones of venice again", "password2": "stones of venice again"})
        stranger.submit("/login", {"username": "ada", "password": "stones of venice again"})
        assert stranger.location == "/login/second"
        stranger.visit("/account", 303)


def test_proving_asks_for_the_code_too(app: Flask, factory: Factory, ada: PageClient) -> None:
    enrolled(app, factory, ada)
    with clock.set_to(clock.now() + LoginSession.REAUTHENTICATED_FOR):
        ada.submit("/account/prove", {"password": PASSWORD}, 422)
        ada.submit("/account/prove", {"password": PASSWORD, "code": "333333"}, 422)
        ada.submit("/account/prove", {"password": PASSWORD, "code": code(app, factory.ada)})
        ada.visit(SETTINGS)
        ada.submit(f"{SETTINGS}/remove", from_page=SETTINGS)
        stranger = PageClient(app)
        stranger.submit("/login", RIGHT)
        assert stranger.location == "/"


def test_the_secret_lies_encrypted(app: Flask, factory: Factory, ada: PageClient) -> None:
    ada.submit(f"{SETTINGS}/offer", from_page=SETTINGS)
    shown = re.search(r"<code>([A-Z2-7 ]+)</code>", ada.visit(SETTINGS).html)
    assert shown
    with app.app_context():
        assert shown[1].replace(" ", "") not in db.session.scalars(select(Authenticator.encrypted_secret)).one()


@pytest.mark.parametrize("path", ["codes", "remove"])
def test_others_touch_nothing(app: Flask, factory: Factory, ada: PageClient, ben: PageClient, path: str) -> None:
    enrolled(app, factory, ada)
    ben.submit(f"{SETTINGS}/{path}", {}, 404, from_page=SETTINGS)
    assert "10 recovery codes" in ada.visit(SETTINGS).text


def test_wrong_codes_of_others_keep_no_owner_out(app: Flask, factory: Factory) -> None:
    owner = PageClient(app)
    owner.submit("/login", RIGHT)
    enrolled(app, factory, owner)
    others = PageClient(app)
    for number in range(20):
        if number % 4 == 0:
            others.submit("/login", RIGHT)
        others.submit("/login/second", {"code": "000000"}, 422, from_page="/login/second")
    others.submit("/login/second", {"code": "000000"}, 429, from_page="/login/second")
    answer = {"password": PASSWORD, "code": code(app, factory.ada, 1)}
    owner.submit("/account/prove", answer, query_string={"next": "/account/devices"})


def test_what_happened_is_listed_for_ninety_days(app: Flask, factory: Factory, ada: PageClient, ben: PageClient) -> None:
    enrolled(app, factory, ada)
    assert "Authenticator app added" in ada.visit("/account/events").text
    assert "Nothing so far" in ben.visit("/account/events").text
    with app.app_context():
        worker.do_chores(clock.now() + timedelta(days=89))
        assert second_factors.events_of(factory.ada.id)
        worker.do_chores(clock.now() + timedelta(days=91))
        assert second_factors.events_of(factory.ada.id) == []
