"""Writing an entry, and changing it without ever losing what it was."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from functools import cached_property
from typing import Any, Self

from sqlalchemy import ColumnElement, case, func, select, update
from sqlalchemy.exc import IntegrityError

from app.extensions import db
from app.models import Entry, HasUserId, HiddenFlag, Revision, User, Visibility
from app.operations import attachments, tags
from app.operations.errors import StaleEntry
from app.queries import attachments as files_of
from app.queries import entries
from app.search import index
from app.search.languages import DEFAULT
from app.text import digest, markdown, summary, words
from app.text.attachments import Files
from app.text.folding import fold
from app.text.places import NOWHERE, Place
from app.text.tags import level


@dataclass(frozen=True)
class EntryInput:
    """What a person decides about an entry.

    `tags` are tidy names (see `app.text.tags`), `uid` is the entry's, old or new, `files` are those that its text may show,
    `languages` those that the writer writes in.
    """

    title: str
    body: str
    entry_date: date
    entry_time: time | None
    timezone: str
    visibility: str
    tags: list[str] = field(default_factory=list)
    mood: str = ""
    place: Place = NOWHERE
    uid: str = field(default_factory=lambda: str(uuid.uuid4()))
    files: Files = field(default_factory=dict)
    languages: str = DEFAULT

    @classmethod
    def of(cls, entry: Entry, body: str) -> Self:
        """Return what an entry is, but for its text."""
        return cls(
            uid=entry.uid,
            title=entry.title,
            body=body,
            entry_date=entry.entry_date,
            entry_time=entry.entry_time,
            timezone=entry.timezone,
            visibility=entry.visibility,
            tags=entry.tag_names,
            mood=entry.mood,
            place=entry.place,
        )

    @cached_property
    def rendered(self) -> markdown.Rendered:
        """The text as it is shown."""
        return markdown.render(self.body, self.uid[:8], self.files)

    @cached_property
    def words(self) -> index.Words:
        """What of it can be found."""
        return index.words_of(self.title, self.body, self.languages)

    def prepare(self, writer: HasUserId) -> Self:
        """Render the text, with its writer's files, and split it into words now, rather than while the database is held."""
        ready = replace(self, files=files_of.shown(writer.id, self.body), languages=writer.search_languages)
        _ = ready.rendered, ready.words
        return ready


def write(
    writer: HasUserId,
    entry_input: EntryInput,
    now: datetime,
    *,
    form_id: str | None = None,
    seen: Callable[[Entry], int] = lambda _entry: 1,
) -> Entry:
    """Make an entry and return it.

    `form_id` names the form it came from. The same form sent twice makes one entry: the same text again changes nothing,
    another text is the next version of it, unless it was changed meanwhile (StaleEntry): `seen` says which version of it the form has
    seen. Where that entry lies in the trash by now, a new one is made.
    """
    wanted = tags.named(writer.id, entry_input.tags)
    entry = new(writer, entry_input, now, form_id=form_id)
    entry.hidden_flags = _hidden_flags(writer.id)
    try:
        with db.session.begin_nested():
            db.session.add(entry)
    except IntegrityError:
        earlier = entries.by_form_id(writer.id, form_id) if form_id else None
        if earlier is None:
            raise
        if earlier.is_trashed:
            earlier.form_id = None
            db.session.flush()
            return write(writer, entry_input, now, form_id=form_id)
        return revise(earlier, entry_input, seen(earlier), now)
    if wanted:
        tags.set_tags(entry, wanted)
    attachments.link_to_entry(entry, "")
    index.put(entry.id, writer.id, entry_input.words)
    return entry


def new(writer: HasUserId, entry_input: EntryInput, now: datetime, *, form_id: str | None = None) -> Entry:
    """Return an entry with its text rendered and its day set, in no session yet and without tags."""
    entry = Entry(uid=entry_input.uid, user_id=writer.id, form_id=form_id, created_at=now, updated_at=now, version=1, tags_text="", tags=[])
    _take_over(entry, entry_input)
    return entry


