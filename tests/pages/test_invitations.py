"""Sign-up by invitation."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from app import clock
from app.database.transactions import writing
from app.extensions import db
from app.models import Invitation, OutboxMail, User
from app.operations import invitations
from app.security import tokens
from tests.emails import links_in, waiting_emails
from tests.factories import PASSWORD, Factory
from tests.page_client import PageClient


@pytest.fixture(autouse=True)
def by_invitation(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sign-up by invitation, for every test here."""
    monkeypatch.setitem(app.config, "REGISTRATION", "invite")


@pytest.fixture
def cleo(app: Flask, factory: Factory) -> PageClient:
    return PageClient(app).signed_in_as(factory.cleo)


def link(cleo: PageClient, uses: int = 1, days: int = 7) -> str:
    page = cleo.submit("/admin/invitations", {"uses": str(uses), "days": str(days)}, 200)
    found = re.search(r"http://localhost(/register\?invite=[\w-]+)", page.html)
    assert found
    return found[1]


def person(number: int) -> dict[str, str]:
    return {"username": f"guest{number}", "email": f"guest{number}@example.org", "password": PASSWORD, "password2": PASSWORD}


def people(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(User).where(User.username.startswith("guest"))) or 0


def test_without_a_link_nobody_signs_up(factory: Factory, stranger: PageClient) -> None:
    for path in ("/register", "/register?invite=made-up"):
        assert "by invitation" in stranger.visit(path, 403).text
    stranger.submit("/register", person(1), 403, from_page="/login")
    assert "Sign up" not in stranger.visit("/").text


def test_a_link_lets_so_many_in_and_no_more(app: Flask, factory: Factory, cleo: PageClient) -> None:
    address = link(cleo, uses=2)
    for number in range(2):
        PageClient(app).submit(address, person(number), from_page=address)
    PageClient(app).visit(address, 403)
    assert people(app) == 2 and "2 of 2 used" in cleo.visit("/admin/invitations").text
    assert "created an invitation" in cleo.visit("/admin/audit").text


def test_at_once_no_more_get_in_either(app: Flask, factory: Factory, cleo: PageClient) -> None:
    address = link(cleo, uses=2)

    def sign_up(number: int) -> int:
        page_client = PageClient(app)
        return page_client.client.post(address, data={**person(number), "csrf_token": page_client.secret(address)}).status_code

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(sign_up, range(8)))
    assert people(app) == 2 and answers.count(303) == 2


def test_a_form_that_is_refused_uses_nothing_up(app: Flask, factory: Factory, cleo: PageClient) -> None:
    address = link(cleo)
    page_client = PageClient(app)
    page_client.submit(address, {**person(1), "password2": "another"}, 422, from_page=address)
    page_client.submit(address, {**person(1), "username": factory.ada.username}, 422, from_page=address)
    page_client.submit(address, person(1), from_page=address)
    assert people(app) == 1


def test_a_link_ends_with_its_days_and_when_it_is_taken_back(app: Flask, factory: Factory, cleo: PageClient, stranger: PageClient) -> None:
    short, long = link(cleo, days=1), link(cleo, days=30)
    with clock.set_to(clock.now() + timedelta(days=1)):
        stranger.visit(short, 403)
        stranger.visit(long)
    with app.app_context():
        newest = db.session.scalars(select(Invitation.id).order_by(Invitation.id.desc())).first()
    cleo.submit(f"/admin/invitations/{newest}/take-back", from_page="/logout")
    stranger.visit(long, 403)


def test_an_invitation_goes_by_email_and_is_kept_nowhere(app: Flask, factory: Factory, cleo: PageClient, stranger: PageClient) -> None:
    data = {"uses": "1", "days": "7", "email": "Friend@Example.org"}
    cleo.submit("/admin/invitations", data)
    page = cleo.visit("/admin/invitations")
    assert "We sent an invitation to Friend@Example.org." in page.text and "sent to Friend@Example.org" in page.text
    (email,) = waiting_emails(app)
    (address,) = links_in(email)
    key = address.partition("invite=")[2]
    assert email.recipients == ["Friend@example.org"] and "cleo invites you" in (email.body or "") and key not in page.html
    with app.app_context():
        (row,) = db.session.scalars(select(OutboxMail))
        assert key not in str(row.context) and tokens.hash_of(row.context["seed"]) not in set(
            db.session.scalars(select(Invitation.token_hash))
        )
    stranger.submit(address, person(1), from_page=address)
    PageClient(app).visit(address, 403)


def test_an_email_whose_invitation_was_revoked_is_not_sent(app: Flask, factory: Factory, cleo: PageClient) -> None:
    cleo.submit("/admin/invitations", {"uses": "3", "days": "7", "email": "friend@example.org"})
    with app.app_context():
        (invitation_id,) = db.session.scalars(select(Invitation.id))
    cleo.submit(f"/admin/invitations/{invitation_id}/take-back", from_page="/logout")
    assert waiting_emails(app) == []


def test_an_address_gets_one_invitation_at_a_time(app: Flask, factory: Factory, cleo: PageClient) -> None:
    data = {"uses": "1", "days": "7", "email": "friend@example.org"}
    cleo.submit("/admin/invitations", data)
    assert "Revoke it first" in cleo.submit("/admin/invitations", data, 422).text
    assert len(waiting_emails(app)) == 1
    with clock.set_to(clock.now() + timedelta(days=7)):
        PageClient(app).signed_in_as(factory.cleo).submit("/admin/invitations", data)


def test_where_an_invitation_went_is_forgotten_after_a_month(app: Flask, factory: Factory, cleo: PageClient) -> None:
    cleo.submit("/admin/invitations", {"uses": "1", "days": "7", "email": "friend@example.org"})
    link(cleo, days=30)
    with app.app_context(), writing() as session:
        invitations.forget_old(clock.now() + timedelta(days=38))
        assert [found.sent_to for found in session.scalars(select(Invitation))] == [None]


@pytest.mark.parametrize("rule", ["open", "closed"])
def test_no_email_promises_what_an_invitation_does_not_give(
    app: Flask, factory: Factory, cleo: PageClient, monkeypatch: pytest.MonkeyPatch, rule: str
) -> None:
    data = {"uses": "1", "days": "7", "email": "friend@example.org"}
    cleo.submit("/admin/invitations", data)
    monkeypatch.setitem(app.config, "REGISTRATION", rule)
    assert waiting_emails(app) == []
    assert "email" not in cleo.visit("/admin/invitations").form(having="uses")
    cleo.submit("/admin/invitations", data, 200)


def test_nobody_is_invited_who_has_an_account(app: Flask, factory: Factory, cleo: PageClient) -> None:
    for address in (factory.ada.email, "nobody", "a@b"):
        page = cleo.submit("/admin/invitations", {"uses": "1", "days": "7", "email": str(address)}, 422)
        assert page.form(having="uses")["email"] == address
    assert waiting_emails(app) == []


@pytest.mark.parametrize("change", [{"uses": "0"}, {"uses": "1001"}, {"days": "366"}, {"days": "soon"}])
def test_numbers_out_of_reason_are_refused(factory: Factory, cleo: PageClient, change: dict[str, str]) -> None:
    cleo.submit("/admin/invitations", {"uses": "1", "days": "7", **change}, 422)


def test_the_key_is_kept_nowhere(app: Flask, factory: Factory, cleo: PageClient) -> None:
    key = link(cleo).partition("invite=")[2]
    assert key not in cleo.visit("/admin/invitations").html
    with app.app_context():
        assert key not in db.session.scalars(select(Invitation.token_hash)).one()
