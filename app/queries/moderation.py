"""Which pages are hidden, and why."""

from typing import Any

from sqlalchemy import ColumnElement, Row, case, select
from sqlalchemy.orm import joinedload

from app.extensions import db
from app.models import Entry, HiddenFlag, ModerationAction, User, Visibility


def reason_for(entry_id: int) -> ModerationAction | None:
    """Return why and since when an entry is hidden."""
    return db.session.scalars(select(ModerationAction).where(ModerationAction.entry_id == entry_id)).one_or_none()


def hidden() -> list[Row[*tuple[Any, ...]]]:
    """Return what is hidden, the latest first; the title only of what is still public, since no other is a moderator's to read."""
    readable = (
        (Entry.visibility == Visibility.PUBLIC.value) & Entry.trashed_at.is_(None) & (Entry.hidden_flags == HiddenFlag.BY_MODERATOR.value)
    )
    title = case((readable, Entry.title), else_=None).label("title")
    columns = (Entry.id, title, User.username.label("writer"), readable.label("is_readable"), ModerationAction.at, ModerationAction.reason)
    statement = (
        select(*columns)
        .select_from(ModerationAction)
        .join(Entry, Entry.id == ModerationAction.entry_id)
        .join(User, User.id == Entry.user_id)
    )
    statement = statement.where(User.closed_at.is_(None))
    return list(db.session.execute(statement.order_by(ModerationAction.at.desc(), ModerationAction.entry_id.desc()).limit(200)))


def to_hide(entry_id: int, *, for_change: bool = False) -> Entry | None:
    """Return an entry that everybody can read, with its writer, as it is now."""
    public = (Entry.visibility == Visibility.PUBLIC.value, Entry.hidden_flags == 0, Entry.trashed_at.is_(None))
    return _one(entry_id, *public, for_change=for_change)


def to_show(entry_id: int) -> Entry | None:
    """Return a hidden entry, in the trash or not, with its writer, as it is now and locked where the database can."""
    return _one(entry_id, Entry.hidden_flags.op("&")(HiddenFlag.BY_MODERATOR.value) != 0, for_change=True)


def _one(entry_id: int, *conditions: ColumnElement[bool], for_change: bool) -> Entry | None:
    found = select(Entry).where(Entry.id == entry_id, *conditions).options(joinedload(Entry.user, innerjoin=True))
    found = found.with_for_update(of=Entry) if for_change else found
    return db.session.scalars(found.execution_options(populate_existing=True)).one_or_none()
