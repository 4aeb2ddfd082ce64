"""What search finds after a person has chosen other languages: entries are made findable anew in the background."""

import pytest
from flask import Flask

from app import clock, worker
from app.backup import integrity
from app.database.transactions import writing
from app.extensions import db
from app.main import searching as searching_page
from app.models import Entry, EntrySearch, User
from app.queries import accounts, searching
from app.search import matching
from app.search.languages import rules_of
from tests.factories import Factory
from tests.page_client import PageClient


def found(user_id: int, query: str) -> int:
    db.session.rollback()
    person = accounts.by_id(user_id)
    assert person
    return len(searching.search(person, query).found)


def test_languages_are_chosen_and_entries_are_found_by_them(app: Flask, factory: Factory, ada: PageClient) -> None:
    factory.entry(body="Die alten Häuser stehen noch, and we walked on.")
    with app.app_context():
        assert not found(factory.ada.id, "Hauses") and found(factory.ada.id, "walking")
    ada.submit("/account/languages", {"search_languages": ["de", "en", "xx"]}, 422, from_page="/account/languages")
    ada.submit("/account/languages", {"search_languages": ["de", "en"]}, from_page="/account/languages")
    html = ada.visit("/account/languages").html
    assert html.count("checked") - html.count('type="radio"') < 3 and 'value="de"' in html
    with app.app_context():
        worker.do_chores(clock.now())
        assert found(factory.ada.id, "Hauses") and found(factory.ada.id, "walking") and found(factory.ada.id, '"walking on"')
        assert not found(factory.ada.id, '"on walked"')
        assert db.session.get_one(User, factory.ada.id).indexed_as == rules_of("de en")
    ada.submit("/account/languages", {}, from_page="/account/languages")
    with app.app_context():
        worker.do_chores(clock.now())
        assert not found(factory.ada.id, "walking") and found(factory.ada.id, "walked")


def test_an_index_of_older_rules_is_made_anew_and_is_no_damage(app: Flask, factory: Factory) -> None:
    entry = factory.entry(body="We walked to the harbour 🎉")
    with app.app_context():
        with writing() as session:
            row = session.get_one(EntrySearch, entry.id)
            row.terms, row.title_terms, row.rules = f" {factory.ada.id}:walk ", "", ""
            session.get_one(User, factory.ada.id).indexed_as = ""
        with db.engine.connect() as connection:
            assert integrity.check(connection).faults == []
        assert not found(factory.ada.id, "harbours")
        worker.do_chores(clock.now())
        assert found(factory.ada.id, "harbours") and found(factory.ada.id, "🎉")
        with writing() as session:
            session.get_one(EntrySearch, entry.id).terms = f" {factory.ada.id}:walk "
        with db.engine.connect() as connection:
            assert "not found by its words" in integrity.check(connection).faults[0]
        assert db.session.get_one(Entry, entry.id).word_count == 5


def test_an_index_that_others_have_merged_meanwhile_is_no_damage(app: Flask, factory: Factory) -> None:
    factory.entry(body="We walked to the harbour")
    with app.app_context(), db.engine.connect() as connection:
        assert integrity.check(connection).faults == []
        connection.rollback()
        for number in range(40):
            factory.entry(body=f"We walked {number} times")
        assert integrity.check(connection).faults == []


def test_the_number_of_results_is_told(factory: Factory, ada: PageClient, monkeypatch: pytest.MonkeyPatch) -> None:
    for _number in range(3):
        factory.entry(body="A walk to the harbour.")
    assert "3 entries" in ada.visit("/search?q=harbour").text
    factory.entry(body="Only one lighthouse.")
    assert "1 entry" in ada.visit("/search?q=lighthouse").text
    monkeypatch.setattr(matching, "MAX_RANKED", 2)
    monkeypatch.setattr(searching_page, "MAX_RANKED", 2)
    assert "2 entries or more, best first" in ada.visit("/search?q=harbour").text
