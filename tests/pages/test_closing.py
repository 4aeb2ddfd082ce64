"""Closing an account, coming back to it, and what is left when nobody does."""

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from app import clock, worker
from app.database.transactions import writing
from app.extensions import db
from app.models import Entry, EntrySearch, OutboxMail, Revision, Role, User
from app.storage import retention
from tests.cli.test_journals import run
from tests.emails import waiting_emails
from tests.factories import PASSWORD, Factory
from tests.page_client import PageClient

RIGHT = {"username": "ada", "password": PASSWORD}


def close(page_client: PageClient, name: str = "Ada", status: int = 303) -> None:
    page_client.submit("/account/close", {"username": name}, status)


def test_the_name_has_to_be_typed(ada: PageClient) -> None:
    assert "two weeks" not in ada.visit("/account/close").text and "14 days" in ada.page.text
    close(ada, "ben", 422)
    close(ada, "", 422)
    ada.visit("/account")


def test_closing_signs_out_everywhere_and_shows_nothing_to_anybody(app: Flask, factory: Factory, ada: PageClient, ben: PageClient) -> None:
    public, members = factory.entry(visibility="public", body="For all."), factory.entry(visibility="members")
    stolen = PageClient(app).signed_in_as(factory.ada)
    close(ada)
    assert "to reopen it" in ada.visit("/").text
    for page_client in (ada, stolen):
        page_client.visit("/account", 303)
    for path in (f"/entry/{public.id}", f"/entry/{members.id}", f"/entry/{public.id}.md", "/people/ada", "/people/ada/feed.atom"):
        ben.visit(path, 404)
    assert "For all." not in ben.visit("/").text and "For all." not in ben.client.get("/feed.atom").text
    email = waiting_emails(app)[-1]
    assert email.recipients == ["ada@example.org"] and "/login" in (email.body or "") and "March 28, 2026" in (email.body or "")


def test_coming_back_brings_everything_back(app: Flask, factory: Factory, ada: PageClient, ben: PageClient) -> None:
    public = factory.entry(visibility="public", body="For all.")
    close(ada)
    with clock.set_to(clock.now() + timedelta(days=13, hours=23)):
        worker_runs(app)
        ada.submit("/login", RIGHT)
        ada.visit("/", 303)
        assert ada.location == "/come-back"
        assert "Reopen your account?" in ada.visit("/come-back").text
        for path in ("/entry", "/account", "/search"):
            ada.visit(path, 303)
            assert ada.location == "/come-back"
        ada.visit(f"/entry/{public.id}", 404)
        ada.submit("/come-back")
        ada.visit("/account")
        assert "For all." in ben.visit("/").text
        assert "reopened" in ada.visit("/account/events").text


def test_nobody_else_comes_back_by_guessing(app: Flask, factory: Factory, ada: PageClient, stranger: PageClient) -> None:
    close(ada)
    stranger.submit("/login", {"username": "ada", "password": "not hers at all"}, 422)
    stranger.submit("/come-back", {}, 401, from_page="/login")


def test_after_two_weeks_everything_is_erased(app: Flask, factory: Factory, ada: PageClient, ben: PageClient) -> None:
    entry = factory.entry(body="Zanzibarish thoughts.", tags=["sea"])
    ada.submit(
        f"/entry/{entry.id}/edit", {"body": "Quixotical thoughts.", "entry_date": "2026-03-01", "version": "1", "visibility": "private"}
    )
    other = factory.entry(factory.ben, body="Ben stays.")
    close(ada)
    with clock.set_to(clock.now() + User.ERASED_AFTER):
        ada.submit("/login", RIGHT, 422)
        worker_runs(app)
        ada.submit("/login", RIGHT, 422)
        PageClient(app).signed_in_as(factory.ben).visit(f"/entry/{other.id}")
    with app.app_context():
        assert db.session.scalars(select(User.username)).all() == ["ben"]
        for table, left in ((Entry, 1), (EntrySearch, 1), (Revision, 0), (OutboxMail, 0)):
            assert db.session.scalar(select(func.count()).select_from(table)) == left, table
        address = db.engine.url.database or ""
    if app.config["SQLALCHEMY_DATABASE_URI"].startswith("sqlite"):
        files = b"".join(path.read_bytes().lower() for path in Path(address).parent.glob(Path(address).name + "*"))
        assert b"zanzibar" not in files and b"quixotic" not in files and b"ben stays" in files


