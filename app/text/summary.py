"""What a list shows of a text: its first words, and how many there are."""

import re
from typing import NamedTuple

from app.text import words

MAX_EXCERPT_LENGTH = 320

MIN_OPENING_LENGTH, MAX_OPENING_LENGTH = 12, 90
"""A full stop before so many characters ends an initial, a title or a number rather than a sentence."""

_SPACE = re.compile(r"\s+")
_SENTENCE = re.compile(r"(?:[.!?…؟।]+[\"'”’»)\]]*(?=\s|$)|[。！？]+[”’」』）]*)")
"""Where a sentence ends: marks that a space follows, and those of scripts that put none."""


class Opening(NamedTuple):
    """The first sentence of a text, which heads an entry without a title, and what a list shows below it."""

    title: str
    rest: str


def opening(beginning: str) -> Opening:
    """Part the beginning of a plain text into its first sentence and the rest; a long sentence is cut, and stands whole below."""
    end = next((found for found in _SENTENCE.finditer(beginning) if found[0][0] != "." or found.end() > MIN_OPENING_LENGTH), None)
    if end and end.end() <= MAX_OPENING_LENGTH:
        return Opening(beginning[: end.end()].strip(), beginning[end.end() :].strip())
    if len(beginning) <= MAX_OPENING_LENGTH:
        return Opening(beginning, "")
    return Opening(excerpt(beginning, MAX_OPENING_LENGTH), beginning)


def excerpt(plain: str, longest: int = MAX_EXCERPT_LENGTH) -> str:
    """Return the beginning of a plain text on one line, cut between words and marked with an ellipsis where it was cut."""
    line = _SPACE.sub(" ", plain[: longest * 4]).strip()
    if len(line) <= longest:
        return line
    head = words.beginning(line, longest)
    cut = head.rfind(" ")
    return (head[:cut] if cut > longest // 2 else head).rstrip(" ,;:–—-") + "…"
