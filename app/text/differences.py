"""What has changed between two texts, word by word."""

import re
from typing import NamedTuple

from diff_match_patch import diff_match_patch

LONGEST_SEARCH_SECONDS = 0.5
MOST_WORDS = 60_000
_TOKEN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\u3040-\u30ff]|\w+|\s+|[^\w\s]")
_FIRST_CODE = 0x100


class Piece(NamedTuple):
    """A run of text that both have (`kind` 0), that only the earlier has (-1), or only the later (1)."""

    kind: int
    text: str


def between(earlier: str, later: str) -> list[Piece]:
    """Return the later text as pieces, with what went and what came in their places.

    Words stay whole; each Chinese or Japanese character is one. After half a second the search for the smallest change ends,
    and what is left is shown as gone and come. Texts with too many different words are compared by lines.
    """
    pieces = _compared(_TOKEN.findall(earlier), _TOKEN.findall(later))
    if pieces is None:
        pieces = _compared(earlier.splitlines(keepends=True), later.splitlines(keepends=True))
    return pieces if pieces is not None else [Piece(-1, earlier), Piece(1, later)]


def _compared(earlier: list[str], later: list[str]) -> list[Piece] | None:
    """Compare two lists of tokens by giving each token a character; None where there are more kinds than characters."""
    codes: dict[str, str] = {}
    for token in (*earlier, *later):
        if token not in codes:
            number = _FIRST_CODE + len(codes)
            codes[token] = chr(number if number < 0xD800 else number + 0x800)
    if len(codes) > MOST_WORDS:
        return None
    tokens = {code: token for token, code in codes.items()}
    search = diff_match_patch()
    search.Diff_Timeout = LONGEST_SEARCH_SECONDS
    found = search.diff_main("".join(codes[token] for token in earlier), "".join(codes[token] for token in later), False)
    search.diff_cleanupSemantic(found)
    return [Piece(kind, "".join(tokens[code] for code in run)) for kind, run in found]
