"""Finding entries: one by one for reading or changing, and in lists, of which Core columns are all that is read."""

from collections.abc import Collection, Sequence
from datetime import date, time
from functools import cache
from typing import Any, NamedTuple

from markupsafe import Markup
from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    Subquery,
    and_,
    bindparam,
    case,
    exists,
    false,
    func,
    literal_column,
    or_,
    select,
    tuple_,
    union,
)
from sqlalchemy.orm import joinedload, selectinload

from app.extensions import db
from app.models import Entry, HasUserId, HiddenFlag, Tag, User, Visibility, entry_tag
from app.models.entry import split_tags_text
from app.queries import photos
from app.queries.paging import PAGE_SIZE, Cursor, Page
from app.queries.photos import Photos

VIEWS = ("all", "mine", "shared", "starred")
FEW = 1000

_NOT_TRASHED = Entry.trashed_at.is_(None)
_NOT_HIDDEN = Entry.hidden_flags == literal_column("0")
IS_SHARED = and_(_NOT_TRASHED, Entry.visibility != literal_column("'private'"), _NOT_HIDDEN)
_PUBLIC = and_(_NOT_TRASHED, Entry.visibility == literal_column("'public'"), _NOT_HIDDEN)
_OLDER = tuple_(Entry.sort_key, Entry.id) < tuple_(bindparam("sort_key"), bindparam("entry_id"))
_NEWER = tuple_(Entry.sort_key, Entry.id) > tuple_(bindparam("sort_key"), bindparam("entry_id"))


class Listed(NamedTuple):
    """What a list shows of an entry. `snippet` is what a search found in it, `photos` those that its text shows."""

    id: int
    title: str
    excerpt: str
    entry_date: date
    entry_time: time | None
    visibility: str
    sort_key: int
    user_id: int
    writer: str
    word_count: int
    tags_text: str
    mood: str
    is_starred: bool
    has_files: bool
    snippet: Markup | None = None
    photos: Photos = photos.NONE

    @property
    def tags(self) -> list[str]:
        """Its tags by name."""
        return split_tags_text(self.tags_text)

    @property
    def cursor(self) -> Cursor:
        """Where the entry stands in a list."""
        return Cursor(self.sort_key, self.id)


_COLUMNS = (
    Entry.id,
    Entry.title,
    Entry.excerpt,
    Entry.entry_date,
    Entry.entry_time,
    Entry.visibility,
    Entry.sort_key,
    Entry.user_id,
    func.coalesce(func.nullif(User.display_name, ""), User.username).label("writer"),
    Entry.word_count,
    Entry.tags_text,
    Entry.mood,
    Entry.starred_at.is_not(None).label("is_starred"),
    exists(photos.Links.entry_id).where(photos.Links.entry_id == Entry.id, photos.Links.is_shown).label("has_files"),
)
ListStatement = Select[*tuple[Any, ...]]
LISTED: ListStatement = select(*_COLUMNS).join(User, User.id == Entry.user_id)


def _branch(*conditions: ColumnElement[bool], is_older: bool) -> Select[int, int]:
    """Return the ids and keys of one page's worth of entries; each such branch is one walk along one index."""
    order = (Entry.sort_key.desc(), Entry.id.desc()) if is_older else (Entry.sort_key, Entry.id)
    return select(Entry.id, Entry.sort_key).where(*conditions).order_by(*order).limit(PAGE_SIZE + 1)


def _statement(branches: Sequence[Select[int, int]], is_older: bool) -> ListStatement:
    """Return what lists the newest (or, going back, the oldest) entries of all branches; each entry once."""
    ids = branches[0].subquery()
    if len(branches) > 1:
        every = union(*[select(branch.subquery()) for branch in branches]).subquery()
        ids = select(every).order_by(*_order(every, is_older)).limit(PAGE_SIZE + 1).subquery()
    return LISTED.join(ids, ids.c.id == Entry.id).order_by(*_order(ids, is_older))


def _order(ids: Subquery, is_older: bool) -> tuple[ColumnElement[int], ColumnElement[int]]:
    return (ids.c.sort_key.desc(), ids.c.id.desc()) if is_older else (ids.c.sort_key, ids.c.id)


