"""Entries, their tags, their earlier versions, and their words for searching."""

from calendar import isleap
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from enum import IntFlag, StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Column,
    ColumnElement,
    Date,
    ForeignKey,
    Index,
    Integer,
    SQLColumnExpression,
    String,
    Table,
    Text,
    Time,
    UniqueConstraint,
    literal_column,
    text,
)
from sqlalchemy.orm import Mapped, composite, mapped_column, query_expression, relationship

from app import timezones
from app.extensions import Base
from app.models.base import NEVER_REUSE_IDS, Identifier, Instant
from app.models.user import User
from app.text import places
from app.text.folding import fold
from app.text.places import Place

SECONDS_A_DAY = 86_400
LAST_MOMENT = time(23, 59, 59)
NOT_TRASHED = "trashed_at IS NULL"
STARRED = f"{NOT_TRASHED} AND starred_at IS NOT NULL"
PLACED = f"{NOT_TRASHED} AND place_name <> ''"
SHARED = f"{NOT_TRASHED} AND visibility <> 'private' AND hidden_flags = 0"
PUBLIC = f"{NOT_TRASHED} AND visibility = 'public' AND hidden_flags = 0"


class Visibility(StrEnum):
    """Who may read an entry besides its writer: nobody, people who are signed in, or anybody."""

    PRIVATE = "private"
    MEMBERS = "members"
    PUBLIC = "public"


class HiddenFlag(IntFlag):
    """Why an entry is kept from others, whatever its visibility says: its writer closed the account, a moderator hid it."""

    ACCOUNT_CLOSED = 1
    BY_MODERATOR = 2


def _partial_index(name: str, *columns: str, where: str) -> Index:
    return Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))


entry_tag = Table(
    "entry_tag",
    Base.metadata,
    Column("entry_id", ForeignKey("entry.id", ondelete="CASCADE"), primary_key=True),
    Column("tag_id", ForeignKey("tag.id", ondelete="CASCADE"), primary_key=True, index=True),
)


class Tag(Base):
    """A writer's own word for entries; `entry_count` counts those that are not in the trash."""

    __tablename__ = "tag"
    __table_args__ = (UniqueConstraint("user_id", "name_folded"), NEVER_REUSE_IDS)

    MAX_NAME_LENGTH = 64

    id: Mapped[Identifier]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(MAX_NAME_LENGTH))
    name_folded: Mapped[str] = mapped_column(String(255))
    entry_count: Mapped[int] = mapped_column(default=0)


