"""Figures of a journal: days, entries and words are kept counts (`WrittenDay`), the rest is one walk along a year's part of an index.

Neither costs more for the other years of a long journal.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, bindparam, func, literal, literal_column, select, text, union_all
from sqlalchemy.orm import InstrumentedAttribute

from app.extensions import db
from app.models import Entry, WrittenDay
from app.models.entry import SECONDS_A_DAY, sort_key_of
from app.queries import calendar, tags
from app.queries.suggestions import HAS_PLACE

MAX_NAMES = MAX_TAGS = 12


@dataclass(frozen=True)
class Figure:
    """One row: what it is of (a month, a weekday or an hour as a number, or a word), and its days or entries, and words."""

    of: Any
    number: int
    words: int = 0


@dataclass(frozen=True)
class Year:
    """What was written in a year: days, entries and words in all, by month (1 to 12), weekday (0 is Monday), hour, mood and place."""

    days: int
    entries: int
    words: int
    months: Sequence[Figure]
    weekdays: Sequence[Figure]
    hours: Sequence[Figure]
    moods: Sequence[Figure]
    places: Sequence[Figure]


def _of_the_year(*columns: Any) -> Select[*tuple[Any, ...]]:
    return select(*columns).where(*calendar.MINE, calendar.SINCE_FIRST, calendar.BEFORE_AFTER)


_HOUR = (Entry.sort_key % literal_column(str(SECONDS_A_DAY), Integer)) // literal_column("3600", Integer)
_HOURS = _of_the_year(_HOUR.label("hour"), func.count(), func.sum(Entry.word_count)).where(Entry.entry_time.is_not(None)).group_by(_HOUR)

_YEARS = (
    select(WrittenDay.year, func.count(), func.sum(WrittenDay.words))
    .where(WrittenDay.user_id == bindparam("user_id"))
    .group_by(WrittenDay.year)
    .order_by(WrittenDay.year)
)


def _most_named(column: InstrumentedAttribute[str], is_named: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """Return what finds the words that most entries of a year have in this column."""
    named = _of_the_year(column.label("name"), func.count().label("number")).where(is_named).group_by(column)
    most = named.order_by(func.count().desc(), column).limit(MAX_NAMES).subquery()
    return select(literal(column.key).label("column"), most.c.name, most.c.number)


_NAMES = union_all(_most_named(Entry.mood, Entry.mood != ""), _most_named(Entry.place_name, HAS_PLACE)).order_by(
    text("number DESC"), text("name")
)


def year(user_id: int, number: int, week_begins_on: int = 0) -> Year:
    """Return the figures of one year (1 to 9999) of a person's journal; weekdays (0 is Monday) begin with this one."""
    first, last = date(number, 1, 1), date(number, 12, 31)
    written = calendar.written_days(user_id, first, last)
    span = {"user_id": user_id, "first": sort_key_of(first), "after": sort_key_of(last) + SECONDS_A_DAY}
    connection = db.session.connection()
    hours = {hour: Figure(hour, entries, words) for hour, entries, words in connection.execute(_HOURS, span)}
    names = connection.execute(_NAMES, span).all()
    return Year(
        days=len(written),
        entries=sum(entries for entries, _words in written.values()),
        words=sum(words for _entries, words in written.values()),
        months=_by(written, [day.month for day in written], range(1, 13)),
        weekdays=_by(written, [day.weekday() for day in written], [(week_begins_on + day) % 7 for day in range(7)]),
        hours=[hours.get(hour, Figure(hour, 0)) for hour in range(24)] if hours else [],
        moods=[Figure(name, entries) for column, name, entries in names if column == Entry.mood.key],
        places=[Figure(name, entries) for column, name, entries in names if column == Entry.place_name.key],
    )


def years(user_id: int) -> list[Figure]:
    """Return the written days and the words of every year in which a person wrote, the earliest first."""
    return [Figure(*row) for row in db.session.connection().execute(_YEARS, {"user_id": user_id})]


def most_used_tags(user_id: int) -> list[Figure]:
    """Return the tags that most of a person's entries have, whatever the year; their counts are kept."""
    return [Figure(name, entries) for name, entries in tags.most_used(user_id, MAX_TAGS)]


def _by(written: dict[date, tuple[int, int]], keys: Sequence[int], all_keys: Sequence[int]) -> list[Figure]:
    days, words = Counter(keys), Counter[int]()
    for key, (_entries, number) in zip(keys, written.values(), strict=True):
        words[key] += number
    return [Figure(key, days[key], words[key]) for key in all_keys]
