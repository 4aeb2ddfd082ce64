"""Which tags a person has."""

from typing import NamedTuple

from sqlalchemy import select

from app.extensions import db
from app.models import Tag
from app.text.folding import fold


def by_name(user_id: int, name: str) -> Tag | None:
    """Return a person's tag of this name, however it is spelled."""
    return db.session.scalars(select(Tag).where(Tag.user_id == user_id, Tag.name_folded == fold(name))).one_or_none()


class Nested(NamedTuple):
    """A tag, and in how many of those in the same list it is nested."""

    tag: Tag
    depth: int


def list_tags(user_id: int) -> list[Nested]:
    """Return a person's tags that have entries, by name, each with those nested in it right behind."""
    mine = db.session.scalars(select(Tag).where(Tag.user_id == user_id, Tag.entry_count > 0))
    by_parts = {tuple(tag.name_folded.split("/")): tag for tag in mine}
    depths = {parts: sum(parts[:length] in by_parts for length in range(1, len(parts))) for parts in by_parts}
    return [Nested(by_parts[parts], depths[parts]) for parts in sorted(by_parts)]


def nested_in(tag: Tag) -> list[Tag]:
    """Return the tags below one: `sea/harbour` is below `sea`. A sign that only looks like a slash once it is folded nests nothing."""
    below = Tag.name_folded.startswith(f"{fold(tag.name)}/", autoescape=True)
    found = db.session.scalars(select(Tag).where(Tag.user_id == tag.user_id, below).order_by(Tag.name_folded))
    depth = tag.name.count("/") + 1
    return [one for one in found if fold("/".join(one.name.split("/")[:depth])) == tag.name_folded]


def lock_all(user_id: int) -> None:
    """Let nobody else change a person's tags, or count with them, until the transaction ends."""
    db.session.execute(select(Tag.id).where(Tag.user_id == user_id).order_by(Tag.id).with_for_update())


def own(tag_id: int, user_id: int) -> Tag | None:
    """Return a person's own tag."""
    return db.session.scalars(select(Tag).where(Tag.id == tag_id, Tag.user_id == user_id)).one_or_none()


def most_used(user_id: int, most: int) -> list[tuple[str, int]]:
    """Return the names of the tags that most of a person's entries have, each with their kept number."""
    mine = select(Tag.name, Tag.entry_count).where(Tag.user_id == user_id, Tag.entry_count > 0)
    rows = db.session.execute(mine.order_by(Tag.entry_count.desc(), Tag.name_folded).limit(most))
    return [(name, entries) for name, entries in rows]
