"""What stands above the journal: this day in an earlier year, and how far there is to go back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam, exists, select

from app.extensions import db
from app.models import Entry
from app.models.entry import SECONDS_A_DAY, month_days, sort_key_of
from app.queries import calendar
from app.queries.entries import IS_SHARED, Listed, listed
from app.text.quiet_days import Span, is_quiet

LOOKED_AT = 100
"""So many of the newest shared entries are looked at for one of somebody else."""
MAX_MEMORIES, MAX_LOOKED_THROUGH = 20, 400
"""So many entries of a date are looked at for one to show, and where some days are to be left out."""


class Overview(NamedTuple):
    """The first and the last year that a person wrote about (None before the first entry), and whether others share entries."""

    first_year: int | None
    last_year: int | None
    others_share: bool


@dataclass(frozen=True)
class Memory:
    """The latest entry of this day in an earlier year, how many years ago that was, and how many more years have one."""

    entry: Listed
    years_ago: int
    more: int


def _overview() -> Select[*tuple[Any, ...]]:
    shared = select(Entry.user_id).where(IS_SHARED).order_by(Entry.sort_key.desc(), Entry.id.desc()).limit(LOOKED_AT).subquery()
    return select(
        calendar.EARLIEST.scalar_subquery(),
        calendar.LATEST.scalar_subquery(),
        exists(select(shared.c.user_id).where(shared.c.user_id != bindparam("user_id"))),
    )


_OVERVIEW = _overview()
_MEMORIES = calendar.SAME_DATE.where(Entry.sort_key < bindparam("before")).limit(bindparam("most"))


def overview(user_id: int) -> Overview:
    """Return how far a person's journal reaches, and whether anybody else shares entries."""
    first, last, others_share = db.session.connection().execute(_OVERVIEW, {"user_id": user_id}).one()
    return Overview(_year_of(first), _year_of(last), bool(others_share))


def memory(user_id: int, day: date, quiet: Sequence[Span] = ()) -> Memory | None:
    """Return what a person wrote on this day of an earlier year, None where that is nothing; days in `quiet` are left out."""
    rows = listed(
        _MEMORIES,
        {
            "user_id": user_id,
            "month_days": month_days(day),
            "before": sort_key_of(day),
            "most": MAX_LOOKED_THROUGH if quiet else MAX_MEMORIES,
        },
    )
    found = [row for row in rows if not is_quiet(row.entry_date, quiet)]
    if not found:
        return None
    years = {row.entry_date.year for row in found}
    return Memory(found[0], day.year - found[0].entry_date.year, len(years) - 1)


def _year_of(sort_key: int | None) -> int | None:
    return None if sort_key is None else date.fromordinal(sort_key // SECONDS_A_DAY).year