def revise(entry: Entry, entry_input: EntryInput, version: int, now: datetime) -> Entry:
    """Change an entry that was read at `version`, keep what it was as a revision, and return it.

    An input that changes nothing changes nothing. Raises StaleEntry when the entry is at another version by now.
    """
    if _says_the_same(entry, entry_input):
        return entry
    if entry.version != version or entry.is_trashed:
        raise StaleEntry(entry)
    wanted = tags.for_change(entry, entry_input.tags)
    db.session.add(_kept(entry))
    before = entry.body
    entry.version += 1
    entry.updated_at = now
    _take_over(entry, entry_input)
    tags.set_tags(entry, wanted)
    attachments.link_to_entry(entry, before)
    db.session.flush()
    index.put(entry.id, entry.user_id, entry_input.words)
    return entry


def star(entry: Entry, now: datetime | None) -> None:
    """Mark an entry with a star, or take it away (None); its text and its version stay."""
    entry.starred_at = entry.starred_at or now if now else None
    db.session.flush()


def put_rendering(entry_id: int, version: int, rendered: markdown.Rendered) -> None:
    """Show an entry in a new rendering, if it is still at the version that was rendered."""
    shown = _shown(rendered)
    db.session.execute(
        update(Entry).where(Entry.id == entry_id, Entry.version == version).values(shown).execution_options(synchronize_session=False)
    )


def put_words(entry_id: int, user_id: int, version: int, findable: index.Words) -> None:
    """Make an entry findable by other terms, if it is still at the version they were made of."""
    if db.session.scalar(select(Entry.version).where(Entry.id == entry_id).with_for_update()) == version:
        index.put(entry_id, user_id, findable)


def note_indexed(user_id: int, codes: str, rules: str) -> None:
    """Note by what rules a person's entries are findable, if the languages are still the same."""
    same = (User.id == user_id, User.search_languages == codes)
    db.session.execute(update(User).where(*same).values(indexed_as=rules).execution_options(synchronize_session=False))


def _hidden_flags(writer_id: int) -> ColumnElement[int]:
    """Return what a new entry is hidden by: one that is saved while its writer closes the account is hidden as the others are."""
    closed = select(case((User.closed_at.is_(None), 0), else_=HiddenFlag.ACCOUNT_CLOSED.value)).where(User.id == writer_id)
    return func.coalesce(closed.scalar_subquery(), 0)


def _shown(rendered: markdown.Rendered) -> dict[str, Any]:
    """Return the columns that stand beside a body: HTML, the beginning, and the number of words."""
    excerpt, number = summary.excerpt(summary.blocks_apart(rendered.words) or rendered.captions), words.count(rendered.words)
    return {
        "html": rendered.html,
        "html_version": markdown.RENDERER_VERSION,
        "excerpt": excerpt,
        "word_count": number,
        "shown_digest": digest.of_shown(rendered.html, excerpt, number),
    }


def _take_over(entry: Entry, entry_input: EntryInput) -> None:
    if entry_input.visibility != entry.visibility:
        entry.published_at = entry.updated_at if entry_input.visibility == Visibility.PUBLIC else None
    entry.title, entry.visibility, entry.mood = entry_input.title, entry_input.visibility, entry_input.mood
    entry.place = entry_input.place
    if entry.body != entry_input.body:
        entry.body = entry_input.body
        for name, value in _shown(entry_input.rendered).items():
            setattr(entry, name, value)
    entry.set_date(entry_input.entry_date, entry_input.entry_time, entry_input.timezone)
    entry.digest = digest.of_text(entry.title, entry.body, entry.entry_date, entry.entry_time)


def _says_the_same(entry: Entry, entry_input: EntryInput) -> bool:
    decided = ("title", "body", "entry_date", "entry_time", "visibility", "mood", "place")
    tags_now, tags_then = {fold(level(tag.name)) for tag in entry.tags}, {fold(level(name)) for name in entry_input.tags}
    return tags_now == tags_then and all(getattr(entry, name) == getattr(entry_input, name) for name in decided)


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
        mood=entry.mood,
        place=entry.place,
        saved_at=entry.updated_at,
        digest=entry.digest,
    )
