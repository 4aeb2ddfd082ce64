"""What has changed between two texts, word by word."""

from functools import cache
from typing import NamedTuple

import regex
from diff_match_patch import diff_match_patch

from app.text import words

MAX_SEARCH_SECONDS = 0.5
MAX_WORDS = 60_000
MAX_COMPARED = 20_000
"""Of so many words, after what both begin and end with: what makes a difference readable moves it along them one by one."""
MAX_COMPARED_LENGTH = 400_000
_FIRST_CODE = 0x100


class Piece(NamedTuple):
    """A run of text that both have (`kind` 0), that only the earlier has (-1), or only the later (1)."""

    kind: int
    text: str


def between(earlier: str, later: str) -> list[Piece]:
    """Return the later text as pieces, with what went and what came in their places.

    Words and emoji stay whole, and letters keep their marks; of scripts without spaces, each letter is a word. After half a second the
    search for the smallest change ends, and what is left is shown as gone and come. Texts that differ over too many words are compared by
    lines, and shown whole where that is too much as well.
    """
    pieces = None
    if len(earlier) + len(later) <= MAX_COMPARED_LENGTH:
        pieces = _changed(_token().findall(earlier), _token().findall(later))
    if pieces is None:
        pieces = _changed(earlier.splitlines(keepends=True), later.splitlines(keepends=True))
    return pieces if pieces is not None else [Piece(-1, earlier), Piece(1, later)]


@cache
def _token() -> regex.Pattern[str]:
    """Return the pattern of what is compared as one: a letter of a run without spaces, a word, an emoji, a space, any other character."""
    of_runs = f"{words.LETTER_SCRIPTS}{words.WORD_SCRIPTS}"
    word = rf"[[{words.LETTERS}_]--[{of_runs}]][[{words.LETTERS}{words.MARKS}_]--[{of_runs}]]*"
    return regex.compile(rf"(?V1)[{of_runs}]\p{{M}}*|{word}|{words.EMOJI}|\s+|\X")


def _changed(earlier: list[str], later: list[str]) -> list[Piece] | None:
    """Compare two lists of tokens between what both begin and end with; None where that is too much."""
    shorter = min(len(earlier), len(later))
    if len(earlier) + len(later) <= MAX_COMPARED:
        return _compared(earlier, later)
    head = next((index for index in range(shorter) if earlier[index] != later[index]), shorter)
    most = shorter - head
    tail = next((index for index in range(most) if earlier[-1 - index] != later[-1 - index]), most)
    if max(len(earlier), len(later)) - head - tail > MAX_COMPARED:
        return None
    middle = _compared(earlier[head : len(earlier) - tail], later[head : len(later) - tail])
    if middle is None:
        return None
    ends = Piece(0, "".join(later[:head])), Piece(0, "".join(later[len(later) - tail :]))
    return [piece for piece in _joined([ends[0], *middle, ends[1]]) if piece.text]


def _joined(pieces: list[Piece]) -> list[Piece]:
    """Return pieces of which no two neighbours are of one kind."""
    found: list[Piece] = []
    for piece in pieces:
        if found and found[-1].kind == piece.kind:
            found[-1] = Piece(piece.kind, found[-1].text + piece.text)
        else:
            found.append(piece)
    return found


def _compared(earlier: list[str], later: list[str]) -> list[Piece] | None:
    """Compare two lists of tokens by giving each token a character; None where there are more kinds than characters."""
    codes: dict[str, str] = {}
    for token in (*earlier, *later):
        if token not in codes:
            number = _FIRST_CODE + len(codes)
            codes[token] = chr(number if number < 0xD800 else number + 0x800)
    if len(codes) > MAX_WORDS:
        return None
    tokens = {code: token for token, code in codes.items()}
    search = diff_match_patch()
    search.Diff_Timeout = MAX_SEARCH_SECONDS
    found = search.diff_main("".join(codes[token] for token in earlier), "".join(codes[token] for token in later), False)
    search.diff_cleanupSemantic(found)
    return [Piece(kind, "".join(tokens[code] for code in run)) for kind, run in found]
