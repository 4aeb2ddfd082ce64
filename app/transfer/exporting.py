"""Everything of a person, for taking it away: what is exported, and what is not and why."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields
from datetime import datetime
from typing import IO

from flask import current_app
from sqlalchemy import Row, exists, func, select
from sqlalchemy.orm import defer, selectinload

from app.extensions import db
from app.formats import daybook
from app.formats.record import DraftRecord, EntryRecord, FileRecord, RevisionRecord, TemplateRecord
from app.media import kinds
from app.models import Attachment, AttachmentVariant, Draft, Entry, Revision, Template, User
from app.storage import blobs
from app.text import entry_links

BATCH = 20
MAX_CHARACTERS = 1_000_000
"""Of entries that are held at once while a journal is written out; one of more is held alone."""

SETTINGS = (
    *("timezone", "locale", "default_visibility", "day_ends_at", "week_begins_on", "display_name", "theme"),
    *("keep_originals", "lock_after_days", "mood_enabled", "prompt_mode", "prompts", "search_languages"),
    *("prompt_rest_days", "saved_searches", "quiet_days"),
)

DRAFT_COLUMNS = {"key": "form_id", "serial": "revision_number"}
"""What the format calls otherwise than the table does."""


def settings_of(user: User) -> dict[str, str]:
    """Return the settings that go with a journal."""
    return {name: str(getattr(user, name)) for name in SETTINGS}


def write_archive(
    out: IO[bytes], user: User, now: datetime, each: Callable[[Iterator[EntryRecord]], Iterator[EntryRecord]]
) -> dict[str, int]:
    """Write everything of a person to a file and return what it holds; `each` is handed the entries as they go by.

    All of it is read at one moment on SQLite and PostgreSQL, however long it takes. Files that are gone or damaged are named and left
    out. Raises OSError where the archive cannot be written.
    """
    person, settings, user_id = daybook.ExportedPerson(user.username, user.email or "", user.created_at), settings_of(user), user.id
    store = blobs.files()
    db.session.rollback()
    if db.engine.dialect.name == "postgresql":
        db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    with store.keeping():
        files, digests = _files_of(user_id)
        uids = {row.id: row.uid for row in db.session.execute(select(Entry.id, Entry.uid).where(Entry.user_id == user_id))}
        journal = daybook.Journal(
            person=person,
            settings=settings,
            files=files,
            templates=_templates_of(user_id),
            drafts=lambda: _drafts_of(user_id),
            entries=lambda: each(entries_of(user_id)),
            revisions=_revisions_of(user_id),
            read=lambda name: blobs.whole(digests[name]),
            portable=lambda text: entry_links.portable(text, uids, current_app.config["PUBLIC_URL"]),
        )
        return daybook.write(out, journal, now)


def _files_of(user_id: int) -> tuple[list[FileRecord], dict[str, str]]:
    """Return a person's files as an export names them, and the digests of what stands under these names."""
    mine = select(Attachment).where(Attachment.user_id == user_id).options(selectinload(Attachment.variants))
    records, digests = [], {}
    for found in db.session.scalars(mine.order_by(Attachment.created_at, Attachment.uid)):
        shown = next(variant for variant in found.variants if not variant.is_original)
        original = next((variant for variant in found.variants if variant.is_original), None)
        names = [_name_of(variant) if variant else None for variant in (shown, original)]
        records.append(FileRecord(found.uid, found.name, found.created_at, names[0] or "", names[1]))
        digests.update({_name_of(variant): variant.digest for variant in (shown, original) if variant})
    return records, digests


def _templates_of(user_id: int) -> list[TemplateRecord]:
    found = db.session.scalars(
        select(Template).where(Template.user_id == user_id).order_by(Template.created_at, Template.name, Template.id)
    )
    return [TemplateRecord(one.name, one.body, one.tags, one.created_at) for one in found]


def _drafts_of(user_id: int) -> Iterator[DraftRecord]:
    """Yield a person's drafts in the order of their typing, one at a time, those that are saved left out."""
    mine = (Draft.user_id == user_id, Draft.finished_at.is_(None))
    ids = db.session.scalars(select(Draft.id).where(*mine).order_by(Draft.updated_at, Draft.form_id)).all()
    names = {field.name: DRAFT_COLUMNS.get(field.name, field.name) for field in fields(DraftRecord) if field.name != "entry"}
    for draft_id in ids:
        with_entry = select(Draft, Entry.uid).outerjoin(Entry, Entry.id == Draft.entry_id).where(Draft.id == draft_id)
        draft, uid = db.session.execute(with_entry).one()
        yield DraftRecord(entry=uid, **{name: getattr(draft, column) for name, column in names.items()})
        db.session.expunge_all()


def _name_of(variant: AttachmentVariant) -> str:
    return f"attachments/{variant.digest}.{kinds.KINDS[variant.media_type].ending}"


def entries_of(user_id: int) -> Iterator[EntryRecord]:
    """Yield all entries of a person, the trash included, oldest day first, in an order that another server would give too.

    Their earlier versions are apart (`_revisions_of`), and few texts are held at once, however long they are.
    """
    mine = select(Entry.id, func.length(Entry.body)).where(Entry.user_id == user_id)
    sizes = db.session.execute(mine.order_by(Entry.sort_key, Entry.created_at, Entry.uid)).all()
    for some in _by_size(sizes):
        rows = db.session.scalars(select(Entry).where(Entry.id.in_(some)).options(defer(Entry.html), selectinload(Entry.tags)))
        by_id = {entry.id: entry for entry in rows}
        yield from (_record(by_id[entry_id]) for entry_id in some)
        db.session.expunge_all()


def _by_size(sizes: Sequence[Row[int, int]]) -> Iterator[list[int]]:
    """Yield ids a few at a time: so many, and so many characters of text, unless one alone has more."""
    some: list[int] = []
    characters = 0
    for entry_id, length in sizes:
        if some and (len(some) == BATCH or characters + length > MAX_CHARACTERS):
            yield some
            some, characters = [], 0
        some.append(entry_id)
        characters += length
    if some:
        yield some


def _revisions_of(user_id: int) -> Callable[[str], Iterator[RevisionRecord]]:
    """Return what reads the earlier versions of one of a person's entries, one after the other; those that have none cost nothing."""
    mine = select(Entry.uid, Entry.id).where(Entry.user_id == user_id, exists().where(Revision.entry_id == Entry.id))
    ids = {row.uid: row.id for row in db.session.execute(mine)}
    columns = [Revision.snapshot.label("step") if one.name == "step" else getattr(Revision, one.name) for one in fields(RevisionRecord)]

    def read(uid: str) -> Iterator[RevisionRecord]:
        if uid in ids:
            all_of_one = select(*columns).where(Revision.entry_id == ids[uid]).order_by(Revision.version, Revision.snapshot)
            for row in db.session.execute(all_of_one, execution_options={"yield_per": 1}):
                yield RevisionRecord(**row._asdict())

    return read


def _record(entry: Entry) -> EntryRecord:
    return EntryRecord(
        uid=entry.uid,
        origin=entry.origin,
        title=entry.title,
        body=entry.body,
        entry_date=entry.entry_date,
        entry_time=entry.entry_time,
        timezone=entry.timezone,
        visibility=entry.visibility,
        version=entry.version,
        created_at=entry.created_at,
        updated_at=entry.updated_at,
        trashed_at=entry.trashed_at,
        starred_at=entry.starred_at,
        mood=entry.mood,
        facts={**(entry.facts or {}), **({"place": place} if (place := entry.place.as_json()) else {})},
        tags=[tag.name for tag in entry.tags],
    )
