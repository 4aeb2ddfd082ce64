"""Putting tags on entries, and keeping each tag's count in step."""

from collections.abc import Iterable, Sequence

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from app.extensions import db
from app.models import Entry, Tag, entry_tag
from app.models.entry import tags_text_of
from app.text.folding import fold


def set_tags(entry: Entry, user_id: int, names: Sequence[str]) -> None:
    """Give an entry, whose tags are loaded, exactly these tags; tags that are new to the writer are made."""
    wanted = named(user_id, names)
    before, after = {tag.id for tag in entry.tags}, {tag.id for tag in wanted}
    entry.tags = sorted(wanted, key=lambda tag: tag.name_folded)
    entry.tags_text = tags_text_of(tag.name for tag in wanted)
    if not entry.is_trashed:
        count(after - before, 1)
        count(before - after, -1)
    db.session.flush()
    forget_unused(before - after)


def named(user_id: int, names: Sequence[str]) -> list[Tag]:
    """Return the writer's tags of these names, made where they were missing, also when two forms make one at once."""
    if not names:
        return []
    folded = {fold(name): name for name in names}
    tags = _existing(user_id, folded)
    missing = set(folded) - {tag.name_folded for tag in tags}
    if missing:
        insert = sqlite.insert if db.engine.dialect.name == "sqlite" else postgresql.insert
        rows = [{"user_id": user_id, "name": folded[key], "name_folded": key, "entry_count": 0} for key in sorted(missing)]
        db.session.execute(insert(Tag).values(rows).on_conflict_do_nothing())
        tags = _existing(user_id, folded)
    return tags


def count(tag_ids: Iterable[int], change: int) -> None:
    """Add `change` to the number of entries that these tags have."""
    tag_ids = sorted(tag_ids)
    if tag_ids:
        db.session.execute(
            update(Tag).where(Tag.id.in_(tag_ids)).values(entry_count=Tag.entry_count + change).execution_options(synchronize_session=False)
        )


def _existing(user_id: int, folded: Iterable[str]) -> list[Tag]:
    return list(db.session.scalars(select(Tag).where(Tag.user_id == user_id, Tag.name_folded.in_(sorted(folded)))))


def of_entries(entry_ids: Sequence[int]) -> set[int]:
    """Return the ids of the tags that these entries have."""
    return set(db.session.scalars(select(entry_tag.c.tag_id).where(entry_tag.c.entry_id.in_(entry_ids))))


def forget_unused(tag_ids: set[int]) -> None:
    """Remove those of these tags that no entry has any more, not even one in the trash."""
    if tag_ids:
        used = select(entry_tag.c.tag_id).where(entry_tag.c.tag_id == Tag.id).exists()
        db.session.execute(delete(Tag).where(Tag.id.in_(tag_ids), ~used).execution_options(synchronize_session=False))
