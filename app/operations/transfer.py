"""Taking over a journal from elsewhere: prepared without holding the database, then added all or nothing."""

import uuid
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass, field

from sqlalchemy import insert, select

from app import zones
from app.extensions import db
from app.formats.record import EntryRecord, RevisionRecord
from app.models import Entry, EntrySearch, Revision, Tag, User, Visibility, entry_tag
from app.models.entry import tag_line_of
from app.operations import entries, profile, tags, transfer_files
from app.operations.entries import Draft
from app.operations.transfer_files import Taken
from app.search import index
from app.text import digest
from app.text.attachments import Files
from app.text.folding import clean, clean_line, fold
from app.text.tags import tidy


@dataclass
class Prepared:
    """An entry ready to be added: its row, its words, its tags, its earlier versions."""

    entry: Entry
    words: index.Words
    tags: list[str]
    revisions: list[Revision]


@dataclass
class Report:
    """What became of the entries of a file."""

    read: int = 0
    added: int = 0
    skipped: Counter[str] = field(default_factory=Counter)


def new_ones(user: User, records: Iterable[EntryRecord]) -> tuple[list[EntryRecord], Report]:
    """Return the entries that are not in the journal yet: one whose `uid` or `origin` it has, in the trash too, is skipped."""
    known = _known(user.id)
    report, found = Report(), list[EntryRecord]()
    for record in records:
        report.read += 1
        names = {name for name in (record.uid, record.origin) if name}
        if names & known:
            report.skipped["in the journal already"] += 1
        elif len(record.body) > Entry.LONGEST_BODY:
            report.skipped["longer than an entry can be"] += 1
        else:
            known |= names
            found.append(record)
    report.added = len(found)
    return found, report


def prepare(user: User, records: Iterable[EntryRecord], taken: Taken) -> list[Prepared]:
    """Render entries, with the files that were taken over, and split them into words; changes nothing."""
    return [_prepare(user, transfer_files.without_refused(record, taken.refused), taken.shown) for record in records]


def add(user: User, prepared: Sequence[Prepared], taken: Taken) -> None:
    """Add prepared entries and their files to the person's journal."""
    known_tags = _tags_of(user.id, prepared)
    for item in prepared:
        item.entry.tag_line = tag_line_of({known_tags[fold(name)].name for name in item.tags})
    db.session.add_all([item.entry for item in prepared])
    db.session.flush()
    _add_words(user.id, prepared)
    _put_on_tags(prepared, known_tags)
    for item in prepared:
        for revision in item.revisions:
            revision.entry_id = item.entry.id
            db.session.add(revision)
    db.session.flush()
    transfer_files.add(user, taken, ((item.entry.id, item.entry.body, [old.body for old in item.revisions]) for item in prepared))


def take_over_settings(user: User, settings: dict[str, str], locales: Collection[str]) -> None:
    """Set what an imported journal says about its person, as far as it makes sense here."""
    if zones.is_known(settings.get("timezone", "")):
        user.timezone = settings["timezone"]
    if settings.get("locale") in locales:
        user.locale = settings["locale"]
    if settings.get("default_visibility") in list(Visibility):
        user.default_visibility = settings["default_visibility"]
    user.keeps_originals, user.notes_mood = (settings.get(name) == "True" for name in ("keeps_originals", "notes_mood"))
    user.prompts = clean(settings.get("prompts", ""))[: User.LONGEST_PROMPTS]
    if settings.get("prompted") in User.PROMPTED:
        user.prompted = settings["prompted"]
    user.seals_after = _number_up_to(User.LONGEST_UNSEALED, settings.get("seals_after", ""))
    if settings.get("theme") in User.THEMES:
        user.theme = settings["theme"]
    name = clean_line(settings.get("display_name", ""))[: User.LONGEST_NAME]
    if name and profile.may_be_called(user, name):
        user.display_name = name
    user.day_ends_at = _number_up_to(User.LATEST_END_OF_DAY, settings.get("day_ends_at", ""))
    user.week_begins_on = _number_up_to(6, settings.get("week_begins_on", ""))


def _number_up_to(most: int, text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= len(str(most)) and int(text) <= most else 0


def is_empty(user_id: int) -> bool:
    """Say whether a person has no entry yet, not even one in the trash."""
    return db.session.scalar(select(Entry.id).where(Entry.user_id == user_id).limit(1)) is None


def _known(user_id: int) -> set[str]:
    rows = db.session.execute(select(Entry.uid, Entry.origin).where(Entry.user_id == user_id))
    return {name for row in rows for name in row if name}


def _prepare(user: User, record: EntryRecord, files: Files) -> Prepared:
    draft = Draft(
        title=clean_line(record.title)[: Entry.LONGEST_TITLE],
        body=clean(record.body),
        entry_date=record.entry_date,
        entry_time=record.entry_time,
        timezone=record.timezone if record.timezone and zones.is_known(record.timezone) else user.timezone,
        visibility=Visibility(record.visibility),
        mood=clean_line(record.mood)[: Entry.LONGEST_MOOD],
        uid=record.uid or str(uuid.uuid4()),
        files=files,
    )
    entry = entries.new(user, draft, record.created_at)
    entry.updated_at, entry.version = record.updated_at, record.version
    entry.trashed_at, entry.starred_at, entry.origin = record.trashed_at, record.starred_at, record.origin
    return Prepared(entry, draft.words, tidy(record.tags), [_earlier(revision) for revision in record.revisions])


def _earlier(record: RevisionRecord) -> Revision:
    title, body = clean_line(record.title)[: Entry.LONGEST_TITLE], clean(record.body)
    known_by = digest.of_text(title, body, record.entry_date, record.entry_time)
    return Revision(
        **{**asdict(record), "title": title, "body": body, "mood": clean_line(record.mood)[: Entry.LONGEST_MOOD], "digest": known_by}
    )


def _add_words(user_id: int, prepared: Sequence[Prepared]) -> None:
    rows = [{"entry_id": item.entry.id, **item.words.columns(user_id)} for item in prepared]
    if rows:
        db.session.execute(insert(EntrySearch), rows)


def _tags_of(user_id: int, prepared: Sequence[Prepared]) -> dict[str, Tag]:
    names = {fold(name): name for item in prepared for name in reversed(item.tags)}
    return {tag.name_folded: tag for tag in tags.named(user_id, list(names.values()))}


def _put_on_tags(prepared: Sequence[Prepared], known: dict[str, Tag]) -> None:
    rows = [{"entry_id": item.entry.id, "tag_id": tag_id} for item in prepared for tag_id in {known[fold(name)].id for name in item.tags}]
    if rows:
        db.session.execute(insert(entry_tag), rows)
    trashed = {item.entry.id for item in prepared if item.entry.is_trashed}
    counts = Counter(row["tag_id"] for row in rows if row["entry_id"] not in trashed)
    for tag_id, number in counts.items():
        tags.count([tag_id], number)
