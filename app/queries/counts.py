"""The counts that are kept beside entries, counted anew: for the check that compares them, and for putting them right."""

from typing import Any

from sqlalchemy import Integer, Select, extract, func, literal_column, select

from app.models import Entry, Tag, entry_tag
from app.models.entry import SECONDS_A_DAY


def of_days() -> Select[*tuple[Any, ...]]:
    """Return the statement for what `WrittenDay` should hold, in the order of its columns."""
    year = extract("year", Entry.entry_date).cast(Integer).label("year")
    day = (Entry.sort_key // literal_column(str(SECONDS_A_DAY), Integer)).label("day")
    columns = (Entry.user_id, year, day, func.count().label("entries"), func.sum(Entry.word_count).label("words"))
    return select(*columns).where(Entry.trashed_at.is_(None)).group_by(Entry.user_id, year, day)


def of_tag() -> Any:
    """Return what `Tag.entry_count` should be, inside a statement about tags."""
    used = select(func.count()).select_from(entry_tag).join(Entry, Entry.id == entry_tag.c.entry_id)
    return used.where(entry_tag.c.tag_id == Tag.id, Entry.trashed_at.is_(None)).scalar_subquery()
