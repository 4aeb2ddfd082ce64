"""What a list shows of a text: its first words, and how many there are."""

import re

LONGEST_EXCERPT = 320

_WORD = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u3040-\u30ff]|[^\W_]+(?:['’-][^\W_]+)*")
_SPACE = re.compile(r"\s+")


def excerpt(plain: str, longest: int = LONGEST_EXCERPT) -> str:
    """Return the beginning of a plain text on one line, cut between words and marked with an ellipsis where it was cut."""
    line = _SPACE.sub(" ", plain[: longest * 4]).strip()
    if len(line) <= longest:
        return line
    head = line[:longest]
    cut = head.rfind(" ")
    return (head[:cut] if cut > longest // 2 else head).rstrip(" ,;:–—-") + "…"


def count_words(plain: str) -> int:
    """Return the number of words; each Chinese or Japanese character counts as one."""
    return sum(1 for _ in _WORD.finditer(plain))
