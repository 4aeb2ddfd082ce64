"""Of many entries that match the newest are ranked, and no other is looked at, whatever order they were written in."""

from datetime import date, time

import pytest
from flask import Flask
from sqlalchemy import select, text, update

from app import clock
from app.database.transactions import writing
from app.extensions import db
from app.models import Entry, EntrySearch
from app.operations import entries
from app.queries import searching
from app.search import index, matching
from app.search.languages import DEFAULT
from app.text import search_query
from tests.factories import Factory, draft

QUERIES = ["comet", '"great comet"', "com*", "comet great", "comet -sun", "comet from:1600", 'comet tag:sky -"comet great"']


@pytest.fixture
def two_are_ranked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matching, "MAX_RANKED", 2)


def found(factory: Factory, query: str) -> list[int]:
    db.session.rollback()
    return [result.id for result in searching.search(factory.ada, query).found]


def comet(factory: Factory, day: date, at: time | None = None) -> int:
    return factory.entry(body="A great comet.", day=day, at=at, tags=["sky"]).id


@pytest.mark.parametrize("query", QUERIES)
def test_the_newest_are_ranked(context: Flask, factory: Factory, two_are_ranked: None, query: str) -> None:
    newest, oldest, _between, next_to_newest = (comet(factory, date(year, 3, 1)) for year in (2025, 1665, 1999, 2024))
    assert found(factory, query) == [newest, next_to_newest]
    assert oldest not in found(factory, query)


def test_of_one_day_the_later_hour_and_of_one_minute_the_later_entry(context: Flask, factory: Factory, two_are_ranked: None) -> None:
    evening, morning = comet(factory, date(2025, 3, 1), time(21)), comet(factory, date(2025, 3, 1), time(7))
    assert found(factory, "comet") == [evening, morning]
    in_the_same_minute = comet(factory, date(2025, 3, 1), time(21))
    assert found(factory, "comet") == [in_the_same_minute, evening]


def test_an_entry_that_gets_another_day_stands_there(context: Flask, factory: Factory, two_are_ranked: None) -> None:
    oldest, *others = (comet(factory, date(year, 3, 1)) for year in (1665, 2024, 2025))
    assert oldest not in found(factory, "comet")
    with writing() as session:
        own = session.get_one(Entry, oldest)
        session.refresh(own, ["tags"])
        entries.revise(own, draft("A great comet.", day=date(2026, 1, 1)), 1, clock.now())
    assert found(factory, "comet") == [oldest, others[1]]
    with writing() as session:
        session.execute(update(Entry).where(Entry.id == oldest).values(trashed_at=clock.now()))
    assert found(factory, "comet") == others[::-1]


def test_the_first_and_the_last_day_there_are(context: Flask, factory: Factory) -> None:
    days = [date.min, date(9999, 12, 31)]
    first, last = (comet(factory, day) for day in days)
    assert found(factory, "comet") == [last, first] and found(factory, "comet to:0001") == [first]
    positions = dict(db.session.execute(select(EntrySearch.entry_id, EntrySearch.position)).all())
    assert {entry_id: position % EntrySearch.IDS for entry_id, position in positions.items()} == {first: first, last: last}
    assert 0 < positions[first] < positions[last] < 2**63


def test_words_put_without_a_change_stay_found_once(context: Flask, factory: Factory) -> None:
    entry_id = comet(factory, date(2025, 3, 1))
    with writing():
        index.put(entry_id, factory.ada.id, index.words_of("", "A great comet.", DEFAULT))
        index.put_all(factory.ada.id, [])
    assert found(factory, "comet") == [entry_id]


@pytest.mark.parametrize("query", ["comet", '"great comet"', "comet great", "com*"])
def test_none_but_the_ranked_are_sorted(context: Flask, factory: Factory, engine_name: str, query: str) -> None:
    comet(factory, date(2025, 3, 1))
    asked = matching.question(factory.ada.id, DEFAULT, search_query.parse(query))
    assert asked
    statement = asked.statement()
    values = {**asked.values, "limit": 21, "offset": 0}
    if engine_name == "postgresql":
        db.session.execute(text("SET LOCAL enable_sort = off"))
        steps = db.session.scalars(text(f"EXPLAIN {statement}"), values).all()
        assert sum("Sort Key" in step for step in steps) <= 1 and any("Backward using ix_entry_written" in step for step in steps), steps
        return
    plan = [row.detail for row in db.session.execute(text(f"EXPLAIN QUERY PLAN {statement}"), values)]
    assert [step for step in plan if "ORDER BY" in step] == ["USE TEMP B-TREE FOR ORDER BY"] and plan[-1].endswith("ORDER BY"), plan
