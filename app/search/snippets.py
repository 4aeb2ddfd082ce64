"""Showing where a found text speaks of what was looked for."""

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import accumulate, islice

from markupsafe import Markup, escape

from app.search import languages, terms
from app.text import summary, words
from app.text.search_query import SearchQuery

MAX_SNIPPET_LENGTH = 240
MAX_SCANNED = 200_000
MAX_JUDGED = 20_000
"""Pieces between spaces, of all texts of a page: what comes later is shown and not marked."""
MAX_LETTERS_JUDGED = 200_000
"""Letters of runs without spaces, of all texts of a page, likewise."""
MAX_PLACES = 500
MAX_HINTS = 8
MAX_REACH, MAX_MARKS = 20, 40
"""How far from where a text is to be cut a space is looked for, and how many marks a letter may have there."""
_INLINE = re.compile(r"</?(?:a|abbr|b|bdi|code|del|em|i|img|input|label|mark|q|s|small|span|strong|sub|sup|u)\b[^>]*>")
_BREAK, _BLOCK = re.compile(r"<br[^>]*>"), re.compile(r"<[^>]*>")
_MARK, _END = Markup("<mark>"), Markup("</mark>")


@dataclass(frozen=True)
class Wanted:
    """The terms that a snippet marks: whole ones, and beginnings."""

    whole: frozenset[str]
    beginnings: tuple[str, ...]
    languages: str
    hints: tuple[frozenset[str], ...] = ()
    """For each of the first words that are looked for, how its terms are spelled."""
    may_begin: re.Pattern[str] | None = None
    """Where, in a piece of ASCII, a word could begin as one that is wanted does; None where stems do not tell."""
    _judged: dict[str, list[tuple[int, int]]] = field(default_factory=dict, compare=False, repr=False)
    _held: dict[str, bool] = field(default_factory=dict, compare=False, repr=False)
    _letters: list[int] = field(default_factory=lambda: [MAX_LETTERS_JUDGED], compare=False, repr=False)

    def hinted_in(self, text: str) -> list[tuple[int, int]]:
        """Return about where each of the words stands, told by spelling alone; nothing where one of them is spelled otherwise."""
        small = text.replace("İ", "i").lower()
        found = [[spot for term in some for spot in _places(small, term)] for some in self.hints]
        return sorted(spot for spots in found for spot in spots) if all(found) else []

    def spots_in(self, text: str) -> list[tuple[int, int]]:
        """Return what to mark of a text whose words are one space apart, in its order.

        No word goes across a space, and most pieces between two come again and again, so that each is looked at once.
        """
        spots, start, judged = [], 0, self._judged
        for piece in text.split(" "):
            found = judged.get(piece)
            if found is None:
                if len(judged) >= MAX_JUDGED:
                    break
                found = judged[piece] = self._judge(piece)
            if found:
                spots += [(start + first, start + last) for first, last in found]
            start += len(piece) + 1
        return spots

    def _judge(self, piece: str) -> list[tuple[int, int]]:
        if self.may_begin and piece.isascii() and not self.may_begin.search(piece):
            return []
        return [spot for word, at in words.shown_in(piece) for spot in self._spots_of(word, at)]

    def _spots_of(self, word: str, start: int) -> list[tuple[int, int]]:
        """Return what to mark of a word that begins at `start`: all of it, the wanted pairs of a run without spaces, or nothing."""
        if not words.is_run(word):
            return [(start, start + len(word))] if self._holds(word) else []
        letters = words.clusters(word[: self._letters[0]])
        self._letters[0] -= len(letters)
        ends = [start, *accumulate(map(len, letters), initial=start)]
        found, before, spots = self.whole, "", []
        for index, letter in enumerate(_folded(letters)):
            if letter in found:
                spots.append((ends[index + 1], ends[index + 2]))
            if before + letter in found:
                spots.append((ends[index], ends[index + 2]))
            before = letter
        return _merged(spots)

    def _holds(self, word: str) -> bool:
        if word not in self._held:
            begins = bool(self.beginnings) and terms.fold_text(word, self.languages).startswith(self.beginnings)
            self._held[word] = begins or not self.whole.isdisjoint(terms.terms_of(word, self.languages))
        return self._held[word]