def _conditions(view: str) -> list[list[ColumnElement[bool]]]:
    """Return, for each index that a view walks, what it asks of entries."""
    mine = [Entry.user_id == bindparam("reader_id"), _NOT_TRASHED]
    with_tag = select(entry_tag.c.entry_id).where(entry_tag.c.tag_id.in_(bindparam("tag_ids", expanding=True)))
    views: dict[str, list[list[ColumnElement[bool]]]] = {
        "all": [mine, [IS_SHARED]],
        "mine": [mine],
        "shared": [[IS_SHARED]],
        "starred": [[*mine, Entry.starred_at.is_not(None)]],
        "public": [[_PUBLIC]],
        "shared by": [[Entry.user_id == bindparam("writer_id"), IS_SHARED]],
        "public by": [[Entry.user_id == bindparam("writer_id"), _PUBLIC]],
        "tagged": [[_NOT_TRASHED, Entry.id.in_(with_tag)]],
        "often tagged": [[*mine, with_tag.where(entry_tag.c.entry_id == Entry.id).exists()]],
    }
    return views[view]


def _prepared() -> dict[tuple[str, str], ListStatement]:
    """Build every list's statement once: for each view its first page, the pages after a cursor, and those before one."""
    found: dict[tuple[str, str], ListStatement] = {}
    for view in (*VIEWS, "public", "shared by", "public by", "tagged", "often tagged"):
        for edge, extra in (("first", []), ("older", [_OLDER]), ("newer", [_NEWER])):
            branches = [_branch(*conditions, *extra, is_older=edge != "newer") for conditions in _conditions(view)]
            found[view, edge] = _statement(branches, is_older=edge != "newer")
    return found


_PAGES = _prepared()


def journal(reader: HasUserId | None, view: str, cursor: Cursor | None) -> Page[Listed]:
    """Return a page of everything the reader may read, newest day first; without a reader, of what anybody may."""
    if reader is None:
        return _page("public", cursor, {})
    return _page(view, cursor, {"reader_id": reader.id})


def by_writer(writer: HasUserId, reader: HasUserId | None, cursor: Cursor | None) -> Page[Listed]:
    """Return a page of what a person shows this reader."""
    return _page("shared by" if reader else "public by", cursor, {"writer_id": writer.id})


MAX_HTML_IN_LISTS_LENGTH = 100_000


def html_for_lists() -> ColumnElement[str]:
    """Return the HTML of entries of which many stand on one page; of a very long one there is none, and its beginning has to do."""
    return case((func.length(Entry.html) <= MAX_HTML_IN_LISTS_LENGTH, Entry.html), else_="").label("html")


def latest_public(writer: HasUserId | None = None) -> list[Row[*tuple[Any, ...]]]:
    """Return the public entries that were published last, with their HTML, for a feed; of one person or of all."""
    conditions = [_PUBLIC] if writer is None else [_PUBLIC, Entry.user_id == writer.id]
    statement = (
        select(*_COLUMNS, Entry.uid, html_for_lists(), Entry.published_at, Entry.updated_at)
        .join(User, User.id == Entry.user_id)
        .where(*conditions)
        .order_by(Entry.published_at.desc(), Entry.id.desc())
        .limit(PAGE_SIZE)
    )
    return list(db.session.execute(statement))


def tagged(tags: Sequence[Tag], cursor: Cursor | None) -> Page[Listed]:
    """Return a page of the entries, out of the trash, that have any of these tags of one person.

    Tags with few entries are asked for them; of those with many, a walk along the person's journal soon finds a page.
    """
    view = "tagged" if sum(tag.entry_count for tag in tags) < FEW else "often tagged"
    return _page(view, cursor, {"reader_id": tags[0].user_id, "tag_ids": [tag.id for tag in tags]})


def found(entry_ids: Sequence[int]) -> list[tuple[Listed, str]]:
    """Return what a list shows of these entries, in the order given, each with its HTML."""
    statement = LISTED.add_columns(Entry.html).where(Entry.id.in_(entry_ids))
    by_id = {row.id: (Listed(*row[:-1]), row.html) for row in db.session.execute(statement)}
    return [by_id[entry_id] for entry_id in entry_ids if entry_id in by_id]


def listed(statement: ListStatement, values: dict[str, Any] | None = None) -> list[Listed]:
    """Return what a statement made of `LISTED` finds. It goes straight to the connection: no row here is ever changed."""
    return [Listed(*row) for row in db.session.connection().execute(statement, values)]


