"""What a list shows of a text: its first words, and how many there are."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from app.text import words

MAX_EXCERPT_LENGTH = 320

MIN_OPENING_LENGTH, MAX_OPENING_LENGTH = 12, 90
"""A full stop before so many characters ends an initial, a title or a number rather than a sentence, and a dot is the writer's own."""

_SPACE = re.compile(r"\s+")
_APART = " · "
"""Between a heading, an item of a list or another block without a mark at its end, and the block after it."""
_SENTENCE = re.compile(rf"(?:[.!?…؟।։۔]+[\"'”’»)\]]*(?=\s|$)|(?<=[Α-Ωα-ωά-ώ])[;\u037e](?=\s|$)|[。！？។៕။]+[”’」』）》】\"']*|{_APART})")
"""Where a sentence ends: marks that a space follows, those of scripts that put none, and the end of a block."""
_DOTTED = re.compile(
    r"(?:^|[^\w])(?:[^\W\d]|Mr|Mrs|Ms|Mx|Dr|Dra|Prof|St|Ste|Mt|Ft|Ave|Jr|Hr|Fr|Sr|Sra|Mme|Mlle|Nr|etc|vs|ca|bzw|vgl|inkl|evtl|ggf|usw|max|min|approx|dept|tel|no|avda|janv|févr|dott|"
    r"им|ул|пл|пр|др|см|проф|акад)$",
    re.IGNORECASE,
)
"""What a dot belongs to: an initial or the letters of an abbreviation, and some of what everybody shortens."""
_ORDINAL = re.compile(
    r"(?:^|\W)(?:am|vom|zum|im|den|dem|der|des|bis|ab|seit|nach|(?:m|d|s)ein(?:en|em|er)?|ihr(?:en|em|er)|dne|le|el|il) \d\d?$"
)
"""The number of a day, as in “am 27. November”; “Day 3.” and “at 7.” are ends."""
_NUMBER = re.compile(r"(?:^|\W)\d\d?$")
_MONTH = re.compile(
    r"\s+(?:Januar|Jänner|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember|January|February|March|May|June|July|"
    r"October|December|Jan|Feb|Mär|Mar|Apr|Jun|Jul|Aug|Sept?|Okt|Oct|Nov|Dez|Dec)\b"
)
_SHORT_MONTH = re.compile(r"(?:^|\W)(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|янв|февр?|апр|июн|июл|авг|сент?|окт|но?яб|дек)$")
_STREET = re.compile(r"\wstr$", re.IGNORECASE)
_CAPITAL = re.compile(r"[.!?…]\s+[A-ZÀ-ÖØ-ÞА-ЯЁΑ-Ω]")
"""The beginning of a later sentence; where none has one, its writer begins none with a capital."""
_GOES_ON = re.compile(r"\s+[—–-]?\s*(?=[^\W\d_])(?P<letter>.)")
_LOOKED_BACK, _LOOKED_ON = 24, 24
_MARKED = re.compile(r"[.!?…؟।։۔。！？,;:،؛，；：、–—-][\"'”’»)\]」』）]*$")


class Opening(NamedTuple):
    """The first sentence of a text, which heads an entry without a title, and what a list shows below it."""

    title: str
    rest: str


def opening(beginning: str) -> Opening:
    """Part the beginning of a plain text into its first sentence and the rest; a long sentence is cut, and stands whole below."""
    end = next((found for found in _SENTENCE.finditer(beginning) if _is_end(found)), None)
    if end and end.end() <= MAX_OPENING_LENGTH:
        return Opening(beginning[: end.end()].removesuffix(_APART).strip(), beginning[end.end() :].strip())
    if len(beginning) <= MAX_OPENING_LENGTH:
        return Opening(beginning, "")
    return Opening(excerpt(beginning, MAX_OPENING_LENGTH), beginning)


def _is_end(found: re.Match[str]) -> bool:
    before = found.string[max(0, found.start() - _LOOKED_BACK) : found.start()]
    after = found.string[found.end() : found.end() + _LOOKED_ON]
    is_casual = found[0] == "." and not _NUMBER.search(before) and not _CAPITAL.search(found.string, found.end())
    if found[0] != _APART and not is_casual and _goes_on(found.string, after):
        return False
    if found[0] != ".":
        return found[0][0] not in ". " or found.end() > MIN_OPENING_LENGTH
    following = after.lstrip()[:1]
    is_day = _NUMBER.search(before) and _MONTH.match(after)
    is_shortened = (_SHORT_MONTH.search(before) and following.isdigit()) or (
        _STREET.search(before) and (following.isdigit() or following.islower())
    )
    is_dotted = is_day or is_shortened or _DOTTED.search(before) or _ORDINAL.search(before)
    return found.end() > MIN_OPENING_LENGTH and (found.end() == len(found.string) or not is_dotted)


def _goes_on(whole: str, after: str) -> bool:
    """Say whether a small letter follows, in a text of which sentences begin with capitals: “Go!” he said."""
    following = _GOES_ON.match(after)
    first = next((letter for letter in whole[:_LOOKED_ON] if letter.isalpha()), "")
    return following is not None and following["letter"].islower() and not first.islower()


def blocks_apart(plain: str) -> str:
    """Return the beginning of a text of one block a line on one line, in which the end of each block can be seen."""
    return on_one_line(plain[: MAX_EXCERPT_LENGTH * 4].split("\n"))


def on_one_line(blocks: Sequence[str]) -> str:
    """Return blocks of text on one line, in which the end of each can be seen."""
    blocks = [line for block in blocks if (line := " ".join(block.split()))]
    parted = [f"{block}{' ' if _MARKED.search(block[-8:]) else _APART}" for block in blocks[:-1]]
    return "".join([*parted, *blocks[-1:]])


def excerpt(plain: str, longest: int = MAX_EXCERPT_LENGTH) -> str:
    """Return the beginning of a plain text on one line, cut between words and marked with an ellipsis where it was cut."""
    line = _SPACE.sub(" ", plain[: longest * 4]).strip()
    if len(line) <= longest:
        return line
    head = words.beginning(line, longest)
    cut = head.rfind(" ")
    return (head[:cut] if cut > longest // 2 else head).rstrip(" ,;:–—-") + "…"
