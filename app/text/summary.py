"""What a list shows of a text: its first words, and how many there are."""

import re

from app.text import words

MAX_EXCERPT_LENGTH = 320

_SPACE = re.compile(r"\s+")


def excerpt(plain: str, longest: int = MAX_EXCERPT_LENGTH) -> str:
    """Return the beginning of a plain text on one line, cut between words and marked with an ellipsis where it was cut."""
    line = _SPACE.sub(" ", plain[: longest * 4]).strip()
    if len(line) <= longest:
        return line
    head = words.beginning(line, longest)
    cut = head.rfind(" ")
    return (head[:cut] if cut > longest // 2 else head).rstrip(" ,;:–—-") + "…"
