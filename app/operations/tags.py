"""Putting tags on entries, and keeping each tag's count in step."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, func, insert, literal, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import load_only

from app.extensions import db
from app.models import Draft, Entry, Tag, Template, User, entry_tag
from app.models.entry import tags_text_of
from app.operations.errors import TagTooLong
from app.queries import tags as asking
from app.storage import retention
from app.text import saved_searches
from app.text.folding import fold
from app.text.tags import MAX_FOLDED_LENGTH, level, renamed


def set_tags(entry: Entry, wanted: Sequence[Tag]) -> None:
    """Give an entry, whose tags are loaded, exactly these tags."""
    before, after = {tag.id for tag in entry.tags}, {tag.id for tag in wanted}
    entry.tags = sorted(wanted, key=lambda tag: tag.name_folded)
    entry.tags_text = tags_text_of(tag.name for tag in wanted)
    if not entry.is_trashed:
        count(after - before, 1)
        count(before - after, -1)
    db.session.flush()
    forget_unused(before - after)


def named(user_id: int, names: Sequence[str]) -> list[Tag]:
    """Return the writer's tags of these names, made where they were missing, also when two forms make one at once.

    They are locked. Who changes entries, too, asks for their tags first: PostgreSQL locks the counts of an entry's day with it, and two
    that lock in opposite order wait for each other.
    """
    if not names:
        return []
    folded = {fold(name): name for name in names}
    tags = _existing(user_id, folded)
    missing = set(folded) - {tag.name_folded for tag in tags}
    if missing:
        insert_new = sqlite.insert if db.engine.dialect.name == "sqlite" else postgresql.insert
        rows = [{"user_id": user_id, "name": folded[key], "name_folded": key, "entry_count": 0} for key in sorted(missing)]
        db.session.execute(insert_new(Tag).values(rows).on_conflict_do_nothing())
        tags = _existing(user_id, folded)
    return tags


def for_change(entry: Entry, names: Sequence[str]) -> list[Tag]:
    """Return the tags of these names as `named` does, and lock those that an entry has, too: it may lose them.

    A tag that was stored before its name would be tidied is the one of the tidy name, for an entry that has it.
    """
    stored = {fold(level(tag.name)): tag.name for tag in entry.tags}
    names = [stored.get(fold(name), name) for name in names]
    wanted = {fold(name) for name in names}
    return [tag for tag in named(entry.user_id, [*(tag.name for tag in entry.tags), *names]) if tag.name_folded in wanted]


def count(tag_ids: Iterable[int], change: int) -> None:
    """Add `change` to the number of entries that these tags have."""
    tag_ids = sorted(tag_ids)
    if tag_ids:
        db.session.execute(
            update(Tag).where(Tag.id.in_(tag_ids)).values(entry_count=Tag.entry_count + change).execution_options(synchronize_session=False)
        )


def _existing(user_id: int, folded: Iterable[str]) -> list[Tag]:
    """Return those of a writer's tags that have these names, kept as they are until the transaction ends."""
    mine = select(Tag).where(Tag.user_id == user_id, Tag.name_folded.in_(sorted(folded)))
    return list(db.session.scalars(mine.order_by(Tag.id).with_for_update().execution_options(populate_existing=True)))


def of_entries(entry_ids: Sequence[int]) -> set[int]:
    """Return the ids of the tags that these entries have."""
    return set(db.session.scalars(select(entry_tag.c.tag_id).where(entry_tag.c.entry_id.in_(entry_ids))))


def forget_unused(tag_ids: set[int]) -> None:
    """Remove those of these tags that no entry has any more, not even one in the trash; they are locked before that is asked."""
    if tag_ids:
        db.session.execute(select(Tag.id).where(Tag.id.in_(tag_ids)).order_by(Tag.id).with_for_update())
        used = select(entry_tag.c.tag_id).where(entry_tag.c.tag_id == Tag.id).exists()
        db.session.execute(delete(Tag).where(Tag.id.in_(tag_ids), ~used).execution_options(synchronize_session=False))


