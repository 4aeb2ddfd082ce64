"""Reading what a person types into the search box. Everything is a query; nothing is a syntax error."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from app.text.folding import clean_line, fold

MAX_QUERY_LENGTH = 400
_PIECE = re.compile(
    r'(?P<minus>[–−](?=[^\W\d]|")|-?)(?:(?P<key>tag|from|to):)?(?:"(?P<quoted>[^"]*)"?|(?P<bare>(?:[^\s"]|(?<=[א-ת])"(?=[א-ת])|(?<=\d)"(?=\s|$))+))',
    re.IGNORECASE,
)
_AS_SIGNS = str.maketrans("“”„‟«»「」『』＂：＊－", '""""""""""":*-')
"""Signs as telephones, word processors and wide keyboards type them, and what each means."""
_DATE = re.compile(r"(\d{1,4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")


@dataclass
class SearchQuery:
    """What to find: texts that must occur (a phrase in order, a bare word alone), texts that must not, tags, and dates.

    `prefixes` and `excluded_prefixes` are the words written with a star at the end. `since` and `until` are inclusive. `not_dates` stood
    after `from:` or `to:` and are no dates; they are among the words.
    """

    words: list[str] = field(default_factory=list)
    phrases: list[str] = field(default_factory=list)
    prefixes: list[str] = field(default_factory=list)
    excluded: list[str] = field(default_factory=list)
    excluded_prefixes: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    excluded_tags: list[str] = field(default_factory=list)
    since: date | None = None
    until: date | None = None
    not_dates: list[str] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to look for."""
        asked = (self.words, self.phrases, self.prefixes, self.excluded, self.excluded_prefixes, self.tags, self.excluded_tags)
        return not any(asked) and self.since is None and self.until is None


def parse(text: str) -> SearchQuery:
    """Read a query: `word`, `"a phrase"`, `begin*`, `-word`, `-"phrase"`, `tag:name`, `-tag:name`, `from:1666-09`, `to:1666`.

    Quotation marks of any kind do, dashes that stand for a minus, and wide signs of Chinese and Japanese keyboards. A date that is
    none is looked for as a word, as is anything else that only resembles an operator.
    """
    query = SearchQuery()
    for minus, key, value, quoted in _pieces(clean_line(text)[:MAX_QUERY_LENGTH].translate(_AS_SIGNS)):
        if key == "tag":
            (query.excluded_tags if minus else query.tags).append(value)
        elif key and not minus and (span := span_of(value)):
            query.since = span[0] if key == "from" else query.since
            query.until = span[1] if key == "to" else query.until
        elif key and minus:
            query.excluded.append(f"{key} {value}")
        elif key:
            query.words.append(f"{key} {value}")
            query.not_dates += [] if value in query.not_dates else [value]
        elif not quoted and value.endswith("*") and value.strip("*"):
            (query.excluded_prefixes if minus else query.prefixes).append(value.strip("*"))
        elif minus:
            query.excluded.append(value)
        elif quoted:
            query.phrases.append(value)
        else:
            query.words.append(value)
    return query


def with_tags_renamed(text: str, names: Mapping[str, str]) -> str:
    """Return a query whose tags of these folded names have their other name; as it is where that cannot be written, or is too long."""

    def one(found: re.Match[str]) -> str:
        value = found["quoted"] if found["quoted"] is not None else found["bare"]
        new = names.get(fold(value.strip().lstrip("#"))) if (found["key"] or "").lower() == "tag" else None
        return f'{found["minus"]}tag:"{new}"' if new and '"' not in new else found[0]

    plain = text.translate(_AS_SIGNS)
    renamed = _PIECE.sub(one, plain)
    return renamed if renamed != plain and len(renamed) <= MAX_QUERY_LENGTH else text


def span_of(text: str) -> tuple[date, date] | None:
    """Return the first and last day of `YYYY`, `YYYY-MM` or `YYYY-MM-DD`, None for anything else."""
    match = _DATE.fullmatch(text)
    if match is None:
        return None
    year, month, day = (int(part) if part else None for part in match.groups())
    try:
        first = date(year or 0, month or 1, day or 1)
        if day:
            return first, first
        if month:
            return first, _last_of_month(first)
        return first, date(first.year, 12, 31)
    except ValueError:
        return None


def _last_of_month(first: date) -> date:
    if (first.year, first.month) == (9999, 12):
        return date.max
    return (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def _pieces(text: str) -> Iterator[tuple[bool, str, str, bool]]:
    for match in _PIECE.finditer(text):
        value = match["quoted"] if match["quoted"] is not None else match["bare"]
        if value.strip():
            yield bool(match["minus"]), (match["key"] or "").lower(), value.strip(), match["quoted"] is not None
