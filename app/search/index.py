"""The index: what words an entry has, and which entries have these words. The only SQL text outside migrations is here.

`entry_search` holds an entry's terms as text, each term led by its writer's id, so that one person's search costs nothing
for other people's journals: ` 7:great  7:fire `. SQLite's FTS5 table and PostgreSQL's GIN index over the terms answer
"which entries hold all of these"; phrases are then looked for in the text itself, and the score is whole-number arithmetic
on it, so that both databases find the same entries in the same order.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Select,
    Text,
    and_,
    cast,
    column,
    exists,
    false,
    func,
    insert,
    literal,
    literal_column,
    not_,
    or_,
    select,
    table,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import InstrumentedAttribute

from app.extensions import db
from app.models import Entry, EntrySearch, Tag, entry_tag
from app.models.entry import sort_key_of
from app.search import languages, terms
from app.text import attachments, words
from app.text.folding import fold
from app.text.search_query import SearchQuery

MAX_RANKED = 500
MAX_ASKED = 8
"""Words, phrases, tags, and so on, of each so many, in one query; the rest of it narrows nothing."""
TITLE_WEIGHT = 5
MAX_COUNTED_LENGTH = 40_000
MAX_TERMS = 1_000_000_000
MERGED_PAGES = 500
_FTS = table("entry_fts", column("rowid"), column("entry_fts"), column("rank"))


def _upsert(insert: Any) -> Any:
    new = insert.excluded
    set_ = {"terms": new.terms, "title_terms": new.title_terms, "rules": new.rules}
    return insert.on_conflict_do_update(index_elements=["entry_id"], set_=set_)


_PUT = {"sqlite": _upsert(sqlite.insert(EntrySearch)), "postgresql": _upsert(postgresql.insert(EntrySearch))}


@dataclass(frozen=True)
class Found:
    """One page of what was found: ids, best first, whether there are more, and how many in all, up to `MAX_RANKED`."""

    entry_ids: list[int]
    has_more: bool
    total: int = 0


class Words(NamedTuple):
    """What is findable of an entry: the terms of its title, those of its text, and the languages they were read in."""

    title: list[str]
    body: list[str]
    languages: str

    def columns(self, user_id: int) -> dict[str, str]:
        """Return them as `entry_search` holds them."""
        found = {"terms": join(user_id, [*self.title, *self.body]), "title_terms": join(user_id, self.title)}
        return {**found, "rules": languages.rules_of(self.languages)}


def words_of(title: str, body: str, codes: str) -> Words:
    """Return what is findable of a title and a text by somebody who writes in these languages."""
    return Words(terms.terms_of(title, codes), terms.terms_of(attachments.without_names(body), codes), codes)


def put(entry_id: int, user_id: int, findable: Words) -> None:
    """Make these words of an entry findable, in place of those it had before."""
    db.session.execute(_PUT[db.engine.dialect.name], {"entry_id": entry_id, **findable.columns(user_id)})


def merge_some(*, begin: bool) -> bool:
    """Merge a part of the index, which drops the words of what was deleted, and say whether there is more to do.

    The first call of a round begins it. Of FTS5's commands this is the one that can be taken in small steps
    (sqlite.org/fts5.html#the_merge_command); PostgreSQL cleans up by itself.
    """
    if db.engine.dialect.name != "sqlite":
        return False
    before = db.session.scalars(select(func.total_changes())).one()
    db.session.execute(insert(_FTS), {"entry_fts": "merge", "rank": -MERGED_PAGES if begin else MERGED_PAGES})
    return bool(db.session.scalars(select(func.total_changes())).one() - before >= 2)


def see_anew(connection: Connection) -> None:
    """Let an SQLite connection see the index as it is now, before the database's own check looks at it.

    FTS5 remembers an index's segments for each connection. Any question asks whether others have changed them; `PRAGMA
    integrity_check` does not, and takes segments that were merged meanwhile for damage (SQLite 3.53.4).
    """
    connection.execute(_matching('"0"').limit(1)).all()


def join(user_id: int, found: Sequence[str]) -> str:
    """Return terms as `entry_search` keeps them; each has its own spaces so that neighbours can be counted."""
    return "".join(f" {user_id}:{term} " for term in found)


def find(user_id: int, codes: str, query: SearchQuery, *, limit: int, offset: int = 0) -> Found:
    """Return the ids of a person's own entries that match, best first, of equal ones the newest; `codes` are the person's languages.

    Of more than five hundred the newest are ranked. A query that names nothing finds nothing.
    """
    wanted = _each_once(_group(word, codes) for text in query.words for word in terms.split(text))
    phrases = _each_once(_group(text, codes, is_phrase=True) for text in query.phrases)
    unwanted = _each_once(_group(text, codes, is_phrase=True) for text in query.excluded)
    groups = [*wanted, *phrases]
    if query.is_empty or (not groups and not _narrows(query)):
        return Found([], False)
    conditions = [
        Entry.user_id == user_id,
        Entry.trashed_at.is_(None),
        *_holding(user_id, groups),
        *[_starting(user_id, prefix, codes) for prefix in _few(query.prefixes)],
        *[not_(_with_any(user_id, group)) for group in unwanted],
        *[_tagged(user_id, name) for name in _few(query.tags)],
        *[not_(_tagged(user_id, name)) for name in _few(query.excluded_tags)],
    ]
    if query.since:
        conditions.append(Entry.sort_key >= sort_key_of(query.since))
    if query.until:
        conditions.append(Entry.sort_key < sort_key_of(query.until) + 86_400)
    statement = _ranked(user_id, conditions, groups).limit(limit + 1).offset(offset)
    rows = db.session.connection().execute(statement).all()
    return Found([row[0] for row in rows[:limit]], len(rows) > limit, rows[0].total if rows else 0)


Group = tuple[tuple[str, ...], ...]
"""Rows of terms, any of which will do."""


def _group(text: str, codes: str, *, is_phrase: bool = False) -> Group:
    """Return what a word or a phrase asks for: its stem in each reading, or the pairs of a run without spaces."""
    return tuple(tuple(row) for row in terms.alternatives(text, codes, is_phrase=is_phrase))


def _each_once(groups: Iterable[Group]) -> list[Group]:
    """Return the first of these groups, each once: what is asked for again costs again and finds nothing else."""
    return list(islice((group for group in dict.fromkeys(groups) if group), MAX_ASKED))


def _few(names: Iterable[str]) -> list[str]:
    return list(islice(dict.fromkeys(names), MAX_ASKED))


def _narrows(query: SearchQuery) -> bool:
    return bool(query.prefixes or query.tags or query.since or query.until)


def _ranked(user_id: int, conditions: Sequence[ColumnElement[bool]], groups: Sequence[Group]) -> Select[int, int]:
    """Return the statement for the candidates, best first, each with their number.

    The counts stand inside, where the limit is: each is worked out once for each of the newest, and for nobody else.
    """
    often = [_often(user_id, group).label(f"often_{number}") for number, group in enumerate(groups)]
    candidates = (
        select(Entry.id, Entry.sort_key, Entry.word_count, *often)
        .join(EntrySearch, EntrySearch.entry_id == Entry.id)
        .where(*conditions)
        .order_by(Entry.sort_key.desc(), Entry.id.desc())
        .limit(MAX_RANKED)
        .subquery()
    )
    score: ColumnElement[int] = literal(0)
    for column_ in often:
        count = candidates.c[column_.name]
        score = score + count * 1000 // (count + 2 + candidates.c.word_count // 200)
    total = func.count().over().label("total")
    return select(candidates.c.id, total).order_by(score.desc(), candidates.c.sort_key.desc(), candidates.c.id.desc())


def _often(user_id: int, group: Group) -> ColumnElement[int]:
    """Return how often an entry has what a group asks for, in the beginning of its terms; of its title each counts for more.

    A long text is found by all of it, and ranked by its beginning.
    """
    often: ColumnElement[int] = literal(0)
    for phrase in [join(user_id, row) for row in group]:
        often = often + _count(EntrySearch.terms, phrase) + TITLE_WEIGHT * _count(EntrySearch.title_terms, phrase)
    return often


def _count(text: InstrumentedAttribute[str], phrase: str) -> ColumnElement[int]:
    if db.engine.dialect.name == "sqlite":
        return func.occurrences(text, phrase, MAX_COUNTED_LENGTH, type_=Integer)
    beginning = func.substr(text, 1, MAX_COUNTED_LENGTH)
    return (func.length(beginning, type_=Integer) - func.length(func.replace(beginning, phrase, ""), type_=Integer)) // len(phrase)


def _holding(user_id: int, groups: Sequence[Group]) -> list[ColumnElement[bool]]:
    """Hold one row of each group; those that have no choice are asked for with one question."""
    certain = [group[0] for group in groups if len(group) == 1]
    every = sorted({f"{user_id}:{term}" for row in certain for term in row})
    conditions = [_with_all(every)] if every else []
    conditions += [_with_phrase(user_id, row) for row in certain if len(row) > 1]
    return [*conditions, *[_with_any(user_id, group) for group in groups if len(group) > 1]]


def _with_any(user_id: int, group: Group) -> ColumnElement[bool]:
    return or_(*[and_(_with_all([f"{user_id}:{term}" for term in row]), _with_phrase(user_id, row)) for row in group])


def _with_all(keys: Sequence[str]) -> ColumnElement[bool]:
    """Hold all of these terms; the one question that each database's own index answers."""
    if db.engine.dialect.name == "sqlite":
        return Entry.id.in_(_matching(" AND ".join(f'"{key}"' for key in keys)))
    stored = func.string_to_array(func.btrim(EntrySearch.terms), literal_column("'  '"))
    return stored.op("@>", is_comparison=True)(cast(list(keys), ARRAY(Text)))


def _starting(user_id: int, prefix: str, codes: str) -> ColumnElement[bool]:
    """Hold a term that begins so."""
    found = words.found_in(terms.fold_text(prefix))
    if not found:
        return false()
    *whole, last = found
    conditions = [_with_any(user_id, group) for word in whole if (group := _group(word, codes))]
    if db.engine.dialect.name == "sqlite":
        return and_(*conditions, Entry.id.in_(_matching(f'"{user_id}:{last}"*')))
    return and_(*conditions, func.strpos(EntrySearch.terms, f" {user_id}:{last}") > 0)


def _matching(expression: str) -> Select[Any]:
    return select(_FTS.c.rowid).where(_FTS.c.entry_fts.op("MATCH")(expression))


def _with_phrase(user_id: int, group: Sequence[str]) -> ColumnElement[bool]:
    """Hold these terms side by side. LIKE would look for capitals, too, at several times the cost."""
    if db.engine.dialect.name == "sqlite":
        return func.occurrences(EntrySearch.terms, join(user_id, group), MAX_TERMS) > 0
    return func.strpos(EntrySearch.terms, join(user_id, group)) > 0


def _tagged(user_id: int, name: str) -> ColumnElement[bool]:
    return exists().where(
        entry_tag.c.entry_id == Entry.id,
        entry_tag.c.tag_id == Tag.id,
        Tag.user_id == user_id,
        Tag.name_folded == fold(name.lstrip("#")),
    )
