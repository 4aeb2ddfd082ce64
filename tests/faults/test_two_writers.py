"""Two transactions meet on the same rows: neither loses what the other did, and neither waits for ever."""

import contextlib
import threading
import time
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text, update
from sqlalchemy.exc import OperationalError

from app import clock
from app.backup import integrity
from app.database.transactions import in_line_for, writing
from app.extensions import db
from app.models import Attachment, Draft, Entry, User
from app.operations import attachments, closing, drafts, entries, people, second_factor, tags, trash
from app.operations.drafts import Typed
from app.operations.security_events import Browser
from app.queries import accounts
from app.queries import entries as asking
from app.queries import tags as asking_tags
from app.search import index, matching
from app.text import search_query
from tests.factories import Factory, draft

WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
Act = Callable[[], object]
BROWSER = Browser("Firefox", "192.0.2.7")


class Second(threading.Thread):
    """A transaction in a thread of its own; `problem` is what ended it."""

    def __init__(self, app: Flask, act: Act, writes_for: int | None = None) -> None:
        super().__init__()
        self.app, self.act, self.writes_for, self.problem = app, act, writes_for, ""

    def run(self) -> None:
        """Do the act."""
        with self.app.app_context():
            try:
                if self.writes_for:
                    in_line_for(self.writes_for)
                with writing():
                    self.act()
            except Exception as problem:
                self.problem = f"{type(problem).__name__}: {problem}"

    def wait_until_it_waits(self) -> None:
        """Come back once it stands before a lock, or has come to its end; on SQLite it stands in line."""
        if db.engine.dialect.name == "sqlite":
            return
        with db.engine.connect() as connection:
            while self.is_alive() and not connection.scalar(WAITING):
                connection.rollback()
                self.join(0.01)


def meet(app: Flask, first: Act, second: Act, rest: Act = lambda: None, writes_for: int | None = None) -> str:
    """Do `first`, let `second` come in between, go on with `rest`, commit, and return what became of the second."""
    other = Second(app, second, writes_for)
    if writes_for:
        in_line_for(writes_for)
    with writing():
        first()
        db.session.flush()
        other.start()
        other.wait_until_it_waits()
        rest()
    other.join()
    db.session.rollback()
    return other.problem


def found(person: User, word: str) -> list[int]:
    return matching.find(person.id, person.search_languages, search_query.parse(word), limit=5).entry_ids


def revise(person: User, entry_id: int, words: str, **facts: Any) -> Entry:
    entry = asking.own(entry_id, person)
    assert entry
    return entries.revise(entry, draft(words, **facts).prepare(person), entry.version, clock.now())


def typed(key: str, number: int = 1) -> Typed:
    return Typed(key, number, 1, "", "half a thought", "2026-03-14", "", "", "private")


def test_a_file_stays_that_an_entry_is_being_saved_with(context: Flask, factory: Factory) -> None:
    me, picture = factory.ada, factory.picture()
    text_of_it = draft(f"![](attachment:{picture.uid})").prepare(me)
    assert not meet(context, lambda: entries.write(me, text_of_it, clock.now()), lambda: attachments.delete_files([picture.id]))
    assert db.session.scalars(select(Attachment.id)).all() == [picture.id]


@pytest.mark.parametrize("remove", ["empty", "expire"])
def test_a_tag_stays_that_an_entry_is_being_saved_with(context: Flask, factory: Factory, remove: str) -> None:
    me, entry = factory.ada, factory.entry(body="b")
    factory.entry(body="a", tags=["boat"], trashed=True)
    acts = {"empty": lambda: trash.empty(me), "expire": lambda: trash.expire(clock.now() + 2 * trash.KEPT_FOR)}
    assert not meet(context, lambda: revise(me, entry.id, "b2", tags=["boat"]), acts[remove])
    assert [tag.name for tag in factory.again(entry).tags] == ["boat"]
    assert not integrity.check(db.session.connection()).faults


def test_words_that_were_saved_meanwhile_stay_in_the_index(context: Flask, factory: Factory) -> None:
    me, entry = factory.ada, factory.entry(body="harbour")
    older = index.words_of("", "harbour", me.search_languages)
    assert not meet(context, lambda: revise(me, entry.id, "lighthouse"), lambda: entries.put_words(entry.id, me.id, 1, older))
    assert (found(me, "lighthouse"), found(me, "harbour")) == ([entry.id], [])


def test_a_form_that_is_saved_while_its_first_state_is_kept_is_saved(context: Flask, factory: Factory) -> None:
    me, now = factory.ada, clock.now()

    def save() -> None:
        entry = entries.write(me, draft("A thought.").prepare(me), now, form_id="form")
        drafts.finish(me, "form", 2, entry, now)

    assert not meet(context, lambda: drafts.keep(me, typed("form"), None, now), save)
    assert [entry.body for entry in db.session.scalars(select(Entry))] == ["A thought."]
    (kept,) = db.session.scalars(select(Draft))
    assert kept.finished_at and not kept.body


