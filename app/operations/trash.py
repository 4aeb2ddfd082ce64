"""The trash: putting entries in, taking them out, and letting go of them."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, delete, select

from app.database.transactions import batches
from app.extensions import db
from app.models import Draft, Entry, HasUserId, Visibility
from app.operations import attachments, drafts, entries, tags
from app.storage import retention
from app.text import places
from app.text.folding import clean_line
from app.text.tags import parse

KEPT_FOR = timedelta(days=30)


def discard(entry: Entry, now: datetime) -> None:
    """Put an entry, its tags loaded, into the trash; one that is there already stays as it is."""
    if entry.is_trashed:
        return
    tags.count({tag.id for tag in entry.tags}, -1)
    entry.trashed_at = now
    db.session.flush()


def entry_of_draft(draft: Draft, timezone: str) -> entries.EntryInput | None:
    """Return what a draft is as an entry of its own, private and on its day as far as that can be read; None for one without words."""
    if not draft.title.strip() and not draft.body.strip():
        return None
    day, clock_time = _day_of(draft), _time_of(draft)
    title, body = clean_line(draft.title)[: Entry.MAX_TITLE_LENGTH], draft.body[: Entry.MAX_BODY_LENGTH]
    names, place = parse(draft.tags), places.read(clean_line(draft.place))
    return entries.EntryInput(title, body, day, clock_time, timezone, Visibility.PRIVATE.value, names, draft.mood, place)


def discard_draft(writer: HasUserId, draft_id: int, revision_number: int, text: entries.EntryInput | None, now: datetime) -> bool:
    """Put what this state of a draft says into the trash, remove the draft, and say whether it was in that state still."""
    if not drafts.discard(writer, draft_id, revision_number):
        return False
    if text is not None:
        discard(entries.write(writer, text, now), now)
    return True


def _day_of(draft: Draft) -> date:
    with suppress(ValueError):
        return date.fromisoformat(draft.entry_date)
    return draft.created_at.date()


def _time_of(draft: Draft) -> time | None:
    with suppress(ValueError):
        return time.fromisoformat(draft.entry_time).replace(second=0, microsecond=0, tzinfo=None)
    return None


def restore(entry: Entry) -> None:
    """Take an entry, its tags loaded, out of the trash again."""
    if not entry.is_trashed:
        return
    tags.count({tag.id for tag in entry.tags}, 1)
    entry.trashed_at = None
    db.session.flush()


def delete_for_good(entry: Entry) -> None:
    """Remove an entry that is in the trash, with its revisions and its words in the index."""
    if not entry.is_trashed:
        raise ValueError("only what is in the trash can be deleted")
    _remove([entry.id], Entry.trashed_at.is_not(None))


def empty(writer: HasUserId) -> int:
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
        retention.ask_to_forget_words()
    for some in batches(entry_ids):
        files, tagged = attachments.belonging_to(some), tags.of_entries(some)
        gone = delete(Entry).where(Entry.id.in_(some), condition).returning(Entry.id)
        removed += len(db.session.scalars(gone.execution_options(synchronize_session=False)).all())
        attachments.delete_files(files)
        tags.forget_unused(tagged)
    return removed
