"""Searches that a person keeps under a name, one a line: the name, a tab, and the query."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from app.text.folding import clean_line, fold
from app.text.search_query import MAX_QUERY_LENGTH, with_tags_renamed

MAX_SEARCHES, MAX_NAME_LENGTH = 20, 60


class SavedSearch(NamedTuple):
    """A query and what a person calls it."""

    name: str
    query: str


def parse(text: str) -> list[SavedSearch]:
    """Read saved searches in their order; lines that are none are left out."""
    found = []
    for line in text.splitlines()[:MAX_SEARCHES]:
        name, _tab, query = line.partition("\t")
        name, query = clean_line(name)[:MAX_NAME_LENGTH], clean_line(query)[:MAX_QUERY_LENGTH]
        if name and query:
            found.append(SavedSearch(name, query))
    return found


def write(searches: Iterable[SavedSearch]) -> str:
    """Return saved searches as they are kept, by name."""
    tidy = (SavedSearch(clean_line(one.name), clean_line(one.query)) for one in searches)
    return "\n".join(f"{one.name}\t{one.query}" for one in sorted(tidy, key=lambda one: fold(one.name)))


def with_other_tags(text: str, names: Mapping[str, str]) -> str:
    """Return saved searches whose tags of these folded names have their other name."""
    searches = parse(text)
    found = [SavedSearch(one.name, with_tags_renamed(one.query, names)) for one in searches]
    return write(found) if found != searches else text