class Entry(Base):
    """What somebody wrote about a day.

    The day is a local date that never moves; `starts_at` is the moment it speaks of, known only where a time was given.
    `sort_key` (seconds since the first day of year 1, local) orders entries, `month_day` (month x 100 + day) finds a date in
    other years; `set_date` keeps them in step. Without a time an entry is the first of its day, or the last where it was begun in the
    small hours after it. `html` is the clean rendering of `body` by renderer `html_version`; the two
    stand last in the table because SQLite reads a row from its beginning, and lists need neither. `tags_text` repeats the names
    of `tags` for lists. `digest` (see `app.text.digest`) tells whether the text is still what was saved. `hidden_flags` is a sum of
    `HiddenFlag`; others read nothing unless it is 0. `published_at` is when it was last made public, None where it is not; `facts` is
    what another program said of it besides (see `docs/export-format.md`); its `place` is the entry's own. The indexes that counting
    walks along hold `trashed_at` too: SQLite looks up in the row what their condition names.
    """

    __tablename__ = "entry"
    __table_args__ = (
        CheckConstraint("visibility IN ('private', 'members', 'public')", name="visibility"),
        UniqueConstraint("user_id", "uid"),
        UniqueConstraint("user_id", "form_id"),
        UniqueConstraint("user_id", "origin"),
        _partial_index(
            "ix_entry_written", "user_id", "sort_key", "id", "word_count", "entry_time", "mood", "trashed_at", where=NOT_TRASHED
        ),
        _partial_index("ix_entry_written_on", "user_id", "month_day", "sort_key", "id", where=NOT_TRASHED),
        _partial_index("ix_entry_shared", "sort_key", "id", where=SHARED),
        _partial_index("ix_entry_shared_by", "user_id", "sort_key", "id", where=SHARED),
        _partial_index("ix_entry_public", "sort_key", "id", where=PUBLIC),
        _partial_index("ix_entry_published", "published_at", "id", where=PUBLIC),
        _partial_index("ix_entry_starred", "user_id", "sort_key", "id", where=STARRED),
        _partial_index("ix_entry_placed", "user_id", "sort_key", "place_name", "trashed_at", where=PLACED),
        _partial_index("ix_entry_trashed", "user_id", "trashed_at", where="trashed_at IS NOT NULL"),
        NEVER_REUSE_IDS,
    )

    MAX_TITLE_LENGTH = 200
    MAX_BODY_LENGTH = 2_000_000
    MAX_MOOD_LENGTH = 40

    id: Mapped[Identifier]
    uid: Mapped[str] = mapped_column(String(36))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    title: Mapped[str] = mapped_column(String(MAX_TITLE_LENGTH))
    excerpt: Mapped[str] = mapped_column(String(400))
    word_count: Mapped[int]
    html_in_lists: Mapped[str | None] = query_expression()
    tags_text: Mapped[str] = mapped_column(Text, default="")
    entry_date: Mapped[date] = mapped_column(Date)
    entry_time: Mapped[time | None] = mapped_column(Time)
    timezone: Mapped[str] = mapped_column(String(64))
    starts_at: Mapped[Instant | None]
    sort_key: Mapped[int] = mapped_column(BigInteger)
    month_day: Mapped[int]
    visibility: Mapped[str] = mapped_column(String(10))
    hidden_flags: Mapped[int] = mapped_column(server_default="0")
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[Instant]
    updated_at: Mapped[Instant]
    trashed_at: Mapped[Instant | None]
    starred_at: Mapped[Instant | None]
    mood: Mapped[str] = mapped_column(String(MAX_MOOD_LENGTH), default="", server_default="")
    place_name: Mapped[str] = mapped_column(String(places.MAX_NAME_LENGTH), default="", server_default="")
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    place: Mapped[Place] = composite("place_name", "latitude", "longitude")
    form_id: Mapped[str | None] = mapped_column(String(64))
    origin: Mapped[str | None] = mapped_column(String(200))
    published_at: Mapped[Instant | None]
    html_version: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64), server_default="")
    shown_digest: Mapped[str] = mapped_column(String(64), default="", server_default="")
    body: Mapped[str] = mapped_column(Text)
    facts: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    html: Mapped[str] = mapped_column(Text)

    user: Mapped[User] = relationship(lazy="raise")
    tags: Mapped[list[Tag]] = relationship(secondary=entry_tag, lazy="raise", order_by=Tag.name_folded, passive_deletes=True)
    revisions: Mapped[list["Revision"]] = relationship(
        lazy="raise", order_by="(Revision.version, Revision.snapshot)", cascade="all, delete-orphan", passive_deletes=True
    )

    def set_date(self, day: date, clock_time: time | None, zone: str) -> None:
        """Put the entry on its day: all columns that speak of time follow from these three."""
        self.entry_date, self.entry_time, self.timezone = day, clock_time, zone
        self.sort_key = sort_key_of(day, clock_time or (LAST_MOMENT if self._is_of_the_night_after(day) else None))
        self.month_day = day.month * 100 + day.day
        self.starts_at = None
        if clock_time is not None:
            try:
                self.starts_at = timezones.to_instant(day, clock_time, zone)
            except OverflowError:
                self.starts_at = None

    def _is_of_the_night_after(self, day: date) -> bool:
        """Whether it was begun after midnight, while its day could still go on: without a time it is the last of that day."""
        try:
            begun = timezones.to_local(self.created_at, self.timezone) if self.created_at else None
        except OverflowError:
            return False
        return begun is not None and (begun.date() - day).days == 1 and begun.hour < User.LATEST_END_OF_DAY

    @property
    def is_trashed(self) -> bool:
        """Whether it waits in the trash."""
        return self.trashed_at is not None

    def is_locked(self, after: int, now: datetime) -> bool:
        """Say whether it was written more than so many days ago, for who locks entries then; 0 is never."""
        return after > 0 and now - self.created_at > timedelta(days=after)

    @property
    def is_hidden(self) -> bool:
        """Whether a moderator keeps it from others."""
        return bool(self.hidden_flags & HiddenFlag.BY_MODERATOR)

    @property
    def tag_names(self) -> list[str]:
        """The names of its tags, in order."""
        return split_tags_text(self.tags_text)


