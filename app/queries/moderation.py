"""Which pages are hidden, and why."""

from typing import Any

from sqlalchemy import Row, case, select
from sqlalchemy.orm import joinedload

from app.extensions import db
from app.models import Entry, Hiding, User, Visibility, Withheld


def reason_for(entry_id: int) -> Hiding | None:
    """Return why and since when an entry is hidden."""
    return db.session.scalars(select(Hiding).where(Hiding.entry_id == entry_id)).one_or_none()


def hidden() -> list[Row[*tuple[Any, ...]]]:
    """Return what is hidden, the latest first; the title only of what is still public, since no other is a moderator's to read."""
    readable = (Entry.visibility == Visibility.PUBLIC.value) & Entry.trashed_at.is_(None) & (Entry.withheld == Withheld.HIDDEN.value)
    title = case((readable, Entry.title), else_=None).label("title")
    columns = (Entry.id, title, User.username.label("writer"), readable.label("is_readable"), Hiding.at, Hiding.reason)
    statement = select(*columns).select_from(Hiding).join(Entry, Entry.id == Hiding.entry_id).join(User, User.id == Entry.user_id)
    return list(db.session.execute(statement.order_by(Hiding.at.desc(), Hiding.entry_id.desc()).limit(200)))


def for_change(entry_id: int) -> Entry | None:
    """Return an entry that is public or hidden, with its writer, as it is now and locked where the database can."""
    hidden_or_public = (Entry.visibility == Visibility.PUBLIC.value) | (Entry.withheld.op("&")(Withheld.HIDDEN.value) != 0)
    return db.session.scalars(
        select(Entry)
        .where(Entry.id == entry_id, Entry.trashed_at.is_(None), hidden_or_public)
        .options(joinedload(Entry.user, innerjoin=True))
        .with_for_update(of=Entry)
        .execution_options(populate_existing=True)
    ).one_or_none()
