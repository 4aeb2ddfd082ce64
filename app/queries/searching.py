"""Searching one's own entries: from what was typed to a page of snippets."""

from dataclasses import dataclass, field

from app.models import HasUserId
from app.queries import entries
from app.queries.entries import Listed
from app.search import index, snippets
from app.text import search_query
from app.text.search_query import SearchQuery

RESULTS_A_PAGE = 20


@dataclass
class Results:
    """One page of results; `is_widened` says that only beginnings of the words were found."""

    page: int
    found: list[Listed] = field(default_factory=list)
    has_more: bool = False
    is_widened: bool = False


def search(reader: HasUserId, text: str, page: int = 1) -> Results:
    """Return one page (from 1) of a person's entries that match what was typed, best first.

    Where no entry has the words, entries with words that begin like the last one are found instead.
    """
    query = search_query.parse(text)
    found, is_widened = _find(reader, query, page), False
    if not found.entry_ids and query.words and (page == 1 or not _find(reader, query, 1).entry_ids):
        query, is_widened = _widened(query), True
        found = _find(reader, query, page)
    marks = snippets.wanted(query, reader.search_languages)
    results = [
        listed._replace(snippet=snippets.snippet(snippets.words_of_html(html), marks)) for listed, html in entries.found(found.entry_ids)
    ]
    return Results(page, results, found.has_more, is_widened and bool(results))


def _find(reader: HasUserId, query: SearchQuery, page: int) -> index.Found:
    return index.find(reader.id, reader.search_languages, query, limit=RESULTS_A_PAGE, offset=(page - 1) * RESULTS_A_PAGE)


def _widened(query: SearchQuery) -> SearchQuery:
    *words, last = query.words
    return SearchQuery(
        words=words,
        phrases=query.phrases,
        prefixes=[*query.prefixes, last],
        excluded=query.excluded,
        tags=query.tags,
        excluded_tags=query.excluded_tags,
        since=query.since,
        until=query.until,
    )
