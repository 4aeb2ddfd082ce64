"""The kept counts of days: as a count of the entries says, whatever becomes of them."""

from datetime import date, time

import pytest
from flask import Flask
from sqlalchemy import delete, update

from app import clock
from app.backup import integrity
from app.database.transactions import writing
from app.extensions import db
from app.models import Entry, Tag, User, WrittenDay
from app.operations import entries, trash
from app.queries import calendar, statistics
from app.queries import entries as asking
from tests.cli.test_journals import run
from tests.factories import Factory, draft

DAY, NEXT, YEAR_ONE = date(2025, 6, 1), date(2025, 6, 2), date(1, 1, 1)


def counted(factory: Factory) -> dict[date, tuple[int, int]]:
    """Return Ada's written days, which the check of the whole journal finds right."""
    with db.engine.connect() as connection:
        assert [fault for fault in integrity.check(connection).faults if "than it counts" in fault] == []
    return calendar.written_days(factory.ada.id, date.min, date.max)


def own(factory: Factory, entry: Entry, *, in_trash: bool = False) -> Entry:
    found = asking.own(entry.id, factory.ada, in_trash=in_trash)
    assert found
    return found


def test_every_change_of_an_entry_is_counted(context: Flask, factory: Factory) -> None:
    first, second = factory.entry(body="One two three.", day=DAY), factory.entry(body="Four.", day=DAY, at=time(9))
    factory.entry(factory.ben, body="Somebody else's day.", day=DAY)
    assert counted(factory) == {DAY: (2, 4)}
    with writing():
        entries.revise(own(factory, first), draft("One two.", day=NEXT), 1, clock.now())
    assert counted(factory) == {DAY: (1, 1), NEXT: (1, 2)}
    with writing():
        trash.discard(own(factory, second), clock.now())
    assert counted(factory) == {NEXT: (1, 2)}
    with writing():
        trash.restore(own(factory, second, in_trash=True))
        entries.star(own(factory, second), clock.now())
    assert counted(factory) == {DAY: (1, 1), NEXT: (1, 2)}
    with writing() as session:
        session.execute(update(Entry).where(Entry.id == second.id).values(word_count=7))
        session.execute(delete(Entry).where(Entry.id == first.id))
    assert counted(factory) == {DAY: (1, 7)}


def test_what_begins_in_the_trash_is_not_counted(context: Flask, factory: Factory) -> None:
    thrown = factory.entry(day=DAY, trashed=True)
    assert counted(factory) == {}
    with writing() as session:
        session.execute(delete(Entry).where(Entry.id == thrown.id))
    assert counted(factory) == {}


def test_counts_go_with_the_account(context: Flask, factory: Factory) -> None:
    factory.entry(day=DAY)
    factory.entry(factory.ben, day=DAY)
    with writing() as session:
        session.execute(delete(User).where(User.id == factory.ada.id))
    assert counted(factory) == {} and statistics.years(factory.ben.id) == [statistics.Figure(2025, 1, 5)]


def test_years_are_the_sums_of_their_days(context: Flask, factory: Factory) -> None:
    for day in (YEAR_ONE, date(1999, 12, 31), date(2000, 1, 1), date(2000, 1, 1), date(9999, 12, 31)):
        factory.entry(body="Two words.", day=day)
    found = [(one.of, one.number, one.words) for one in statistics.years(factory.ada.id)]
    assert found == [(1, 1, 2), (1999, 1, 2), (2000, 1, 4), (9999, 1, 2)]


@pytest.mark.parametrize(
    "change", [{"entries": 2}, {"words": 1}, {"day": DAY.toordinal() + 1}, {"year": 1999}, {"day": 0}, {"day": 2**31 - 1}]
)
def test_the_check_finds_a_wrong_count_and_counting_anew_mends_it(context: Flask, factory: Factory, change: dict[str, int]) -> None:
    factory.entry(day=DAY, tags=["sea"])
    factory.entry(day=DAY, tags=["sea"], trashed=True)
    with writing() as session:
        session.execute(update(WrittenDay).values(change))
        session.execute(update(Tag).values(entry_count=7))
    with db.engine.connect() as connection:
        faults = integrity.check(connection).faults
    assert any(fault.startswith(f"{DAY} has other entries or words") for fault in faults) and any("counts 7" in fault for fault in faults)
    assert "Days recounted: 1." in run(factory.app, "recount") and integrity.check(db.session.connection()).faults == []
    assert counted(factory) == {DAY: (1, 5)}
