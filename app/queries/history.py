"""Earlier versions of an entry."""

from typing import Any

from sqlalchemy import Row, func, select

from app.extensions import db
from app.models import Revision


def list_versions(entry_id: int) -> list[Row[*tuple[Any, ...]]]:
    """Return an entry's earlier versions without their texts, the latest first."""
    columns = (Revision.version, Revision.snapshot, Revision.title, Revision.entry_date, Revision.saved_at, func.length(Revision.body))
    latest_first = (Revision.version.desc(), Revision.snapshot.desc())
    return list(db.session.execute(select(*columns).where(Revision.entry_id == entry_id).order_by(*latest_first).limit(1000)))


def one(entry_id: int, version: int, snapshot: int) -> Revision | None:
    """Return one earlier version with its text."""
    wanted = (Revision.entry_id == entry_id, Revision.version == version, Revision.snapshot == snapshot)
    return db.session.scalars(select(Revision).where(*wanted)).one_or_none()


def number_of(entry_id: int) -> int:
    """Return how many earlier versions an entry has."""
    return db.session.scalar(select(func.count()).where(Revision.entry_id == entry_id)) or 0
