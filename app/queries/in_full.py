"""Entries of which many stand on one page with all their text: those of a day, a month, a tag, and those that a search found."""

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import defer, with_expression

from app.extensions import db
from app.models import Entry, Tag, entry_tag
from app.models.entry import SECONDS_A_DAY, sort_key_of
from app.queries.entries import html_for_lists

MAX_ON_A_PAGE = 100
"""So many entries a page can hold in full; queries return one more where there are more."""


def of_day(user_id: int, day: date) -> list[Entry]:
    """Return a person's entries of one day, morning first."""
    return list(db.session.scalars(_in_full(user_id, *_between(day, day))))


def of_month(user_id: int, first: date, last: date) -> list[Entry]:
    """Return a person's entries of a month, the oldest first."""
    return list(db.session.scalars(_in_full(user_id, *_between(first, last)).limit(MAX_ON_A_PAGE + 1)))


def of_tags(tags: Sequence[Tag]) -> list[Entry]:
    """Return the entries that have any of these tags of one person, the oldest first."""
    has_tag = Entry.id.in_(select(entry_tag.c.entry_id).where(entry_tag.c.tag_id.in_([tag.id for tag in tags])))
    return list(db.session.scalars(_in_full(tags[0].user_id, has_tag).limit(MAX_ON_A_PAGE + 1)))


def of_ids(user_id: int, entry_ids: Collection[int]) -> list[Entry]:
    """Return those of a person's entries that have these ids, the oldest first."""
    return list(db.session.scalars(_in_full(user_id, Entry.id.in_(entry_ids)))) if entry_ids else []


def _between(first: date, last: date) -> tuple[ColumnElement[bool], ...]:
    return Entry.sort_key >= sort_key_of(first), Entry.sort_key < sort_key_of(last) + SECONDS_A_DAY


def _in_full(user_id: int, *conditions: ColumnElement[bool]) -> Select[Entry]:
    return (
        select(Entry)
        .options(defer(Entry.body), defer(Entry.html), with_expression(Entry.html_in_lists, html_for_lists()))
        .where(Entry.user_id == user_id, Entry.trashed_at.is_(None), *conditions)
        .order_by(Entry.sort_key, Entry.id)
    )
