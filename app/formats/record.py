"""What a journal in any format comes down to: entries with their earlier versions."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from app.text.places import NOWHERE, Place


class UnreadableFile(Exception):
    """The file is not what it should be; the message says why, in a sentence for its owner."""


@dataclass
class RevisionRecord:
    """An earlier version of an entry."""

    version: int
    title: str
    body: str
    entry_date: date
    entry_time: time | None
    timezone: str
    visibility: str
    tags: list[str]
    saved_at: datetime
    step: int = 0
    mood: str = ""
    place: Place = NOWHERE


@dataclass
class EntryRecord:
    """One entry. `origin` is the source's own identifier, which keeps a second import from adding it again.

    `facts` are what the source says besides (see `docs/export-format.md`).
    `timezone` is None where the source does not tell, `uid` where the source is not Daybook.
    """

    title: str
    body: str
    entry_date: date
    entry_time: time | None
    timezone: str | None
    created_at: datetime
    updated_at: datetime
    tags: list[str] = field(default_factory=list)
    visibility: str = "private"
    uid: str | None = None
    origin: str | None = None
    version: int = 1
    trashed_at: datetime | None = None
    starred_at: datetime | None = None
    mood: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    revisions: list[RevisionRecord] = field(default_factory=list)


@dataclass
class FileRecord:
    """A file that texts name by `uid`; `file` and `original` say where in the archive its bytes are, as shown and as they came."""

    uid: str
    name: str
    created_at: datetime
    file: str
    original: str | None = None


@dataclass
class DraftRecord:
    """What was typed and not saved yet; `entry` is the uid of the entry that it would change.

    `place` is None where the source knew of no places in drafts: it is the entry's then.
    """

    key: str
    serial: int
    version: int
    entry: str | None
    title: str
    body: str
    entry_date: str
    entry_time: str
    tags: str
    mood: str
    visibility: str
    created_at: datetime
    updated_at: datetime
    place: str | None = None


@dataclass
class TemplateRecord:
    """A text that entries begin with."""

    name: str
    body: str
    tags: str
    created_at: datetime


@dataclass
class JournalRecord:
    """A journal that was read, and what in the file could not be taken along, a sentence each.

    `entries` can be gone through again and again, which raises UnreadableFile where one cannot be read. `digests` has the SHA-256
    that each file of the archive has to have, where its format says so.
    """

    entries: Iterable[EntryRecord] = ()
    files: list[FileRecord] = field(default_factory=list)
    drafts: list[DraftRecord] = field(default_factory=list)
    templates: list[TemplateRecord] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    unreadable: int = 0
    settings: dict[str, str] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)


def clock_time(text: str) -> time:
    """Return a time of day as it is kept: to the second, without the offset that some programs write behind it; raise ValueError."""
    return time.fromisoformat(text).replace(tzinfo=None, microsecond=0)
