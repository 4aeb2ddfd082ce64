"""Taking over a journal from elsewhere: prepared without holding the database, then added all or nothing."""

import json
import uuid
import zlib
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime, time
from typing import Any, TypeVar

from sqlalchemy import insert, select

from app import clock, timezones
from app.database.transactions import batches
from app.extensions import Base, db
from app.formats.record import EntryRecord, RevisionRecord
from app.models import Entry, Revision, Tag, User, Visibility, entry_tag
from app.models.entry import tags_text_of
from app.operations import entries, profile, tags
from app.operations.entries import EntryInput
from app.search import index, languages
from app.text import digest, entry_links, places, quiet_days, saved_searches
from app.text.attachments import Files
from app.text.folding import clean, clean_line, fold, whole_number
from app.text.tags import tidy
from app.transfer import import_files
from app.transfer.import_files import Taken

FLAGS = {"keep_originals", "mood_enabled"}
NUMBERS = {"lock_after_days": User.MAX_LOCK_AFTER_DAYS, "day_ends_at": User.LATEST_END_OF_DAY, "week_begins_on": 6}

FORMER_SETTINGS = {
    "keeps_originals": "keep_originals",
    "notes_mood": "mood_enabled",
    "seals_after": "lock_after_days",
    "prompted": "prompt_mode",
}
"""What exports from before 0.2.0 call them."""


class Damaged(RuntimeError):
    """What an import has written is not what it read; nothing of it stays."""


@dataclass
class PreparedEntry:
    """An entry ready to be added: its row, its words, its tags, its earlier versions."""

    entry: Entry
    words: index.Words
    tags: list[str]
    revisions: list[Revision]


@dataclass
class Prepared:
    """Entries ready to be added, packed some at a time: their texts, HTML and words take a fifth of the memory so."""

    number: int = 0
    tags: dict[str, str] = field(default_factory=dict)
    packed: list[bytes] = field(default_factory=list)

    def pack(self, some: list[PreparedEntry]) -> None:
        """Take some more entries."""
        self.tags |= {fold(name): name for item in some for name in reversed(item.tags)}
        self.number += len(some)
        rows = [[_plain(item.entry), item.words, item.tags, [_plain(one) for one in item.revisions]] for item in some]
        self.packed.append(zlib.compress(json.dumps(rows, default=lambda moment: moment.isoformat()).encode(), 1))

    def __iter__(self) -> Iterator[list[PreparedEntry]]:
        """Yield the entries, some at a time, as they were packed."""
        for packed in self.packed:
            rows = json.loads(zlib.decompress(packed))
            yield [
                PreparedEntry(_row(Entry, entry), index.Words(*found), names, [_row(Revision, one) for one in revisions])
                for entry, found, names, revisions in rows
            ]


Row = TypeVar("Row", Entry, Revision)
_READERS: dict[type, Callable[[str], Any]] = {kind: kind.fromisoformat for kind in (date, time, datetime)}


def _plain(row: Entry | Revision) -> dict[str, Any]:
    """Return what the columns of a new row hold, as far as they hold anything."""
    return {column.key: value for column in type(row).__table__.columns if (value := getattr(row, column.key)) is not None}


def _row(model: type[Row], plain: dict[str, Any]) -> Row:
    """Return a row that has been plain for a while."""
    kinds = {name: model.__table__.c[name].type.python_type for name in plain}
    return model(**{name: _READERS[kinds[name]](value) if kinds[name] in _READERS else value for name, value in plain.items()})


@dataclass
class ImportReport:
    """What became of the entries of a file."""

    read: int = 0
    added: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    too_long: list[date] = field(default_factory=list)


def new_ones(user: User, records: Iterable[EntryRecord]) -> tuple[list[EntryRecord], ImportReport]:
    """Return the entries that are not in the journal yet: one whose `uid` or `origin` it has, in the trash too, is skipped."""
    known = _known(user.id)
    report, found = ImportReport(), list[EntryRecord]()
    for record in records:
        report.read += 1
        names = {name for name in (record.uid, record.origin) if name}
        if names & known:
            report.skipped["in the journal already"] += 1
        elif len(record.body) > Entry.MAX_BODY_LENGTH:
            report.skipped["longer than an entry can be"] += 1
            report.too_long.append(record.entry_date)
        else:
            known |= names
            found.append(_until(clock.now(), record))
    report.added = len(found)
    return found, report


