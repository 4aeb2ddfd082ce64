"""What lies in a person's trash."""

from typing import Any

from sqlalchemy import Row, func, select

from app.extensions import db
from app.models import Entry


def list_trashed(user_id: int) -> list[Row[*tuple[Any, ...]]]:
    """Return what lies in a person's trash, thrown away last first."""
    return list(
        db.session.execute(
            select(Entry.id, Entry.title, Entry.excerpt, Entry.entry_date, Entry.trashed_at, Entry.visibility)
            .where(Entry.user_id == user_id, Entry.trashed_at.is_not(None))
            .order_by(Entry.trashed_at.desc(), Entry.id.desc())
            .limit(500)
        )
    )


def number_in_trash(user_id: int) -> int:
    """Return how many entries of a person lie in the trash."""
    return db.session.scalar(select(func.count()).where(Entry.user_id == user_id, Entry.trashed_at.is_not(None))) or 0
