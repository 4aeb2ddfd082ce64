"""The trash: putting entries in, taking them out, and letting go of them."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, select

from app import housekeeping
from app.database import batches
from app.extensions import db
from app.models import Entry, Person
from app.operations import attachments, tags

KEPT_FOR = timedelta(days=30)


def discard(entry: Entry, now: datetime) -> None:
    """Put an entry, its tags loaded, into the trash; one that is there already stays as it is."""
    if entry.is_trashed:
        return
    entry.trashed_at = now
    tags.count({tag.id for tag in entry.tags}, -1)
    db.session.flush()


def restore(entry: Entry) -> None:
    """Take an entry, its tags loaded, out of the trash again."""
    if not entry.is_trashed:
        return
    entry.trashed_at = None
    tags.count({tag.id for tag in entry.tags}, 1)
    db.session.flush()


def delete_for_good(entry: Entry) -> None:
    """Remove an entry that is in the trash, with its revisions and its words in the index."""
    if not entry.is_trashed:
        raise ValueError("only what is in the trash can be deleted")
    _remove([entry.id], Entry.trashed_at.is_not(None))


def empty(writer: Person) -> int:
    """Remove everything from a person's trash and return how many entries that were."""
    trashed = Entry.trashed_at.is_not(None)
    return _remove(db.session.scalars(select(Entry.id).where(Entry.user_id == writer.id, trashed)).all(), trashed)


def expire(now: datetime) -> int:
    """Remove what has been in anybody's trash for 30 days and return how many entries that were."""
    too_old = Entry.trashed_at < now - KEPT_FOR
    return _remove(db.session.scalars(select(Entry.id).where(too_old)).all(), too_old)


def _remove(entry_ids: Sequence[int], condition: ColumnElement[bool]) -> int:
    """Remove those of these entries for which the condition still holds, with their files: one may have been restored meanwhile."""
    removed = 0
    if entry_ids:
        housekeeping.ask_to_forget_words()
    for some in batches(entry_ids):
        files = attachments.belonging_to(some)
        gone = delete(Entry).where(Entry.id.in_(some), condition).returning(Entry.id)
        removed += len(db.session.scalars(gone.execution_options(synchronize_session=False)).all())
        attachments.let_go(files)
    return removed