def _until(now: datetime, record: EntryRecord) -> EntryRecord:
    """Return an entry of which nothing happened later than now: it would be the newest of all for good, and its trash never empty."""
    times = ("created_at", "updated_at", "trashed_at", "starred_at")
    return replace(record, **{name: min(now, at) for name in times if (at := getattr(record, name))})


def named_here(user: User, records: Sequence[EntryRecord]) -> tuple[list[EntryRecord], int]:
    """Return entries whose links to each other lead to what they are called here, and how many links lead to no entry that is there."""
    rows = db.session.execute(select(Entry.origin, Entry.uid).where(Entry.user_id == user.id, Entry.origin.is_not(None)))
    uids = {(row.origin or "").rpartition(":")[2]: row.uid for row in rows}
    named = [replace(record, uid=record.uid or str(uuid.uuid4())) for record in records]
    uids |= {(record.origin or "").rpartition(":")[2]: record.uid or "" for record in named if record.origin}
    found, lost = [], 0
    for record in named:
        body, nowhere = entry_links.resolved(record.body, uids)
        found.append(replace(record, body=body))
        lost += nowhere
    return found, lost


def prepare(user: User, records: Iterable[EntryRecord], taken: Taken) -> Prepared:
    """Render entries, with the files that were taken over, and split them into words; changes nothing."""
    prepared = Prepared()
    for some in batches(records):
        prepared.pack([_prepare(user, import_files.without_refused(record, taken.refused), taken.shown) for record in some])
    return prepared


def add(user: User, prepared: Prepared, taken: Taken) -> None:
    """Add prepared entries and their files to the person's journal; what is written is let go of before more is unpacked."""
    known_tags = {tag.name_folded: tag for tag in tags.named(user.id, list(prepared.tags.values()))}
    import_files.add(taken)
    for some in prepared:
        rows = _add(user, some, known_tags)
        import_files.link(user, ((item.entry.id, item.entry.body, [old.body for old in item.revisions]) for item in some))
        for row in rows:
            db.session.expunge(row)


def _add(user: User, some: Sequence[PreparedEntry], known_tags: dict[str, Tag]) -> list[Base]:
    """Add some entries with all that belongs to them but their files, and return their rows."""
    for item in some:
        item.entry.tags_text = tags_text_of({known_tags[fold(name)].name for name in item.tags})
    db.session.add_all([item.entry for item in some])
    db.session.flush()
    index.put_all(user.id, [(item.entry.id, item.words) for item in some])
    _put_on_tags(some, known_tags)
    for item in some:
        for revision in item.revisions:
            revision.entry_id = item.entry.id
            db.session.add(revision)
    db.session.flush()
    _read_back(some)
    return [row for item in some for row in (item.entry, *item.revisions)]


def _read_back(some: Sequence[PreparedEntry]) -> None:
    """Read from the database what was just written, and raise Damaged where it is not whole, before it is committed."""
    mine = select(Entry.id, Entry.title, Entry.body, Entry.entry_date, Entry.entry_time, Entry.digest)
    for row in db.session.execute(mine.where(Entry.id.in_([item.entry.id for item in some]))):
        if row.digest != digest.of_text(row.title, row.body, row.entry_date, row.entry_time):
            raise Damaged(f"the entry of {row.entry_date} would not be what was read")


TIDIED: dict[str, Callable[[str], str]] = {
    "search_languages": lambda text: languages.tidy(text.split()[:100]),
    "prompts": lambda text: clean(text)[: User.MAX_PROMPTS_LENGTH],
    "prompt_rest_days": lambda text: "".join(sorted(set(text) & set("0123456"))),
    "saved_searches": lambda text: saved_searches.write(saved_searches.parse(clean(text))),
    "quiet_days": lambda text: quiet_days.write(quiet_days.parse(text)),
}
"""Settings that are texts, and what is kept of one."""