def with_photos(rows: Sequence[Listed]) -> list[Listed]:
    """Return rows with the photos of their entries; one statement for all, and none where no entry has a file."""
    with_files = [row.id for row in rows if row.has_files]
    found = photos.of_entries(with_files) if with_files else {}
    return [row._replace(photos=found[row.id]) if row.id in found else row for row in rows]


def by_form_id(user_id: int, form_id: str) -> Entry | None:
    """Return the entry that a form made earlier, as it is now."""
    return _changeable(Entry.user_id == user_id, Entry.form_id == form_id)


def readable(entry_id: int, reader: HasUserId | None, *, moderates: bool = False) -> Entry | None:
    """Return an entry that this reader may read, with its writer; who moderates may read hidden public ones."""
    values = {"entry_id": entry_id, "reader_id": reader.id} if reader else {"entry_id": entry_id}
    return db.session.scalars(_readable(is_known=reader is not None, moderates=moderates), values).one_or_none()


def readable_among(entry_ids: Collection[int], reader: HasUserId | None) -> set[int]:
    """Return the ids of those of these entries that this reader may read; no statement where there are none."""
    if not entry_ids:
        return set()
    may_read = readable_by(reader.id if reader else None)
    return set(db.session.scalars(select(Entry.id).where(Entry.id.in_(entry_ids), may_read)))


def readable_by_uid(writer_id: int, uids: Collection[str], reader: HasUserId | None) -> dict[str, int]:
    """Return the ids of those of a writer's entries with these uids that this reader may read; no statement where there are none."""
    if not uids:
        return {}
    may_read = readable_by(reader.id if reader else None)
    found = select(Entry.uid, Entry.id).where(Entry.user_id == writer_id, Entry.uid.in_(uids), may_read)
    return {row.uid: row.id for row in db.session.execute(found)}


@cache
def _readable(*, is_known: bool, moderates: bool) -> Select[Entry]:
    may_read = readable_by(bindparam("reader_id") if is_known else None, moderates=moderates)
    return select(Entry).where(Entry.id == bindparam("entry_id"), may_read).options(joinedload(Entry.user, innerjoin=True))


def readable_by(reader_id: int | ColumnElement[int] | None, *, moderates: bool = False) -> ColumnElement[bool]:
    """Return the condition for entries that this reader may read; it is the one home of that rule for single entries."""
    if reader_id is None:
        return _PUBLIC
    hidden = (
        and_(Entry.visibility == Visibility.PUBLIC.value, Entry.hidden_flags == HiddenFlag.BY_MODERATOR.value) if moderates else false()
    )
    return and_(_NOT_TRASHED, or_(Entry.user_id == reader_id, IS_SHARED, hidden))


def own(entry_id: int, writer: HasUserId, *, in_trash: bool = False) -> Entry | None:
    """Return a person's own entry with its tags, as it is now and locked where the database can, for changing it."""
    where = Entry.trashed_at.is_not(None) if in_trash else _NOT_TRASHED
    return _changeable(Entry.id == entry_id, Entry.user_id == writer.id, where)


def _changeable(*conditions: ColumnElement[bool]) -> Entry | None:
    return db.session.scalars(
        select(Entry)
        .where(*conditions)
        .options(selectinload(Entry.tags))
        .with_for_update(of=Entry)
        .execution_options(populate_existing=True)
    ).one_or_none()


def _page(view: str, cursor: Cursor | None, values: dict[str, Any]) -> Page[Listed]:
    edge = "first" if cursor is None else "older" if cursor.is_older else "newer"
    page = _page_of(_PAGES[view, edge], cursor, values)
    if edge == "newer" and page.newer is None:
        return _page_of(_PAGES[view, "first"], None, values)
    return page


def _page_of(statement: ListStatement, cursor: Cursor | None, values: dict[str, Any]) -> Page[Listed]:
    if cursor:
        values = {**values, "sort_key": cursor.sort_key, "entry_id": cursor.entry_id}
    rows = listed(statement, values)
    has_more, rows = len(rows) > PAGE_SIZE, rows[:PAGE_SIZE]
    is_older = cursor is None or cursor.is_older
    if not is_older:
        rows.reverse()
    if not rows:
        return Page([])
    has_older = has_more if is_older else True
    has_newer = (cursor is not None) if is_older else has_more
    newest, oldest = rows[0].cursor, rows[-1].cursor
    return Page(with_photos(rows), newer=newest if has_newer else None, older=oldest if has_older else None)
