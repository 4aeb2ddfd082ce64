"""Whoever ends everything for an account ends what is on its way, too: a request that began before and has yet to act."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.database import transactions
from app.database.transactions import writing
from app.extensions import db
from app.models import AddressChange, AuditEvent, Authenticator, Challenge, Draft, Entry, Role, SecurityEvent, User
from app.operations import account_state, roles
from app.queries import accounts
from app.security import passwords
from app.web import one_at_a_time
from tests.conftest import NOW
from tests.factories import Factory
from tests.page_client import PageClient

NEW = "stones of venice again"
ACTS: dict[str, dict[str, Any]] = {
    "/account": {"display_name": "M", "timezone": "UTC"},
    "/account/username": {"username": "mallory"},
    "/account/address": {"email": "evil@example.org"},
    "/account/password": {"new_password": NEW, "new_password2": NEW, "password": NEW, "password2": NEW},
    "/account/second-factor/offer": {},
    "/account/passkeys/options": {},
    "/account/prove/options": {},
    "/account/devices/end-others": {},
    "/account/export": {},
    "/account/close": {"username": "ada"},
    "/entry": {"body": "Written by somebody else.", "entry_date": "2026-03-14"},
    "/entry/draft": {"body": "Typed by somebody else.", "entry_date": "2026-03-14", "key": "a" * 32, "serial": "1", "writer": "ada"},
    "/files/1/discard": {},
}


def meanwhile(monkeypatch: pytest.MonkeyPatch, app: Flask, act: Callable[[], None]) -> None:
    """Let something happen in another browser just before the next request gets the lock to write."""
    wait = transactions._first_in_line
    is_over: list[bool] = []

    def first(patience: float) -> bool:
        if not is_over:
            is_over.append(True)
            with app.app_context(), writing():
                act()
        return wait(patience)

    monkeypatch.setattr(transactions, "_first_in_line", first)


def everything(app: Flask) -> list[object]:
    """Return what an intruder would leave behind."""
    with app.app_context():
        kept = [
            list(db.session.scalars(select(model.id))) for model in (AddressChange, Authenticator, Challenge, Draft, Entry, SecurityEvent)
        ]
        ada = accounts.by_username("ada")
        assert ada
        return [*kept, ada.password_hash, ada.email, ada.display_name, ada.closed_at]


@pytest.mark.parametrize("path", ACTS)
def test_an_act_that_waits_does_not_outlive_its_session(
    app: Flask, factory: Factory, ada: PageClient, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada.secret("/account")
    before = everything(app)

    def owner_ends_everything() -> None:
        account_state.end_everything(accounts.by_id_for_change(factory.ada.id) or pytest.fail("Ada is gone"))

    meanwhile(monkeypatch, app, owner_ends_everything)
    ada.submit(path, ACTS[path], 401, commits=9)
    assert everything(app) == before


def test_a_password_that_is_hashed_while_the_owner_undoes_everything_is_not_set(
    app: Flask, factory: Factory, ada: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed = passwords.hash_password

    def slowly(password: str) -> str:
        with app.app_context(), writing():
            account_state.end_everything(accounts.by_id_for_change(factory.ada.id) or pytest.fail("Ada is gone"))
        return hashed(password)

    before = everything(app)
    monkeypatch.setattr(passwords, "hash_password", slowly)
    ada.submit("/account/password", ACTS["/account/password"], 401, commits=9)
    assert everything(app) == before


def test_whoever_lost_the_role_does_nothing_more_by_it(app: Flask, factory: Factory, monkeypatch: pytest.MonkeyPatch) -> None:
    cleo, ben = PageClient(app).signed_in_as(factory.cleo), factory.ben
    cleo.secret("/account")

    def another_takes_it() -> None:
        user = db.session.scalars(select(Role).where(Role.name == Role.USER)).one()
        roles.give(accounts.by_id_for_change(factory.cleo.id) or pytest.fail("Cleo is gone"), user, NOW)

    with monkeypatch.context() as patch:
        meanwhile(patch, app, another_takes_it)
        cleo.submit(f"/admin/people/{ben.id}/suspend", {}, 404, commits=9)
    with app.app_context():
        assert not db.session.get_one(User, ben.id).is_suspended and not list(db.session.scalars(select(AuditEvent)))
    cleo.submit("/entry", ACTS["/entry"], 303)


def test_who_loses_a_role_while_writing_keeps_the_entry(app: Flask, factory: Factory, monkeypatch: pytest.MonkeyPatch) -> None:
    cleo = PageClient(app).signed_in_as(factory.cleo)
    cleo.secret("/entry")

    def another_takes_it() -> None:
        user = db.session.scalars(select(Role).where(Role.name == Role.USER)).one()
        roles.give(accounts.by_id_for_change(factory.cleo.id) or pytest.fail("Cleo is gone"), user, NOW)

    meanwhile(monkeypatch, app, another_takes_it)
    cleo.submit("/entry", ACTS["/entry"], 303, commits=9)


def test_a_page_that_waits_for_another_is_not_shown_to_who_was_signed_out(app: Flask, factory: Factory, ada: PageClient) -> None:
    factory.entry(body="A secret of Ada's.")
    answered: list[tuple[int, str]] = []

    def ask() -> None:
        answer = ada.client.get("/search?q=secret")
        answered.append((answer.status_code, answer.text))

    second = threading.Thread(target=ask)
    with one_at_a_time._turn_of(factory.ada.id):
        second.start()
        while one_at_a_time._turns[factory.ada.id].requests < 2 and second.is_alive():
            second.join(0.01)
        with app.app_context(), writing():
            account_state.end_everything(accounts.by_id_for_change(factory.ada.id) or pytest.fail("Ada is gone"))
    second.join()
    assert answered[0][0] == 401 and "secret of" not in answered[0][1] and "Log out" not in answered[0][1]