def tags_text_of(names: Iterable[str]) -> str:
    """Return names of tags as `Entry.tags_text` holds them, so that a list need not ask for them; no name has a comma."""
    return ",".join(sorted(names, key=fold))


def split_tags_text(line: str) -> list[str]:
    """Return the names that a tag line holds."""
    return line.split(",") if line else []


def sort_key_of(day: date, clock_time: time | None = None) -> int:
    """Return where a local date and time stand in the order of all entries; a day without a time comes first in its day."""
    seconds = 0 if clock_time is None else clock_time.hour * 3600 + clock_time.minute * 60 + clock_time.second
    return day.toordinal() * SECONDS_A_DAY + seconds


def month_days(day: date) -> list[int]:
    """Return the `month_day` of what belongs to a date: in years without a 29 February, its entries belong to the 28th."""
    wanted = [day.month * 100 + day.day]
    return [*wanted, 229] if (day.month, day.day) == (2, 28) and not isleap(day.year) else wanted


class Revision(Base):
    """An earlier version of an entry, as it was when `saved_at` was its last change.

    Snapshot 0 is a version that was saved on purpose; snapshots 1 and on are what was typed after it, ten minutes apart.
    """

    __tablename__ = "revision"
    __table_args__ = (UniqueConstraint("entry_id", "version", "snapshot", name="uq_revision_entry_id_version"), NEVER_REUSE_IDS)

    id: Mapped[Identifier]
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id", ondelete="CASCADE"))
    version: Mapped[int]
    snapshot: Mapped[int] = mapped_column(server_default="0", default=0)
    title: Mapped[str] = mapped_column(String(Entry.MAX_TITLE_LENGTH))
    body: Mapped[str] = mapped_column(Text)
    entry_date: Mapped[date] = mapped_column(Date)
    entry_time: Mapped[time | None] = mapped_column(Time)
    timezone: Mapped[str] = mapped_column(String(64))
    visibility: Mapped[str] = mapped_column(String(10))
    tags: Mapped[list[str]] = mapped_column(JSON)
    mood: Mapped[str] = mapped_column(String(Entry.MAX_MOOD_LENGTH), default="", server_default="")
    place_name: Mapped[str] = mapped_column(String(places.MAX_NAME_LENGTH), default="", server_default="")
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    place: Mapped[Place] = composite("place_name", "latitude", "longitude")
    saved_at: Mapped[Instant]
    digest: Mapped[str] = mapped_column(String(64), server_default="")


class WrittenDay(Base):
    """How many entries and words a person has on a day (an ordinal: 1 is the first day of year 1), those in the trash left out.

    The database keeps these counts by triggers on `entry` (migration 0104), whoever changes an entry and however. A day without
    entries has no row.
    """

    __tablename__ = "written_day"
    __table_args__ = ({"sqlite_with_rowid": False},)

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    day: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    entries: Mapped[int]
    words: Mapped[int]


class EntrySearch(Base):
    """The words of an entry as the index knows them (see `app/search/terms.py`); the engine's own index hangs on this table.

    `position` is where the entry stands among all (see `position_of`), and its number in SQLite's index, which gives what it finds
    in the order of these numbers. Who changes an entry's date puts its words anew.
    """

    __tablename__ = "entry_search"

    IDS = 2**30
    """More than there are ids; minutes since the first day of year 1 and an id fit into 63 bits."""

    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id", ondelete="CASCADE"), primary_key=True, autoincrement=False)
    terms: Mapped[str] = mapped_column(Text)
    title_terms: Mapped[str] = mapped_column(Text)
    rules: Mapped[str] = mapped_column(String(140), default="", server_default="")
    position: Mapped[int] = mapped_column(BigInteger, server_default="0")


def position_of(sort_key: SQLColumnExpression[int], entry_id: SQLColumnExpression[int]) -> ColumnElement[int]:
    """Return a number that orders entries by their minute, then by their ids, and from which the id can be taken again."""
    return sort_key // literal_column("60", Integer) * literal_column(str(EntrySearch.IDS), Integer) + entry_id
