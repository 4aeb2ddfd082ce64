"""Which of a person's entries match a query, best first. The statements are text: made anew for each question, they cost a tenth so.

Both databases give the same entries in the same order; of more than five hundred SQLite tells the newest by their minutes. The index
answers which entries hold the terms, from the newest on, and no more of them are looked at than are ranked; the score is whole-number
arithmetic on how often the terms stand in an entry.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import text

from app.extensions import db
from app.models import EntrySearch
from app.models.entry import SECONDS_A_DAY, sort_key_of
from app.search import terms
from app.search.index import join
from app.text import words
from app.text.folding import fold
from app.text.search_query import SearchQuery
from app.text.tags import level

MAX_RANKED = 500
MAX_ASKED = 8
"""Words, phrases, tags, and so on, of each so many, in one query; the rest of it narrows nothing."""
TITLE_WEIGHT = 5
MAX_COUNTED_LENGTH, WHOLE = 40_000, 2**31 - 1
_TERMS = "string_to_array(btrim(entry_search.terms), '  ')"
"""What migration 0100 made PostgreSQL's index of."""
_STATEMENT = """
    SELECT id, count(*) OVER () AS total FROM (
        SELECT entry.id, entry.sort_key, entry.word_count / 200 AS length {often} FROM {source}
        WHERE entry.user_id = :user_id AND entry.trashed_at IS NULL {conditions} ORDER BY {order} LIMIT {most}
    ) AS candidate ORDER BY {score} sort_key DESC, id DESC LIMIT :limit OFFSET :offset
"""
_TAGGED = """EXISTS (
    SELECT 1 FROM entry_tag JOIN tag ON tag.id = entry_tag.tag_id
    WHERE entry_tag.entry_id = entry.id AND tag.user_id = :user_id
    AND (tag.name_folded = {name} OR substr(tag.name_folded, 1, {length}) = {below})
)"""

Asked = TypeVar("Asked")
Row = tuple[str, ...]
Group = tuple[Row, ...]
"""Rows of terms, any of which will do."""


@dataclass(frozen=True)
class Found:
    """One page of what was found: ids, best first, whether there are more, and how many in all, up to `MAX_RANKED`."""

    entry_ids: list[int]
    has_more: bool
    total: int = 0


def find(user_id: int, codes: str, query: SearchQuery, *, limit: int, offset: int = 0, by_stems: bool = False) -> Found:
    """Return the ids of a person's own entries that match, best first, of equal ones the newest; `codes` are the person's languages.

    Of more than five hundred the newest are ranked. A query that names nothing finds nothing. The index holds stems: where no term begins
    as a prefix does, `by_stems` finds the words that do by what they may be held under.
    """
    asked = question(user_id, codes, query, by_stems=by_stems)
    if asked is None:
        return Found([], False)
    statement = text(asked.statement())
    rows = db.session.connection().execute(statement, {**asked.values, "limit": limit + 1, "offset": offset}).all()
    return Found([row.id for row in rows[:limit]], len(rows) > limit, rows[0].total if rows else 0)


def question(user_id: int, codes: str, query: SearchQuery, *, by_stems: bool = False) -> "Question | None":
    """Return what to ask the database of this person, None where the query names nothing."""
    wanted = _few(_group(word, codes) for part in query.words for word in terms.split(part, codes))
    phrases = _few(_group(part, codes, is_phrase=True) for part in query.phrases)
    excluded = _few(_group(part, codes, is_phrase=True) for part in query.excluded)
    without = [found for prefix in _few(query.excluded_prefixes) if (found := words.found_in(terms.fold_text(prefix, codes)))]
    others = (query.prefixes, without, query.tags, query.excluded_tags, query.since, query.until)
    if not (wanted or phrases or excluded or any(others)):
        return None
    asked = (_InSqlite if db.engine.dialect.name == "sqlite" else _InPostgresql)(user_id)
    for group in [*wanted, *phrases]:
        asked.hold(group)
        asked.rank_by(group)
    for prefix in _few(query.prefixes):
        asked.hold_prefix(words.found_in(terms.fold_text(prefix, codes)), codes, by_stems=by_stems)
    for group in excluded:
        asked.conditions.append(f"NOT ({asked.side_by_side(group)})")
    for found in without:
        asked.leave_out_prefix(found, codes)
    asked.conditions += [asked.tagged(tag) for tag in _few(query.tags)]
    asked.conditions += [f"NOT {asked.tagged(tag)}" for tag in _few(query.excluded_tags)]
    if query.since:
        asked.conditions.append(f"entry.sort_key >= {asked.bind(sort_key_of(query.since))}")
    if query.until:
        asked.conditions.append(f"entry.sort_key < {asked.bind(sort_key_of(query.until) + SECONDS_A_DAY)}")
    return asked


