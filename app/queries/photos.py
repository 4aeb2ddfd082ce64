"""The photos of entries, as lists show them: the first three, and how many there are."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Integer, Select, String, bindparam, cast, func, literal, literal_column, select, tuple_

from app.extensions import db
from app.models import Attachment, AttachmentVariant, Entry, entry_attachment
from app.models.entry import SECONDS_A_DAY, sort_key_of

MAX_SHOWN, PAGE_SIZE = 3, 60
Links = entry_attachment.c


class Thumbnail(NamedTuple):
    """A photo in a list: the key of its file, the widths it is there in, smallest first, and its own size in pixels."""

    key: str
    widths: tuple[int, ...]
    width: int
    height: int


class Photos(NamedTuple):
    """The first photos of an entry, and how many it has."""

    shown: tuple[Thumbnail, ...] = ()
    number: int = 0


NONE = Photos()
SMALLEST_WIDTH = (
    select(func.min(AttachmentVariant.width))
    .where(AttachmentVariant.attachment_id == Attachment.id, AttachmentVariant.is_original.is_(False))
    .correlate(Attachment)
    .scalar_subquery()
)
"""The smallest width that a photo is there in; for what is no photo, nothing or 0."""


def _statement() -> Select[*tuple[Any, ...]]:
    """Return what finds the first photos of entries, a row for each with its widths: each entry's links are one walk along their key."""
    ranked = (
        select(
            Links.entry_id,
            Links.attachment_id,
            func.row_number().over(partition_by=Links.entry_id, order_by=Links.attachment_id).label("number"),
            func.count().over(partition_by=Links.entry_id).label("total"),
        )
        .join(Attachment, Attachment.id == Links.attachment_id)
        .where(Links.entry_id.in_(bindparam("entry_ids", expanding=True)), Links.is_shown, Attachment.kind == "photo")
        .subquery()
    )
    widths = (
        select(func.aggregate_strings(cast(AttachmentVariant.width, String), " "))
        .where(AttachmentVariant.attachment_id == Attachment.id, AttachmentVariant.is_original.is_(False))
        .correlate(Attachment)
        .scalar_subquery()
    )
    return (
        select(ranked.c.entry_id, ranked.c.total, Attachment.key, Attachment.width, Attachment.height, widths)
        .join(Attachment, Attachment.id == ranked.c.attachment_id)
        .where(ranked.c.number <= MAX_SHOWN)
        .order_by(ranked.c.entry_id, Attachment.id)
    )


_OF_ENTRIES = _statement()


class Own(NamedTuple):
    """A photo of a person's journal: the entry and the day it belongs to, and the photo."""

    entry_id: int
    entry_date: date
    sort_key: int
    attachment_id: int
    key: str
    width: int
    height: int
    smallest: int


def own(user_id: int, before: tuple[int, int] | None = None) -> list[Own]:
    """Return a page of a person's photos and one more, those of the latest day first.

    `before` is the sort key and the attachment of the last one of the page before. It costs what sorting a person's photos does.
    """
    mine = (
        select(Links.entry_id, Links.attachment_id, Entry.entry_date, Entry.sort_key)
        .join(Attachment, Attachment.id == Links.attachment_id)
        .join(Entry, Entry.id == Links.entry_id)
        .where(Attachment.user_id == user_id, Attachment.kind == "photo", Links.is_shown, Entry.trashed_at.is_(None))
    )
    if before:
        mine = mine.where(tuple_(Entry.sort_key, Attachment.id) < tuple_(literal(before[0]), literal(before[1])))
    some = mine.order_by(Entry.sort_key.desc(), Attachment.id.desc()).limit(PAGE_SIZE + 1).subquery()
    rows = db.session.execute(
        select(
            some.c.entry_id,
            some.c.entry_date,
            some.c.sort_key,
            Attachment.id,
            Attachment.key,
            Attachment.width,
            Attachment.height,
            SMALLEST_WIDTH,
        )
        .join(Attachment, Attachment.id == some.c.attachment_id)
        .order_by(some.c.sort_key.desc(), Attachment.id.desc())
    )
    return [Own(*row) for row in rows]


class OfDay(NamedTuple):
    """The photo that stands for a day: the key of its file, and the smallest width that it is there in."""

    key: str
    smallest: int


def of_days(user_id: int, first: date, last: date) -> dict[date, OfDay]:
    """Return, for each day from `first` to `last` of which a person's entries show photos, the one that was added first."""
    day = (Entry.sort_key // literal_column(str(SECONDS_A_DAY), Integer)).label("day")
    chosen = (
        select(day, func.min(Links.attachment_id).label("attachment_id"))
        .select_from(Entry)
        .join(entry_attachment, Links.entry_id == Entry.id)
        .join(Attachment, Attachment.id == Links.attachment_id)
        .where(Entry.user_id == user_id, Entry.trashed_at.is_(None), Links.is_shown, Attachment.kind == "photo")
        .where(Entry.sort_key >= sort_key_of(first), Entry.sort_key < sort_key_of(last) + SECONDS_A_DAY)
        .group_by(day)
        .subquery()
    )
    rows = db.session.execute(
        select(chosen.c.day, Attachment.key, SMALLEST_WIDTH).join(Attachment, Attachment.id == chosen.c.attachment_id)
    )
    return {date.fromordinal(number): OfDay(key, width) for number, key, width in rows}


def of_entries(entry_ids: Sequence[int]) -> dict[int, Photos]:
    """Return the photos of those of these entries that show any."""
    found: dict[int, Photos] = {}
    for entry_id, total, key, width, height, widths in db.session.connection().execute(_OF_ENTRIES, {"entry_ids": entry_ids}):
        if widths:
            photo = Thumbnail(key, tuple(sorted(map(int, widths.split()))), width, height)
            found[entry_id] = Photos((*found.get(entry_id, NONE).shown, photo), total)
    return found
