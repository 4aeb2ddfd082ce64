"""The background process: nobody's work keeps others from theirs, nor the process from its end."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from app import clock, worker
from app.database.transactions import writing
from app.extensions import db
from app.models import Entry, EntrySearch, User
from app.operations.chores import Chore, do_due
from app.queries import upkeep
from app.search import index
from app.web import one_at_a_time
from tests.factories import Factory


def want_another_index(app: Flask) -> None:
    with app.app_context(), writing() as session:
        session.execute(update(User).values(search_languages="de en"))


def indexed(user_id: int) -> int:
    rules = EntrySearch.rules.like("%de en")
    statement = select(func.count()).select_from(EntrySearch).join(Entry, Entry.id == EntrySearch.entry_id)
    return db.session.scalar(statement.where(Entry.user_id == user_id, rules)) or 0


@pytest.fixture
def two_writers(app: Flask, factory: Factory) -> list[int]:
    for writer in (factory.ada, factory.ben):
        for number in range(5):
            factory.entry(writer, body=f"Harbour {number}", day=date(2026, 1, 1))
    want_another_index(app)
    return [factory.ada.id, factory.ben.id]


def test_everybody_has_a_turn_and_each_ends_soon(app: Flask, two_writers: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "BATCH_SIZE", 2)
    with app.app_context():
        assert worker.index_outdated(), "there is more"
        assert [indexed(writer) for writer in two_writers] == [2, 2]
        turns = 1
        while worker.index_outdated():
            turns += 1
        assert [indexed(writer) for writer in two_writers] == [5, 5] and turns == 3
        monkeypatch.setattr(worker, "MAX_TURN_SECONDS", -1.0)
    want_another_index(app)
    with app.app_context(), writing() as session:
        session.execute(update(User).values(indexed_as=""))
    with app.app_context():
        assert worker.index_outdated(), "a turn that is over leaves the rest for the next"


def test_one_whose_entries_cannot_be_indexed_holds_up_nobody(app: Flask, two_writers: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    ada, ben = two_writers
    words_of = index.words_of

    def stumble(title: str, body: str, codes: str) -> index.Words:
        if codes == "fr":
            raise ValueError("no stemmer knows it")
        return words_of(title, body, codes)

    monkeypatch.setattr(index, "words_of", stumble)
    with app.app_context():
        with writing() as session:
            session.execute(update(User).where(User.id == ada).values(search_languages="fr"))
        assert worker.index_outdated(), "all of Ben's is done first"
        with pytest.raises(ValueError, match="no stemmer"):
            while worker.index_outdated():
                pass
        assert (indexed(ada), indexed(ben)) == (0, 5)


def test_texts_are_fetched_up_to_so_many_characters(app: Flask, factory: Factory) -> None:
    for length in (400, 700, 300, 200):
        factory.entry(body="x" * length)
    want_another_index(app)
    with app.app_context():
        batch = upkeep.not_indexed_as(factory.ada.id, "other", 100, 1000)
        assert 0 < sum(len(row.body) for row in batch) <= 1000
        assert len(upkeep.not_indexed_as(factory.ada.id, "other", 100, 10)) == 1, "one in any case"
        assert len(upkeep.not_indexed_as(factory.ada.id, "other", 3, 10_000)) == 3
        assert 0 < sum(len(row.body) for row in upkeep.outdated(99, 100, 1200)) <= 1200


def test_a_chore_that_has_more_is_due_at_once_and_others_keep_their_time(app: Flask) -> None:
    left = [True, True, False]
    long, short = Chore("long", lambda _now: left.pop(0)), Chore("short", lambda _now: None)
    now = clock.now()
    with app.app_context():
        do_due([long, short], now)
        assert long.has_more and long.due == now and short.due == now + short.every
        do_due([long, short], now)
        do_due([long, short], now)
    assert not long.has_more and long.due == now + long.every and not left


def test_strangers_never_share_a_turn() -> None:
    both_inside = Barrier(2, timeout=10)

    def stand(user_id: int) -> None:
        with one_at_a_time._turn_of(user_id):
            both_inside.wait()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(stand, [1, 65]))
    assert not one_at_a_time._turns, "nothing is left of a turn that is over"


def test_one_person_waits_for_oneself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(one_at_a_time, "MAX_WAIT", 0.01)
    with one_at_a_time._turn_of(7), pytest.raises(one_at_a_time.OneAtATime), one_at_a_time._turn_of(7):
        pass
    assert not one_at_a_time._turns
