"""Taking over a journal from elsewhere: prepared without holding the database, then added all or nothing."""

import uuid
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from pathlib import Path

from flask import current_app
from sqlalchemy import insert, select, update

from app import clock, timezones
from app.database.transactions import batches
from app.extensions import Base, db
from app.formats.record import EntryRecord, RevisionRecord
from app.models import Entry, HiddenFlag, Revision, Tag, User, Visibility, entry_tag
from app.models.entry import tags_text_of
from app.operations import entries, profile, tags
from app.operations.entries import EntryInput
from app.search import index, languages
from app.storage import temporary
from app.text import digest, entry_links, places, quiet_days, saved_searches
from app.text.attachments import Files
from app.text.folding import clean, clean_line, fold, whole_number
from app.text.tags import tidy
from app.transfer import import_files
from app.transfer.import_files import Taken
from app.transfer.packing import Prepared, PreparedEntry

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
class ImportReport:
    """What became of the entries of a file."""

    read: int = 0
    added: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    too_long: list[date] = field(default_factory=list)


class NewOnes:
    """The entries of a journal that are not in the person's yet: one whose `uid` or `origin` is there, in the trash too, is skipped.

    What is remembered of them is what they are called here, and which files they name; their texts are read again where they are
    gone through, with links to each other as they are here. `lost` counts those links that lead to no entry that is there.
    """

    def __init__(self, user: User, records: Iterable[EntryRecord]) -> None:
        self.records, self.report, self.lost = records, ImportReport(), 0
        self.uids: dict[int, str] = {}
        self.files: set[str] = set()
        rows = db.session.execute(select(Entry.uid, Entry.origin).where(Entry.user_id == user.id)).all()
        self.by_origin = {_tail(row.origin): row.uid for row in rows if row.origin}
        known = {name for row in rows for name in row if name}
        for number, record in enumerate(records):
            if self._is_new(record, known):
                self.uids[number] = uid = record.uid or str(uuid.uuid4())
                self.files |= import_files.names_in([record.body, *(revision.body for revision in record.revisions)])
                if record.origin:
                    self.by_origin[_tail(record.origin)] = uid
        self.report.added = len(self.uids)

    def __len__(self) -> int:
        return len(self.uids)

    def __iter__(self) -> Iterator[EntryRecord]:
        """Yield the entries, as they are to be here."""
        self.lost, now = 0, clock.now()
        for number, record in enumerate(self.records):
            if uid := self.uids.get(number):
                body, nowhere = entry_links.resolved(record.body, self.by_origin)
                self.lost += nowhere
                yield replace(_until(now, record), uid=uid, body=body)

    def _is_new(self, record: EntryRecord, known: set[str]) -> bool:
        self.report.read += 1
        names = {name for name in (record.uid, record.origin) if name}
        if names & known:
            self.report.skipped["in the journal already"] += 1
            return False
        if len(record.body) > Entry.MAX_BODY_LENGTH:
            self.report.skipped["longer than an entry can be"] += 1
            self.report.too_long.append(record.entry_date)
            return False
        known |= names
        return True


def _tail(origin: str) -> str:
    """Return the source's own identifier, by which its texts name an entry."""
    return origin.rpartition(":")[2]


def _until(now: datetime, record: EntryRecord) -> EntryRecord:
    """Return an entry of which nothing happened later than now: it would be the newest of all for good, and its trash never empty."""
    times = ("created_at", "updated_at", "trashed_at", "starred_at")
    return replace(record, **{name: min(now, at) for name in times if (at := getattr(record, name))})


@contextmanager
def prepared(user: User, records: Iterable[EntryRecord], taken: Taken) -> Iterator[Prepared]:
    """Render entries, with the files that were taken over, and split them into words; changes nothing."""
    with temporary.nameless(Path(current_app.config["DATA_DIR"])) as file:
        found = Prepared(file)
        for some in batches(records):
            found.pack([_prepare(user, import_files.without_refused(record, taken.refused), taken.shown) for record in some])
        yield found


def add(user: User, prepared: Prepared, taken: Taken) -> None:
    """Add prepared entries and their files to the person's journal; what is written is let go of before more is unpacked.

    Preparing may have taken minutes: the background work looks through their words, by the languages that are chosen now. An account
    that was closed meanwhile shows nobody what came into it.
    """
    closed_at = db.session.scalar(select(User.closed_at).where(User.id == user.id).with_for_update())
    hidden_flags = HiddenFlag.ACCOUNT_CLOSED.value if closed_at else 0
    known_tags = {tag.name_folded: tag for tag in tags.named(user.id, list(prepared.tags.values()))}
    import_files.add(taken)
    for some in prepared:
        for item in some:
            item.entry.hidden_flags = hidden_flags
        rows = _add(user, some, known_tags)
        import_files.link(user, ((item.entry.id, item.entry.body, [old.body for old in item.revisions]) for item in some))
        for row in rows:
            db.session.expunge(row)
    db.session.execute(update(User).where(User.id == user.id).values(indexed_as="").execution_options(synchronize_session=False))


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
