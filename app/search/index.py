"""The index: what words an entry has. Which entries have some words is asked by `matching`.

`entry_search` holds an entry's terms as text, each term led by its writer's id, so that one person's search costs nothing
for other people's journals: ` 7:great  7:fire `. SQLite's FTS5 table and PostgreSQL's GIN index over the terms are kept by the
databases themselves.
"""

import html
import re
from collections.abc import Iterable, Sequence
from html.entities import html5
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, column, func, insert, select, table
from sqlalchemy.dialects import postgresql, sqlite

from app.extensions import db
from app.models import Entry, EntrySearch
from app.models.entry import position_of
from app.search import languages, terms
from app.text import attachments, markdown_code

MERGED_PAGES = 500
MAX_WORD, MAX_TWICE = 100, 5000
_PAIRED = re.compile(r"(\*{1,3}|~~)(?=[^\s*~])([^*~\n]{1,200}?)(?<=[^\s*~])\1")
_END, _BEGINNING = re.compile(r"\S{1,100}$"), re.compile(r"\S{1,100}")
_LINK = re.compile(r"!?\[([^\[\]\n]{1,300})\]\(([^()\n]{0,500})\)|\[\^([^\[\]\s]{1,100})\](?!:)")
_TICK = re.compile(r"^([ \t>]{0,40}(?:[-*+]|\d{1,9}[.)])[ \t]{1,4})\[[xX]\](?=[ \t])", re.MULTILINE)
_ESCAPED, _ENTITY = re.compile(r"\\([!-/:-@\[-`{-~])"), re.compile(r"&(?:#\d{1,7}|#[xX][\da-fA-F]{1,6}|[A-Za-z][\dA-Za-z]{1,31});")
_FTS = table("entry_fts", column("rowid"), column("entry_fts"), column("rank"))
_POSITION = select(position_of(Entry.sort_key, Entry.id)).where(Entry.id == bindparam("id")).scalar_subquery()


def _upsert(insert: Any) -> Any:
    new = insert.excluded
    set_ = {"terms": new.terms, "title_terms": new.title_terms, "rules": new.rules, "position": new.position}
    return insert.values(position=_POSITION).on_conflict_do_update(index_elements=["entry_id"], set_=set_)


_PUT = {"sqlite": _upsert(sqlite.insert(EntrySearch)), "postgresql": _upsert(postgresql.insert(EntrySearch))}


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
    return Words(terms.terms_of(title, codes), terms.terms_of(_as_read(attachments.without_names(body)), codes), codes)


def _as_read(body: str) -> str:
    """Return a Markdown text in which words stand side by side, and are whole, as its page shows them.

    Where links lead and the marks of footnotes come at its end, and words with marks as they are written.
    """
    targets: list[str] = []

    def only_words(link: re.Match[str]) -> str:
        targets.append(link[2] or link[3] or "")
        # A picture or a file stands by itself, and the words of two links are two.
        is_apart = link[0].startswith("!") or not targets[-1].strip() or link.string[link.end() : link.end() + 1] == "["
        return f" {link[1]} " if is_apart and link[1] else link[1] or ""

    def meant(entity: re.Match[str]) -> str:
        if len(targets) < MAX_TWICE:
            targets.append(entity[0])
        return html5.get(entity[0][1:]) or (html.unescape(entity[0]) if entity[0].startswith("&#") else entity[0])

    def without_marks(pair: re.Match[str]) -> str:
        text, start, end = pair.string, pair.start(), pair.end()
        if not (text[start - 1 : start].isalpha() or text[end : end + 1].isalpha()):
            return pair[0]
        if len(targets) < MAX_TWICE:
            # As it is written, too: what is no mark after all, or stands in code, is looked for like that.
            before, after = _END.search(text[max(0, start - MAX_WORD) : start]), _BEGINNING.match(text, end, end + MAX_WORD)
            targets.append(f"{before[0] if before else ''}{pair[0]}{after[0] if after else ''}")
        return pair[2]

    shown = markdown_code.outside(_TICK.sub(r"\1", body), lambda part: _ENTITY.sub(meant, part)) if "&" in body else _TICK.sub(r"\1", body)
    whole = _ESCAPED.sub(r"\1", _PAIRED.sub(without_marks, _LINK.sub(only_words, shown)))
    return "\n".join([whole, *targets])


def put(entry_id: int, user_id: int, findable: Words) -> None:
    """Make these words of an entry findable on the entry's day, in place of those it had before."""
    put_all(user_id, [(entry_id, findable)])


def put_all(user_id: int, findable: Iterable[tuple[int, Words]]) -> None:
    """Make the words of some of a person's entries findable: ids, and what is findable of each."""
    rows = [{"id": entry_id, "entry_id": entry_id, **words.columns(user_id)} for entry_id, words in findable]
    if rows:
        db.session.flush()
        db.session.connection().execute(_PUT[db.engine.dialect.name], rows)


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
    connection.execute(select(_FTS.c.rowid).where(_FTS.c.entry_fts.op("MATCH")('"0"')).limit(1)).all()


def join(user_id: int, found: Sequence[str]) -> str:
    """Return terms as `entry_search` keeps them; each has its own spaces so that neighbours can be counted."""
    return "".join(f" {user_id}:{term} " for term in found)
