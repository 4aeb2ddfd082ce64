"""Questions about days: which are written, what stands on the same date in other years, which days are next to one."""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import CompoundSelect, bindparam, func, literal, or_, select, tuple_, union_all

from app.extensions import db
from app.models import Entry, WrittenDay
from app.models.entry import SECONDS_A_DAY, month_days, sort_key_of
from app.queries.entries import LISTED, Listed, listed

MAX_MEMORIES = 200


@dataclass(frozen=True)
class Neighbours:
    """The written days before and after one."""

    before: date | None
    after: date | None


MINE = (Entry.user_id == bindparam("user_id"), Entry.trashed_at.is_(None))
SINCE_FIRST, BEFORE_AFTER = Entry.sort_key >= bindparam("first"), Entry.sort_key < bindparam("after")
EARLIEST, LATEST = select(func.min(Entry.sort_key)).where(*MINE), select(func.max(Entry.sort_key)).where(*MINE)

_WRITTEN_DAYS = (
    select(WrittenDay.day, WrittenDay.entries, WrittenDay.words)
    .where(
        WrittenDay.user_id == bindparam("user_id"),
        WrittenDay.year.between(bindparam("first_year"), bindparam("last_year")),
        WrittenDay.day.between(bindparam("first"), bindparam("last")),
    )
    .order_by(WrittenDay.day)
)
_SPAN = select(EARLIEST.scalar_subquery(), LATEST.scalar_subquery())
_DAYS_BESIDE = select(LATEST.where(~SINCE_FIRST).scalar_subquery(), EARLIEST.where(~BEFORE_AFTER).scalar_subquery())


def _entries_beside() -> CompoundSelect[*tuple[Any, ...]]:
    """Return what finds the entries before and after one; each side is one step along the index."""
    place, here = tuple_(Entry.sort_key, Entry.id), tuple_(bindparam("sort_key"), bindparam("entry_id"))
    mine = select(Entry.id, Entry.title, Entry.entry_date).where(*MINE).limit(1)
    earlier = mine.where(place < here).order_by(Entry.sort_key.desc(), Entry.id.desc())
    later = mine.where(place > here).order_by(Entry.sort_key, Entry.id)
    return union_all(*[select(literal(side), found.subquery()) for side, found in (("earlier", earlier), ("later", later))])


_ENTRIES_BESIDE = _entries_beside()


SAME_DATE = LISTED.where(*MINE, Entry.month_day.in_(bindparam("month_days", expanding=True))).order_by(
    Entry.sort_key.desc(), Entry.id.desc()
)
"""A person's entries of one date in all years, the latest first; `month_days` is what `models.entry.month_days` says of the date."""
_IN_OTHER_YEARS = SAME_DATE.where((Entry.sort_key < bindparam("first")) | (Entry.sort_key >= bindparam("after")))


def written_days(user_id: int, first: date, last: date) -> dict[date, tuple[int, int]]:
    """Return, for each day from `first` to `last` that has entries, how many they are and how many words they have; earlier days first."""
    days, years = {"first": first.toordinal(), "last": last.toordinal()}, {"first_year": first.year, "last_year": last.year}
    rows = db.session.connection().execute(_WRITTEN_DAYS, {"user_id": user_id, **days, **years})
    return {date.fromordinal(day): (entries, words) for day, entries, words in rows}


def month(user_id: int, year: int, month_number: int) -> dict[date, tuple[int, int]]:
    """Return the written days of a month (1 to 12)."""
    last = monthrange(year, month_number)[1]
    return written_days(user_id, date(year, month_number, 1), date(year, month_number, last))


def first_and_last_day(user_id: int) -> tuple[date, date] | None:
    """Return the earliest and the latest day that a person wrote about, None before the first entry."""
    first, last = db.session.connection().execute(_SPAN, {"user_id": user_id}).one()
    return None if first is None else (_day_of(first), _day_of(last))


def neighbours(user_id: int, day: date) -> Neighbours:
    """Return the written days on either side of `day`."""
    start = sort_key_of(day)
    values = {"user_id": user_id, "first": start, "after": start + SECONDS_A_DAY}
    earlier, later = db.session.connection().execute(_DAYS_BESIDE, values).one()
    return Neighbours(None if earlier is None else _day_of(earlier), None if later is None else _day_of(later))


class Neighbour(NamedTuple):
    """An entry beside another, as a link names it."""

    id: int
    title: str
    entry_date: date


def neighbouring_entries(entry: Entry) -> tuple[Neighbour | None, Neighbour | None]:
    """Return a person's entries before and after one of theirs, each found by one step along the index."""
    values = {"user_id": entry.user_id, "sort_key": entry.sort_key, "entry_id": entry.id}
    rows = {row[0]: Neighbour(*row[1:]) for row in db.session.connection().execute(_ENTRIES_BESIDE, values)}
    return rows.get("earlier"), rows.get("later")


def same_date_in_other_years(user_id: int, day: date, days_around: int = 0) -> list[Listed]:
    """Return entries of this day of the month in other years, and of so many days before and after it, latest year first.

    Years without a 29 February keep its entries on the 28th.
    """
    near = [day + timedelta(days=number) for number in range(-days_around, days_around + 1) if _is_day(day, number)]
    values = {
        "user_id": user_id,
        "month_days": sorted({month_day for one in near for month_day in month_days(one)}),
        "first": sort_key_of(near[0]),
        "after": sort_key_of(near[-1]) + SECONDS_A_DAY,
    }
    return listed(_IN_OTHER_YEARS.limit(MAX_MEMORIES), values)


def around_years_before(user_id: int, day: date, years: Sequence[int], days_around: int) -> list[Listed]:
    """Return entries of so many days around this date so many years before, the latest first."""
    spans = [_around(one, days_around) for ago in years if (one := years_before(day, ago))]
    if not spans:
        return []
    within = or_(*[(Entry.sort_key >= first) & (Entry.sort_key < after) for first, after in spans])
    mine = LISTED.where(*MINE, within).order_by(Entry.sort_key.desc(), Entry.id.desc())
    return listed(mine.limit(MAX_MEMORIES), {"user_id": user_id})


def years_before(day: date, years: int) -> date | None:
    """Return the same date so many years before, the 28th for a 29 February; None before year 1."""
    if day.year - years < 1:
        return None
    return day.replace(year=day.year - years, day=28 if (day.month, day.day) == (2, 29) else day.day)


def _around(day: date, days: int) -> tuple[int, int]:
    return sort_key_of(day) - days * SECONDS_A_DAY, sort_key_of(day) + (days + 1) * SECONDS_A_DAY


def _is_day(day: date, number: int) -> bool:
    return 1 <= day.toordinal() + number <= date.max.toordinal()


def _day_of(sort_key: int) -> date:
    return date.fromordinal(sort_key // SECONDS_A_DAY)
