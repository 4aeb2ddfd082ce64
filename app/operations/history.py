"""Bringing an earlier version back, and thinning out what is older than anybody needs."""

from datetime import datetime, timedelta

from sqlalchemy import delete, func, select

from app.database.transactions import batches
from app.extensions import db
from app.models import Entry, Revision
from app.operations import entries
from app.operations.entries import EntryInput

KEPT_FINE = timedelta(minutes=10)
ONE_EVERY_SECONDS = 600
MIN_KEPT = 50
KEPT_FOR = timedelta(days=90)
ENTRIES_AT_ONCE = 100


def input_of(entry: Entry, revision: Revision) -> EntryInput:
    """Return an input that makes an entry what it was; who may read it stays as it is now."""
    return EntryInput(
        uid=entry.uid,
        title=revision.title,
        body=revision.body,
        entry_date=revision.entry_date,
        entry_time=revision.entry_time,
        timezone=revision.timezone,
        visibility=entry.visibility,
        tags=list(revision.tags),
        mood=revision.mood,
        place=revision.place,
    )


def bring_back(entry: Entry, entry_input: EntryInput, now: datetime) -> Entry:
    """Make an entry what the input of an earlier version says; what it is now stays in the history."""
    return entries.revise(entry, entry_input, entry.version, now)


def prune_revisions(now: datetime, after: int = 0) -> int | None:
    """Thin out the history of some entries, those with ids beyond `after`, and return where to go on, None at the end.

    The newest fifty versions of an entry stay, and all of the last ten minutes; of older ones one for each ten minutes, and
    those older than 90 days go.
    """
    many = select(Revision.entry_id).where(Revision.entry_id > after).group_by(Revision.entry_id).having(func.count() > MIN_KEPT)
    entry_ids = list(db.session.scalars(many.order_by(Revision.entry_id).limit(ENTRIES_AT_ONCE)))
    for entry_id in entry_ids:
        needless = _prunable(entry_id, now)
        for some in batches(needless):
            gone = delete(Revision).where(Revision.id.in_(some))
            db.session.execute(gone.execution_options(synchronize_session=False))
    return entry_ids[-1] if len(entry_ids) == ENTRIES_AT_ONCE else None


def _prunable(entry_id: int, now: datetime) -> list[int]:
    newest_first = (Revision.version.desc(), Revision.snapshot.desc())
    rows = db.session.execute(select(Revision.id, Revision.saved_at).where(Revision.entry_id == entry_id).order_by(*newest_first)).all()
    needless, buckets = [], set()
    for number, row in enumerate(rows):
        bucket = int(row.saved_at.timestamp()) // ONE_EVERY_SECONDS
        is_needed = number < MIN_KEPT or now - row.saved_at < KEPT_FINE or (bucket not in buckets and now - row.saved_at < KEPT_FOR)
        buckets.add(bucket)
        if not is_needed:
            needless.append(row.id)
    return needless