def take_over_settings(user: User, settings: dict[str, str], locales: Collection[str]) -> None:
    """Set what an imported journal says about its person, as far as it makes sense here; what it does not say stays as it is."""
    choices = {
        "timezone": lambda text: timezones.is_known(text),
        "locale": lambda text: text in locales,
        "default_visibility": lambda text: text in list(Visibility),
        "prompt_mode": lambda text: text in User.PROMPT_MODES,
        "theme": lambda text: text in User.THEMES,
    }
    settings = {FORMER_SETTINGS.get(name, name): value for name, value in settings.items()}
    for name in choices.keys() & settings.keys():
        if choices[name](settings[name]):
            setattr(user, name, settings[name])
    for name in FLAGS & settings.keys():
        setattr(user, name, settings[name] == "True")
    for name in TIDIED.keys() & settings.keys():
        setattr(user, name, TIDIED[name](settings[name]))
    name = clean_line(settings.get("display_name", ""))[: User.MAX_NAME_LENGTH]
    if name and profile.may_be_called(user, name):
        user.display_name = name
    for name, most in NUMBERS.items():
        if (number := whole_number(settings.get(name, ""), most)) is not None:
            setattr(user, name, number)


def is_empty(user_id: int) -> bool:
    """Say whether a person has no entry yet, not even one in the trash."""
    return db.session.scalar(select(Entry.id).where(Entry.user_id == user_id).limit(1)) is None


def _known(user_id: int) -> set[str]:
    rows = db.session.execute(select(Entry.uid, Entry.origin).where(Entry.user_id == user_id))
    return {name for row in rows for name in row if name}


def _prepare(user: User, record: EntryRecord, files: Files) -> PreparedEntry:
    entry_input = EntryInput(
        title=clean_line(record.title)[: Entry.MAX_TITLE_LENGTH],
        body=clean(record.body),
        entry_date=record.entry_date,
        entry_time=record.entry_time,
        timezone=record.timezone if record.timezone and timezones.is_known(record.timezone) else user.timezone,
        visibility=Visibility(record.visibility),
        mood=clean_line(record.mood)[: Entry.MAX_MOOD_LENGTH],
        place=places.tidy(record.facts.get("place")),
        uid=record.uid or str(uuid.uuid4()),
        files=files,
        languages=user.search_languages,
    )
    entry = entries.new(user, entry_input, record.created_at)
    if entry_links.references(entry_input.body):
        entry.html_version = 0
    entry.updated_at, entry.version = record.updated_at, record.version
    entry.facts = {name: value for name, value in record.facts.items() if name != "place"} or None
    entry.trashed_at, entry.starred_at, entry.origin = record.trashed_at, record.starred_at, record.origin
    return PreparedEntry(
        entry,
        entry_input.words,
        tidy(record.tags),
        [_earlier(user, one) for one in record.revisions if len(one.body) <= Entry.MAX_BODY_LENGTH],
    )


def _earlier(user: User, record: RevisionRecord) -> Revision:
    title, body = clean_line(record.title)[: Entry.MAX_TITLE_LENGTH], clean(record.body)
    known_by = digest.of_text(title, body, record.entry_date, record.entry_time)
    words = {"title": title, "body": body, "mood": clean_line(record.mood)[: Entry.MAX_MOOD_LENGTH], "tags": tidy(record.tags)}
    zone = record.timezone if record.timezone and timezones.is_known(record.timezone) else user.timezone
    facts = asdict(record)
    return Revision(snapshot=facts.pop("step"), **{**facts, **words, "place": record.place, "timezone": zone, "digest": known_by})


def _put_on_tags(prepared: Sequence[PreparedEntry], known: dict[str, Tag]) -> None:
    rows = [{"entry_id": item.entry.id, "tag_id": tag_id} for item in prepared for tag_id in {known[fold(name)].id for name in item.tags}]
    if rows:
        db.session.execute(insert(entry_tag), rows)
    trashed = {item.entry.id for item in prepared if item.entry.is_trashed}
    counts = Counter(row["tag_id"] for row in rows if row["entry_id"] not in trashed)
    for tag_id, number in counts.items():
        tags.count([tag_id], number)