@dataclass
class Question:
    """A question as it grows: conditions on an entry and its terms, what ranks it, and the values for all of them."""

    user_id: int
    conditions: list[str] = field(default_factory=list)
    often: list[str] = field(default_factory=list)
    held: list[str] = field(default_factory=list)
    values: dict[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        self.values = {"user_id": self.user_id}

    def bind(self, value: object) -> str:
        """Return the name under which a statement is given a value."""
        name = f"value_{len(self.values)}"
        self.values[name] = value
        return f":{name}"

    def hold(self, group: Group) -> None:
        """Want one row of a group: all of its terms, and side by side."""
        self.held.append(" OR ".join(self.holds([f"{self.user_id}:{term}" for term in row]) for row in group))

    def hold_prefix(self, found: Sequence[str], codes: str, *, by_stems: bool) -> None:
        """Want a term that begins as the last of these words does, and the words before it."""
        for word in found[:-1]:
            if group := _group(word, codes):
                self.hold(group)
        if not found:
            self.conditions.append("1 = 0")
        elif _is_of_pairs(found[-1]):
            self.hold(_group(found[-1], codes, is_phrase=True))
        else:
            self.hold_beginning(found[-1], terms.stems_beginning(found[-1], codes) if by_stems else ())

    def begins(self, beginning: str, stems: Sequence[str]) -> str:
        """Return the condition that a term begins so, or is one of these stems of words that do."""
        begun = self.has(self.bind(f" {self.user_id}:{beginning}"))
        return " OR ".join([begun, *(self.has(self.bind(join(self.user_id, [stem]))) for stem in stems)])

    def leave_out_prefix(self, found: Sequence[str], codes: str) -> None:
        """Want no term that begins as the last of these words does, where the words before it are there, too."""
        *before, last = found
        groups = [group for word in before if (group := _group(word, codes))]
        if _is_of_pairs(last):
            begun = self.side_by_side(_group(last, codes, is_phrase=True))
        else:
            stems = [stem for stem in terms.stems_beginning(last, codes) if len(stem) > terms.SHORTEST_BEGINNING]
            begun = self.begins(last, stems)
        self.conditions.append(f"NOT ({' AND '.join(f'({one})' for one in [*map(self.side_by_side, groups), begun])})")

    def rank_by(self, group: Group) -> None:
        """Count what a group asks for in the beginning of an entry's terms; in its title each counts for more.

        A long text is found by all of it, and ranked by its beginning.
        """
        phrases = [self.bind(join(self.user_id, row)) for row in group]
        anywhere = " + ".join(self.count("entry_search.terms", phrase) for phrase in phrases)
        in_title = " + ".join(self.count("entry_search.title_terms", phrase) for phrase in phrases)
        self.often.append(f"{anywhere} + CASE entry_search.title_terms WHEN '' THEN 0 ELSE {TITLE_WEIGHT} * ({in_title}) END")

    def tagged(self, tag: str) -> str:
        """Return the condition that an entry has a tag or one nested in it; one that was stored before it would be tidied so, too."""
        names = dict.fromkeys((fold(level(tag).lstrip("#")), fold(tag.lstrip("#"))))
        each = [_TAGGED.format(name=self.bind(name), below=self.bind(f"{name}/"), length=len(name) + 1) for name in names]
        return f"({' OR '.join(each)})"

    def side_by_side(self, group: Group) -> str:
        """Return the condition that the terms of one row of a group stand side by side."""
        return " OR ".join(self.has(self.bind(join(self.user_id, row))) for row in group)

    def statement(self) -> str:
        """Return the statement for the candidates, best first, each with their number.

        The counts stand inside, where the limit is: each is worked out once for each of the newest, and for nobody else.
        """
        source, order = self.newest_first()
        names = [f"often_{number}" for number, _often in enumerate(self.often)]
        often = "".join(f", {count} AS {name}" for count, name in zip(self.often, names, strict=True))
        score = " + ".join(f"{name} * 1000 / ({name} + 2 + length)" for name in names)
        conditions = "".join(f" AND ({condition})" for condition in self.conditions)
        return _STATEMENT.format(
            often=often, source=source, conditions=conditions, order=order, most=MAX_RANKED, score=f"{score} DESC," if score else ""
        )

    def holds(self, keys: list[str]) -> str:
        """Return what asks the index for these terms, each led by its writer's id."""
        raise NotImplementedError

    def hold_beginning(self, beginning: str, stems: Sequence[str]) -> None:
        """Want a term that begins so, or one of these stems."""
        raise NotImplementedError

    def newest_first(self) -> tuple[str, str]:
        """Return the tables to read, with the index's answer among them, and what puts the newest entries first."""
        raise NotImplementedError

    def has(self, phrase: str) -> str:
        """Return the condition that a phrase is among the terms."""
        raise NotImplementedError

    def count(self, column: str, phrase: str) -> str:
        """Return how often a phrase stands in the beginning of a column."""
        raise NotImplementedError


class _InSqlite(Question):
    """A question to FTS5 (sqlite.org/fts5.html#full_text_query_syntax), which knows what stands side by side.

    The index numbers its rows as `EntrySearch.position` says, so that the newest come first without a sort.
    """

    def holds(self, keys: list[str]) -> str:
        return f'"{" ".join(keys)}"'

    def hold_beginning(self, beginning: str, stems: Sequence[str]) -> None:
        self.held.append(" OR ".join([f'"{self.user_id}:{beginning}"*', *(f'"{self.user_id}:{stem}"' for stem in stems)]))

    def newest_first(self) -> tuple[str, str]:
        if not self.held:
            return "entry CROSS JOIN entry_search ON entry_search.entry_id = entry.id", "entry.sort_key DESC, entry.id DESC"
        self.conditions.append(f"entry_fts MATCH {self.bind(' AND '.join(f'({one})' for one in self.held))}")
        entry = f"entry CROSS JOIN entry_search ON entry.id = entry_fts.rowid % {EntrySearch.IDS} AND entry_search.entry_id = entry.id"
        return f"entry_fts CROSS JOIN {entry}", "entry_fts.rowid DESC"

    def has(self, phrase: str) -> str:
        return f"occurrences(entry_search.terms, {phrase}, {WHOLE}) > 0"

    def count(self, column: str, phrase: str) -> str:
        return f"occurrences({column}, {phrase}, {MAX_COUNTED_LENGTH})"


class _InPostgresql(Question):
    """A question to a GIN index or, where most entries match, to each entry from the newest on: the planner knows how often terms are."""

    def hold(self, group: Group) -> None:
        super().hold(group)
        if any(len(row) > 1 for row in group):
            self.conditions.append(self.side_by_side(group))

    def holds(self, keys: list[str]) -> str:
        return f"{_TERMS} @> CAST({self.bind(keys)} AS text[])"

    def hold_beginning(self, beginning: str, stems: Sequence[str]) -> None:
        self.conditions.append(self.begins(beginning, stems))

    def newest_first(self) -> tuple[str, str]:
        self.conditions += self.held
        return "entry JOIN entry_search ON entry_search.entry_id = entry.id", "entry.sort_key DESC, entry.id DESC"

    def has(self, phrase: str) -> str:
        return f"strpos(entry_search.terms, {phrase}) > 0"

    def count(self, column: str, phrase: str) -> str:
        beginning = f"substr({column}, 1, {MAX_COUNTED_LENGTH})"
        return f"(length({beginning}) - length(replace({beginning}, {phrase}, ''))) / length({phrase})"


def _group(part: str, codes: str, *, is_phrase: bool = False) -> Group:
    """Return what a word or a phrase asks for: its stem in each reading, or the pairs of a run without spaces."""
    return tuple(tuple(row) for row in terms.alternatives(part, codes, is_phrase=is_phrase))


def _is_of_pairs(word: str) -> bool:
    """Say whether the index holds a word by its pairs of letters, any of which may begin what is looked for."""
    return words.is_run(word) and len(words.clusters(word)) > 1


def _few(asked: Iterable[Asked]) -> list[Asked]:
    """Return the first of what is asked for, each once: what is asked for again costs again and finds nothing else."""
    return list(islice(filter(None, dict.fromkeys(asked)), MAX_ASKED))
