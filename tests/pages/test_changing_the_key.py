"""Changing SECRET_KEY: with the old one among the fallbacks nothing that people hold breaks, without it everything does."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from app.extensions import db
from app.web.sessions import PENDING
from tests.conftest import make_app
from tests.emails import links_in, waiting_emails
from tests.factories import PASSWORD, Factory, code_for
from tests.page_client import PageClient

OLD, NEW = "the key that is to be changed and long enough", "the key that takes its place and long enough"
SETTINGS = "/account/second-factor"
MakeApp = Callable[[str, str], Flask]


@pytest.fixture
def with_key(app: Flask, factory: Factory, database_url: str, folder: Path) -> Iterator[MakeApp]:
    """Make applications on the suite's database that differ in their keys."""
    made: list[Flask] = []

    def make(key: str, fallbacks: str) -> Flask:
        made.append(make_app(database_url, folder / "data", SECRET_KEY=key, SECRET_KEY_FALLBACKS=fallbacks))
        return made[-1]

    yield make
    for each in made:
        with each.app_context():
            db.engine.dispose()


def carried_over(before: PageClient, app: Flask) -> PageClient:
    """Return the same browser before another application."""
    page_client = PageClient(app)
    for name in ("session", "known"):
        if cookie := before.client.get_cookie(name):
            page_client.client.set_cookie(name, cookie.value)
    return page_client


@pytest.mark.parametrize("keeps", [True, False])
def test_what_people_hold_works_as_long_as_the_old_key_is_among_the_fallbacks(factory: Factory, with_key: MakeApp, keeps: bool) -> None:
    before, after = with_key(OLD, ""), with_key(NEW, OLD if keeps else "")
    browser = PageClient(before)
    browser.submit("/login", {"username": "ada", "password": PASSWORD})
    browser.submit(f"{SETTINGS}/offer", from_page=SETTINGS)
    with before.app_context():
        code = code_for(factory.ada.id)
    browser.submit(f"{SETTINGS}/enrol", {"code": code}, 200, from_page=SETTINGS)
    PageClient(before).submit("/reset", {"email": "ada@example.org"})
    reset = links_in(waiting_emails(before)[-1])[0]

    carried_over(browser, after).visit("/account", 200 if keeps else 303)
    PageClient(after).visit(reset, 200 if keeps else 410)
    if keeps:
        with after.app_context():
            fresh = code_for(factory.ada.id, 1)
        other = PageClient(after)
        other.submit("/login", {"username": "ada", "password": PASSWORD})
        other.submit("/login/second", {"code": fresh}, from_page="/login/second")
        other.visit("/account")
        with other.client.session_transaction() as session:
            assert PENDING not in session