def test_erasing_goes_on_where_it_stopped(app: Flask, factory: Factory, ada: PageClient, monkeypatch: pytest.MonkeyPatch) -> None:
    from app.operations import closing

    for _number in range(3):
        factory.entry()
    close(ada)
    monkeypatch.setattr(closing, "ERASED_AT_ONCE", 2)
    due = clock.now() + User.ERASED_AFTER
    with app.app_context():
        assert worker._erase_some(due)
        assert db.session.scalar(select(func.count()).select_from(Entry)) == 1
    with clock.set_to(due):
        worker_runs(app)
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(User).where(User.username == "ada")) == 0


def test_who_comes_too_late_is_told(app: Flask, factory: Factory, ada: PageClient) -> None:
    close(ada)
    with clock.set_to(clock.now() + User.ERASED_AFTER - timedelta(minutes=1)):
        ada.submit("/login", RIGHT)
        secret = ada.secret("/come-back")
    with clock.set_to(clock.now() + User.ERASED_AFTER):
        assert ada.client.post("/come-back", data={"csrf_token": secret}).status_code == 410


def test_a_new_person_in_the_place_gets_nothing_of_the_old_one(app: Flask, factory: Factory, ada: PageClient) -> None:
    stolen, entry = PageClient(app).signed_in_as(factory.ada), factory.entry(body="Hers alone.")
    close(ada)
    with clock.set_to(clock.now() + User.ERASED_AFTER):
        worker_runs(app)
        newcomer = factory.person("ada")
        assert newcomer.id != factory.ada.id
        page_client = PageClient(app).signed_in_as(newcomer)
        page_client.visit(f"/entry/{entry.id}", 404)
        assert "Hers alone" not in page_client.visit("/").text
        for old in (ada, stolen):
            old.visit("/account", 303)


def test_somebody_has_to_be_left_to_look_after_the_others(app: Flask, factory: Factory) -> None:
    cleo = PageClient(app).signed_in_as(factory.cleo)
    close(cleo, "cleo", 422)
    assert "only administrator" in cleo.page.text
    second = factory.person("second", role_name=Role.ADMINISTRATOR)
    close(cleo, "cleo")
    close(PageClient(app).signed_in_as(second), "second", 422)


def test_who_looks_after_people_sees_the_account_closed(app: Flask, factory: Factory, ada: PageClient) -> None:
    close(ada)
    cleo = PageClient(app).signed_in_as(factory.cleo)
    assert "closed" in cleo.visit("/admin/people").text
    assert "erased on March 28" in cleo.visit(f"/admin/people/{factory.ada.id}").text


def worker_runs(app: Flask) -> None:
    with app.app_context():
        worker.do_chores(clock.now())


def test_what_is_saved_while_the_account_is_closed_is_shown_to_nobody(
    app: Flask, factory: Factory, ada: PageClient, ben: PageClient
) -> None:
    close(ada)
    entry = factory.entry(visibility="public", body="On its way.")
    ben.visit(f"/entry/{entry.id}", 404)
    with app.app_context(), writing() as session:
        session.execute(update(Entry).values(hidden_flags=0))
    worker_runs(app)
    ben.visit(f"/entry/{entry.id}", 404)
    assert "has closed their account" in run(app, "import", "dayone", __file__, "--user", "ada", status=1)


def test_erased_words_are_forgotten_though_the_worker_stopped_in_between(app: Flask, factory: Factory, ada: PageClient) -> None:
    factory.entry()
    close(ada)
    mark = Path(app.config["DATA_DIR"], retention.ERASING)
    due = clock.now() + User.ERASED_AFTER
    with app.app_context():
        while worker._erase_some(due):
            pass
    assert mark.exists(), "and here the process ends"
    with clock.set_to(due):
        worker_runs(app)
    assert not mark.exists()
