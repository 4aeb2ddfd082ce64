"""Pages by cursor: a page begins where another ended, so that it stays right while entries are added, and costs the same anywhere."""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from app.models.entry import SECONDS_A_DAY
from app.text.folding import whole_number

Row = TypeVar("Row")

PAGE_SIZE = 20
_MAX_SORT_KEY = 2**40
_MAX_ID = 2**31 - 1


@dataclass(frozen=True)
class Cursor:
    """Where in the order of entries a page begins or ends: after (older than) or before (newer than) this entry."""

    sort_key: int
    entry_id: int
    is_older: bool = True

    def __str__(self) -> str:
        return f"{self.sort_key}-{self.entry_id}"


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Rows, newest first, with the cursors of the pages on either side where there are any."""

    rows: Sequence[Row]
    newer: Cursor | None = None
    older: Cursor | None = None


def read_cursor(older: str | None, newer: str | None) -> Cursor | None:
    """Return the cursor that `?older=` or `?newer=` carries; anything that is none means the first page."""
    text, is_older = (older, True) if older else (newer, False)
    sort_key, dash, entry_id = (text or "").partition("-")
    place, number = whole_number(sort_key, _MAX_SORT_KEY), whole_number(entry_id, _MAX_ID)
    return None if not dash or place is None or number is None else Cursor(place, number, is_older)


def read_month(text: str) -> date | None:
    """Return the first day of the month that `?month=yyyy-mm` names; None for what is no month."""
    year, _dash, month = text.partition("-")
    try:
        return date.fromisoformat(f"{year}-{month}-01")
    except ValueError:
        return None


def at_month(first: date) -> Cursor:
    """Return where the month of this first day begins for those who go back in time."""
    following = first.toordinal() + monthrange(first.year, first.month)[1]
    return Cursor(following * SECONDS_A_DAY, 0)