def wanted(query: SearchQuery, codes: str) -> Wanted:
    """Return what to mark for a query of somebody who writes in these languages."""
    words_wanted = [word for text in [*query.words, *query.phrases] for word in terms.split(text, codes)]
    found = [{term for row in terms.alternatives(word, codes) for term in row} for word in words_wanted]
    begun = [words.found_in(terms.fold_text(prefix, codes)) for prefix in query.prefixes]
    beginnings = tuple(last for *_before, last in filter(None, begun) if not words.is_run(last))
    of_prefixes = [word for *before, last in filter(None, begun) for word in [*before, *[last] * words.is_run(last)]]
    found += [{term for row in terms.alternatives(word, codes, is_phrase=True) for term in row} for word in of_prefixes]
    hints = dict.fromkeys(frozenset(some) for some in [*found, *({one} for one in beginnings)] if some)
    whole = frozenset().union(*found)
    may_begin = _beginning([*whole, *beginnings]) if languages.keep_first_letters(codes) else None
    return Wanted(whole, beginnings, codes, tuple(islice(hints, MAX_HINTS)), may_begin)


def _beginning(found: Iterable[str]) -> re.Pattern[str]:
    """Return what finds, in ASCII, the first letter of a word, or the first digit of a number, that one of these terms begins with."""
    first = sorted({term[0] for term in found if term[:1].isascii() and term[:1].isalnum()})
    letters, digits = "".join(one for one in first if one.isalpha()), "".join(one for one in first if one.isdigit())
    return re.compile(
        "|".join([rf"(?<![a-z])[{letters}]"] * bool(letters) + [rf"(?<!\d)[{digits}]"] * bool(digits)) or r"(?!)", re.IGNORECASE
    )


def words_of_html(clean_html: str) -> str:
    """Return the words of HTML that this application made, as one line of text in which the end of each block can be seen."""
    blocks = _BLOCK.sub("\n", _INLINE.sub("", _BREAK.sub(" ", clean_html[:MAX_SCANNED].replace("\n", " "))))
    return summary.on_one_line(html.unescape(blocks).split("\n"))


def snippet(text: str, marks: Wanted, longest: int = MAX_SNIPPET_LENGTH) -> Markup:
    """Return the stretch of `text` that holds the most marked words, escaped, each of them in `<mark>`.

    Where all the words are spelled as they are looked for, only the part round the best place is gone through word by word.
    """
    text, is_cut_before, is_cut_after = _part(text, marks, longest)
    spots = marks.spots_in(text)
    start = _best_start(spots, longest)
    start = _cut_before(text, start - longest // 8) if start > longest // 4 else 0
    end = len(text) if len(text) <= start + longest else _cut_before(text, start + longest)
    pieces, at = [Markup("…") if start or is_cut_before else Markup("")], start
    for first, last in spots:
        if at <= first < end:
            pieces += [escape(text[at:first]), _MARK, escape(text[first : min(last, end)]), _END]
            at = min(last, end)
    pieces += [escape(text[at:end]), Markup("…") if end < len(text) or is_cut_after else Markup("")]
    return Markup("").join(pieces)


def _places(text: str, term: str) -> Iterator[tuple[int, int]]:
    """Yield where a term is spelled: at the beginning of a word, or anywhere in a run without spaces."""
    is_run = words.is_run(term)
    place = text.find(term)
    for _number in range(MAX_PLACES):
        if place < 0:
            break
        if is_run or not text[max(0, place - 1) : place].isalnum():
            yield place, place + len(term)
        place = text.find(term, place + 1)


def _part(text: str, marks: Wanted, longest: int) -> tuple[str, bool, bool]:
    """Return the part of a text that its snippet comes from, cut between words, and whether there is more before and behind."""
    if len(text) <= 3 * longest or not (hinted := marks.hinted_in(text)):
        return text, False, False
    place = _best_start(hinted, longest)
    first, last = _cut_before(text, place - longest // 2), _cut_before(text, place + 3 * longest)
    return text[first:last], first > 0, last < len(text)


def _cut_before(text: str, place: int) -> int:
    """Return where to cut a text near a place: behind the space before it, or before its letter where no space is near."""
    if not 0 < place < len(text):
        return max(0, min(place, len(text)))
    space = text.rfind(" ", max(0, place - MAX_REACH), place)
    if space >= 0:
        return space + 1
    return place - next((back for back in range(min(MAX_MARKS, place)) if not words.is_mark(text[place - back])), 0)


def _folded(letters: list[str]) -> list[str]:
    """Return the letters of a run as its terms have them, one for each."""
    folded = words.clusters(terms.fold_text("".join(letters)))
    return folded if len(folded) == len(letters) else [terms.fold_text(letter) for letter in letters]


def _merged(spots: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return stretches that touch or overlap as one."""
    merged: list[tuple[int, int]] = []
    for first, last in sorted(spots):
        if merged and first <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return merged


def _best_start(spots: list[tuple[int, int]], longest: int) -> int:
    """Return where the window with the most spots begins; of equal ones the first."""
    best, most, first = 0, 0, 0
    for index, (start, _end) in enumerate(spots):
        while start - spots[first][0] > longest * 3 // 4:
            first += 1
        if index - first + 1 > most:
            best, most = spots[first][0], index - first + 1
    return best
