"""Writing an entry, and changing it without ever losing what it was."""

import uuid
from dataclasses import dataclass, field
from datetime import date, datetime, time

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.extensions import db
from app.models import Entry, Revision, User
from app.operations import tags
from app.operations.problems import StaleEntry
from app.queries import entries
from app.search import index
from app.text import markdown, summary
from app.text.folding import fold


@dataclass(frozen=True)
class Draft:
    """What a person decides about an entry; `tags` are tidy names (see `app.text.tags`)."""

    title: str
    body: str
    entry_date: date
    entry_time: time | None
    timezone: str
    visibility: str
    tags: list[str] = field(default_factory=list)


def write(writer: User, draft: Draft, now: datetime, *, form_key: str | None = None) -> Entry:
    """Make an entry and return it.

    `form_key` names the form it came from. The same form sent twice makes one entry: the same text again changes nothing,
    another text is the next version of it, unless it was changed meanwhile (StaleEntry).
    """
    earlier = entries.by_form_key(writer.id, form_key) if form_key else None
    if earlier is None:
        entry = new(writer, draft, now, form_key=form_key)
        try:
            with db.session.begin_nested():
                db.session.add(entry)
        except IntegrityError:
            earlier = entries.by_form_key(writer.id, form_key) if form_key else None
            if earlier is None:
                raise
        else:
            tags.set_tags(entry, writer.id, draft.tags)
            index.add(entry)
            return entry
    return revise(earlier, draft, 1, now)


def new(writer: User, draft: Draft, now: datetime, *, form_key: str | None = None, uid: str | None = None) -> Entry:
    """Return an entry with its text rendered and its day set, in no session yet and without tags."""
    entry = Entry(uid=uid or str(uuid.uuid4()), user_id=writer.id, form_key=form_key, created_at=now, updated_at=now, version=1, tags=[])
    _take_over(entry, draft)
    return entry


def revise(entry: Entry, draft: Draft, version: int, now: datetime) -> Entry:
    """Change an entry that was read at `version`, keep what it was as a revision, and return it.

    A draft that changes nothing changes nothing. Raises StaleEntry when the entry is at another version by now.
    """
    if _says_the_same(entry, draft):
        return entry
    if entry.version != version or entry.is_trashed:
        raise StaleEntry(entry)
    db.session.add(_kept(entry))
    entry.version += 1
    entry.updated_at = now
    _take_over(entry, draft)
    tags.set_tags(entry, entry.user_id, draft.tags)
    db.session.flush()
    index.add(entry)
    return entry


def render_outdated(limit: int) -> int:
    """Render again up to `limit` entries whose HTML an older renderer made; return how many there were."""
    outdated = db.session.scalars(select(Entry).where(Entry.html_version < markdown.RENDERER_VERSION).limit(limit)).all()
    for entry in outdated:
        render(entry)
    db.session.flush()
    return len(outdated)


def render(entry: Entry) -> None:
    """Put what is shown of the body beside it: HTML, the beginning, and the number of words."""
    words = markdown.plain(entry.body)
    entry.html = markdown.render(entry.body, entry.uid[:8])
    entry.html_version = markdown.RENDERER_VERSION
    entry.excerpt = summary.excerpt(words)
    entry.word_count = summary.count_words(words)


def _take_over(entry: Entry, draft: Draft) -> None:
    entry.title, entry.visibility = draft.title, draft.visibility
    if entry.body != draft.body:
        entry.body = draft.body
        render(entry)
    entry.place(draft.entry_date, draft.entry_time, draft.timezone)


def _says_the_same(entry: Entry, draft: Draft) -> bool:
    return {tag.name_folded for tag in entry.tags} == {fold(name) for name in draft.tags} and (
        entry.title,
        entry.body,
        entry.entry_date,
        entry.entry_time,
        entry.visibility,
    ) == (draft.title, draft.body, draft.entry_date, draft.entry_time, draft.visibility)


def _kept(entry: Entry) -> Revision:
    return Revision(
        entry_id=entry.id,
        version=entry.version,
        title=entry.title,
        body=entry.body,
        entry_date=entry.entry_date,
        entry_time=entry.entry_time,
        timezone=entry.timezone,
        visibility=entry.visibility,
        tags=entry.tag_names,
        saved_at=entry.updated_at,
    )
