"""What the background work looks for: entries whose HTML or whose terms were made by older rules."""

from itertools import accumulate
from typing import Any

from sqlalchemy import Row, Select, func, literal, select

from app.extensions import db
from app.models import Entry, EntrySearch, User
from app.search.languages import TERMS_VERSION


def wanting_index() -> list[tuple[int, str]]:
    """Return the ids and languages of people whose entries are findable by other rules than they should be."""
    rules = literal(f"{TERMS_VERSION} ") + User.search_languages
    found = db.session.execute(select(User.id, User.search_languages).where(User.indexed_as != rules))
    return [(row.id, row.search_languages) for row in found]


def not_indexed_as(user_id: int, rules: str, limit: int, characters: int) -> list[Row[*tuple[Any, ...]]]:
    """Return some of a person's entries whose terms were made by other rules, with their texts."""
    is_other = (Entry.user_id == user_id, func.coalesce(EntrySearch.rules, "") != rules)
    lengths = select(Entry.id, func.length(Entry.body)).outerjoin(EntrySearch, EntrySearch.entry_id == Entry.id).where(*is_other)
    columns = (Entry.id, Entry.version, Entry.title, Entry.body)
    return list(db.session.execute(select(*columns).where(Entry.id.in_(_some(lengths.limit(limit), characters)))))


def outdated(html_version: int, limit: int, characters: int) -> list[Row[*tuple[Any, ...]]]:
    """Return id, uid, writer, version and body of up to `limit` entries whose HTML an older renderer made."""
    lengths = select(Entry.id, func.length(Entry.body)).where(Entry.html_version < html_version).limit(limit)
    columns = (Entry.id, Entry.uid, Entry.user_id, Entry.version, Entry.body)
    return list(db.session.execute(select(*columns).where(Entry.id.in_(_some(lengths, characters)))))


def _some(lengths: Select[int, int], characters: int) -> list[int]:
    """Return the first ids whose texts have together no more than so many characters; the first of all in any case."""
    rows = db.session.execute(lengths).all()
    together = accumulate(length for _id, length in rows)
    return [row.id for number, (row, sum_) in enumerate(zip(rows, together, strict=True)) if number == 0 or sum_ <= characters]
