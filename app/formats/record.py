"""What a journal in any format comes down to: entries with their earlier versions."""

from dataclasses import dataclass, field
from datetime import date, datetime, time


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


@dataclass
class EntryRecord:
    """One entry. `origin` is the source's own identifier, which keeps a second import from adding it again.

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
class JournalRecord:
    """A journal that was read, and what in the file could not be taken along, a sentence each."""

    entries: list[EntryRecord] = field(default_factory=list)
    files: list[FileRecord] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    settings: dict[str, str] = field(default_factory=dict)