def rename(tag: Tag, name: str) -> Tag:
    """Give a tag, and those nested in it, another tidy name, and return it; one that has the name already takes its entries over.

    Templates, drafts and saved searches follow.

    Raise TagTooLong where a nested one would have too long a name; nothing is changed then. Those nearer to the root go first: where a tag
    moves up, its place may be one that another is about to leave.
    """
    asking.lock_all(tag.user_id)
    depth, goes_below_itself = tag.name.count("/") + 1, fold(name).startswith(f"{fold(tag.name)}/")
    nested = [] if goes_below_itself else sorted(asking.nested_in(tag), key=lambda one: one.name.count("/"))
    new_names = {one: "/".join([name, *one.name.split("/")[depth:]]) for one in [tag, *nested]}
    if any(len(new) > Tag.MAX_NAME_LENGTH or len(fold(new)) > MAX_FOLDED_LENGTH for new in new_names.values()):
        raise TagTooLong
    folded = {one.name_folded: new for one, new in new_names.items()}
    first, *_nested = [_renamed(one, new) for one, new in new_names.items()]
    _let_follow(tag.user_id, folded)
    return first


def _let_follow(user_id: int, names: dict[str, str]) -> None:
    """Let what a person keeps for later name tags as they are called now, or no more: templates, drafts, and searches."""
    kind: Any
    for kind in (Template, Draft):
        rows = select(kind).where(kind.user_id == user_id, kind.tags != "").options(load_only(kind.id, kind.tags))
        for kept in db.session.scalars(rows.with_for_update().execution_options(populate_existing=True)):
            kept.tags = renamed(kept.tags, names)
    person = db.session.get_one(User, user_id)
    person.saved_searches = saved_searches.with_other_tags(person.saved_searches, names)
    db.session.flush()


def remove(tag: Tag) -> None:
    """Take a tag from all entries, drafts and templates that have it; these and nested tags stay."""
    asking.lock_all(tag.user_id)
    _write_out(_with(tag), tag.name, "")
    db.session.execute(delete(entry_tag).where(entry_tag.c.tag_id == tag.id))
    db.session.delete(tag)
    db.session.flush()
    _let_follow(tag.user_id, {tag.name_folded: ""})
    retention.ask_to_forget_words()


def _renamed(tag: Tag, name: str) -> Tag:
    other = asking.by_name(tag.user_id, name)
    if other is None or other.id == tag.id:
        _write_out(_with(tag), tag.name, name)
        tag.name, tag.name_folded = name, fold(name)
        db.session.flush()
        return tag
    return _merged(tag, other)


def _merged(tag: Tag, other: Tag) -> Tag:
    """Let `other` have the entries of a tag, which goes."""
    has_other = entry_tag.c.entry_id.in_(_with(other))
    _write_out(_with(tag).where(has_other), tag.name, "")
    _write_out(_with(tag).where(~has_other), tag.name, other.name)
    new = select(entry_tag.c.entry_id, literal(other.id)).where(entry_tag.c.tag_id == tag.id, ~has_other)
    db.session.execute(insert(entry_tag).from_select(["entry_id", "tag_id"], new))
    db.session.execute(delete(entry_tag).where(entry_tag.c.tag_id == tag.id))
    db.session.delete(tag)
    other.entry_count = db.session.scalar(select(func.count()).where(Entry.id.in_(_with(other)), Entry.trashed_at.is_(None))) or 0
    db.session.flush()
    return other


def _with(tag: Tag) -> Select[int]:
    return select(entry_tag.c.entry_id).where(entry_tag.c.tag_id == tag.id)


def _write_out(entry_ids: Select[int], name: str, instead: str) -> None:
    """Put another name, or none, in the place of a tag's in `tags_text` of these entries; one statement for all."""
    between: ColumnElement[str] = literal(",") + Entry.tags_text + literal(",")
    new = func.trim(func.replace(between, f",{name},", f",{instead}," if instead else ","), ",")
    db.session.execute(update(Entry).where(Entry.id.in_(entry_ids)).values(tags_text=new).execution_options(synchronize_session=False))