def test_who_writes_does_not_wait_for_a_change_of_the_account(context: Flask, factory: Factory) -> None:
    me = factory.ada
    if db.engine.dialect.name == "sqlite":
        assert not meet(context, lambda: accounts.by_id_for_change(me.id), lambda: entries.write(me, draft("a").prepare(me), clock.now()))
        return
    other = Second(context, lambda: entries.write(me, draft("a").prepare(me), clock.now()))
    with writing():
        accounts.by_id_for_change(me.id)
        other.start()
        other.join()
    assert not other.problem and len(db.session.scalars(select(Entry)).all()) == 1


def test_who_is_in_a_hurry_waits_no_longer_than_they_say(context: Flask, factory: Factory) -> None:
    me, waited = factory.ada, list[float]()

    def hurry() -> None:
        with context.app_context():
            in_line_for(me.id)
            begun = time.monotonic()
            with contextlib.suppress(OperationalError), writing(patience_ms=50):
                pass
            waited.append(time.monotonic() - begun)

    other = threading.Thread(target=hurry)
    in_line_for(me.id)
    with writing():
        other.start()
        other.join()
    assert waited[0] < 3


def test_what_one_person_does_in_two_windows_stands_in_line(context: Flask, factory: Factory) -> None:
    """Each of these pairs locks the same rows in opposite order."""
    me, now = factory.ada, clock.now()
    days = date(2020, 1, 1), date(2020, 1, 2)
    one, other = (factory.entry(body=word, day=day, tags=["boat"]) for word, day in zip("ab", days, strict=True))

    def rename() -> None:
        tag = asking_tags.by_name(me.id, "boat")
        assert tag
        tags.rename(tag, "ship")

    pairs = [
        (lambda: asking.own(one.id, me), rename, lambda: revise(me, one.id, "a2")),
        (lambda: asking.own(one.id, me), lambda: drafts.keep(me, typed("form"), one.id, now), lambda: revise(me, one.id, "a3")),
        (lambda: revise(me, one.id, "a4", day=days[1]), lambda: revise(me, other.id, "b4", day=days[0]), lambda: None),
    ]
    for first, second, rest in pairs:
        assert not meet(context, first, second, rest, writes_for=me.id)
    assert [factory.again(entry).tags_text for entry in (one, other)] == ["", ""]
    assert factory.again(one).body == "a4" and timedelta(1) == factory.again(one).entry_date - factory.again(other).entry_date
    assert not integrity.check(db.session.connection()).faults


def test_who_reopens_an_account_in_time_keeps_what_is_in_it(context: Flask, factory: Factory) -> None:
    entry, late = factory.entry(visibility="public"), clock.now() + User.ERASED_AFTER
    with writing():
        person = accounts.by_id_for_change(factory.ada.id)
        assert person
        closing.close(person, BROWSER, clock.now())

    def reopen() -> None:
        person = accounts.by_id_for_change(factory.ada.id)
        assert person
        closing.reopen(person, BROWSER, late - timedelta(seconds=1))

    def erase() -> None:
        closing.erase_batch(late + timedelta(seconds=1))
        closing.hide_entries_of_closed_accounts()

    assert meet(context, reopen, erase) == ""
    assert db.session.get_one(Entry, entry.id).hidden_flags == 0 and not db.session.get_one(User, factory.ada.id).is_closed


def test_who_confirms_on_the_last_day_keeps_the_account(context: Flask, factory: Factory) -> None:
    dan, late = factory.dan, clock.now() + User.ERASED_AFTER

    def confirm() -> None:
        person = accounts.by_id_for_change(dan.id)
        assert person
        person.confirm(late)

    assert meet(context, confirm, lambda: closing.erase_unconfirmed(late + timedelta(seconds=1))) == ""
    assert db.session.get(User, dan.id) is not None


def test_a_log_in_that_waits_and_a_suspension_do_not_wait_for_each_other(context: Flask, factory: Factory) -> None:
    ada = factory.ada
    with writing() as session:
        key = second_factor.wait_for(session.get_one(User, ada.id), remember=False, now=clock.now())

    def begin() -> None:
        assert second_factor.pending(key, clock.now(), for_change=True)

    def suspend() -> None:
        person = accounts.by_id_for_change(ada.id)
        assert person
        people.suspend(person, None, clock.now())

    def go_on() -> None:
        waiting = second_factor.pending(key, clock.now(), for_change=True)
        assert waiting
        db.session.execute(update(User).where(User.id == ada.id).values(epoch=User.epoch))

    assert meet(context, begin, suspend, go_on) == ""
    assert db.session.get_one(User, ada.id).is_suspended
