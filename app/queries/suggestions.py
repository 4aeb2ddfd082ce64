"""What the writing page offers: the tags that one uses most, and the places of late."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import CompoundSelect, bindparam, func, literal, literal_column, select, union_all

from app.extensions import db
from app.models import Entry, Tag
from app.queries import calendar

MOST, LATEST = 20, 200
HAS_PLACE = Entry.place_name != literal_column("''")


@dataclass(frozen=True)
class Suggestions:
    """Names of a person's tags, those of most entries first, and of places, those of the latest entries first."""

    tags: list[str]
    places: list[str]


def _statement() -> CompoundSelect[*tuple[Any, ...]]:
    """Return what finds both; of a journal's places only those of its latest entries with one, whatever its size."""
    mine = (Tag.user_id == bindparam("user_id"), Tag.entry_count > 0)
    used = select(Tag.name, Tag.entry_count.label("rank"), Tag.name_folded.label("folded")).where(*mine)
    used = used.order_by(Tag.entry_count.desc(), Tag.name_folded).limit(MOST)
    placed = select(Entry.place_name, Entry.sort_key).where(*calendar.MINE, HAS_PLACE)
    latest = placed.order_by(Entry.sort_key.desc()).limit(LATEST).subquery()
    been = select(latest.c.place_name, func.max(latest.c.sort_key).label("rank"), latest.c.place_name.label("folded"))
    been = been.group_by(latest.c.place_name).order_by(func.max(latest.c.sort_key).desc()).limit(MOST)
    both = [select(literal(name).label("kind"), found.subquery()) for name, found in (("tag", used), ("place", been))]
    return union_all(*both).order_by(literal_column("kind"), literal_column("rank").desc(), literal_column("folded"))


_BOTH = _statement()
NONE = Suggestions([], [])


def for_writing(user_id: int) -> Suggestions:
    """Return what is offered to a person who writes."""
    rows = db.session.connection().execute(_BOTH, {"user_id": user_id}).all()
    return Suggestions(*[[row.name for row in rows if row.kind == kind] for kind in ("tag", "place")])
