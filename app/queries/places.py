"""Which places a person names."""

from typing import Any

from sqlalchemy import func, literal_column, select

from app.extensions import db
from app.models import Entry
from app.queries import calendar

MAX_KNOWN, LATEST = 20, 200
HAS_PLACE = Entry.place_name != literal_column("''")

_LATEST = select(Entry.place_name, Entry.sort_key).where(*calendar.MINE, HAS_PLACE).order_by(Entry.sort_key.desc()).limit(LATEST).subquery()
_KNOWN = select(_LATEST.c.place_name).group_by(_LATEST.c.place_name).order_by(func.max(_LATEST.c.sort_key).desc()).limit(MAX_KNOWN)


def latest(user_id: int) -> list[str]:
    """Return the places of a person's latest entries that have one, each once, the latest first; the rest of the journal costs nothing."""
    values: dict[str, Any] = {"user_id": user_id}
    return list(db.session.connection().scalars(_KNOWN, values))
