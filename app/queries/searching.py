"""Searching one's own entries: from what was typed to a page of snippets."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import NamedTuple

from markupsafe import Markup
from sqlalchemy import select

from app.extensions import db
from app.models import Entry, HasUserId
from app.queries import entries, in_full
from app.queries.entries import Listed
from app.search import matching, snippets
from app.text import search_query, summary
from app.text.search_query import SearchQuery

RESULTS_A_PAGE, MAX_OFFERED = 20, 8


@dataclass
class Results:
    """One page of results, and how many there are in all.

    `is_widened` says that only beginnings of the words were found, `not_dates` what should have been dates.
    """

    page: int
    found: list[Listed] = field(default_factory=list)
    has_more: bool = False
    is_widened: bool = False
    total: int = 0
    not_dates: list[str] = field(default_factory=list)


def search(reader: HasUserId, text: str, page: int = 1) -> Results:
    """Return one page (from 1) of a person's entries that match what was typed, best first.

    Where no entry has the words, entries with words that begin like the last one are found instead.
    """
    query = search_query.parse(text)
    for way in _ways(query):
        found = _page_of(reader, way, page)
        if found.entry_ids or (page > 1 and _page_of(reader, way, 1).entry_ids):
            break
    query = way.query
    marks = snippets.wanted(query, reader.search_languages)
    results = [listed._replace(snippet=_snippet(listed, html, marks)) for listed, html in entries.found(found.entry_ids)]
    is_widened = way.is_widened and bool(results)
    return Results(page, entries.with_photos(results), found.has_more, is_widened, found.total, query.not_dates)


def _snippet(listed: Listed, html: str, marks: snippets.Wanted) -> Markup:
    """Return where a found entry speaks of it; the first sentence, which heads one without a title, is repeated only where it must be."""
    words = snippets.words_of_html(html)
    opening = "" if listed.title else summary.opening(listed.excerpt).title
    if opening and words.startswith(opening):
        rest = snippets.snippet(words[len(opening) :].lstrip(), marks)
        if "<mark>" in rest or not (marks.whole or marks.beginnings):
            return rest
    return snippets.snippet(words, marks)


def search_in_full(reader: HasUserId, text: str) -> list[Entry]:
    """Return the entries that `search` puts first, so many that a page can hold them in full and one more, the oldest first."""
    for way in _ways(search_query.parse(text)):
        found = _found(reader, way, limit=in_full.MAX_ON_A_PAGE + 1)
        if found.entry_ids:
            break
    return in_full.of_ids(reader.id, found.entry_ids)


class Offered(NamedTuple):
    """An own entry that a text could link to."""

    uid: str
    title: str
    excerpt: str
    entry_date: date


def offered(reader: HasUserId, typed: str) -> list[Offered]:
    """Return a person's own entries whose words begin as what was typed so far, best first; before anything was typed, the latest."""
    query = search_query.parse(typed)
    offers = select(Entry.uid, Entry.title, Entry.excerpt, Entry.entry_date, Entry.id)
    latest = offers.where(Entry.user_id == reader.id, Entry.trashed_at.is_(None)).order_by(Entry.sort_key.desc(), Entry.id.desc())
    if query.is_empty:
        return [Offered(*row[:-1]) for row in db.session.execute(latest.limit(MAX_OFFERED))]
    query = _widened(query) if query.words else query
    found = matching.find(reader.id, reader.search_languages, query, limit=MAX_OFFERED).entry_ids
    rows = {row.id: Offered(*row[:-1]) for row in db.session.execute(offers.where(Entry.id.in_(found)))}
    return [rows[entry_id] for entry_id in found if entry_id in rows]


class _Way(NamedTuple):
    """One way of understanding what was typed."""

    query: SearchQuery
    is_widened: bool = False
    by_stems: bool = False


def _ways(query: SearchQuery) -> Iterator[_Way]:
    """Yield the ways in which a query may be meant, until one finds something: as it stands, then by beginnings of its last word."""
    yield _Way(query)
    if query.prefixes:
        yield _Way(query, by_stems=True)
    if query.words:
        yield _Way(_widened(query), is_widened=True)


def _found(reader: HasUserId, way: _Way, *, limit: int, offset: int = 0) -> matching.Found:
    return matching.find(reader.id, reader.search_languages, way.query, limit=limit, offset=offset, by_stems=way.by_stems)


def _page_of(reader: HasUserId, way: _Way, page: int) -> matching.Found:
    return _found(reader, way, limit=RESULTS_A_PAGE, offset=(page - 1) * RESULTS_A_PAGE)


def _widened(query: SearchQuery) -> SearchQuery:
    *words, last = query.words
    return replace(query, words=words, prefixes=[*query.prefixes, last])
