"""Reading tags from a line."""

import re
from collections.abc import Iterable, Mapping, Sequence

from app.text.folding import clean_line, fold, is_blank

MAX_LENGTH = 64
MAX_FOLDED_LENGTH = 255
MAX_TAGS = 50
_SEPARATORS = re.compile("[,，、،､]")
"""What people type between tags: the comma, the wide one, the ideographic one in both widths, the Arabic one."""
_UNSEEN = re.compile("[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]")
"""What keyboards and pastes leave in a word; joiners that shape letters and emoji (U+200C, U+200D) stay."""


def parse(line: str) -> list[str]:
    """Return the tags of a comma-separated line, tidied, each once (the first spelling stays), without leading `#`."""
    return tidy(split(line))


def split(line: str) -> list[str]:
    """Return the parts of a line between its commas, of any script, as they were typed."""
    return _SEPARATORS.split(line)


def level(name: str) -> str:
    """Return a name without what nobody sees in it: marks of direction, joiners of words, spaces beside a slash."""
    return "/".join(part.strip() for part in _UNSEEN.sub("", clean_line(name)).split("/"))


def tidy(names: Iterable[str]) -> list[str]:
    """Return names of tags in their stored form, each once; a slash that no address could carry becomes a hyphen."""
    found: dict[str, str] = {}
    for name in names:
        name = level(_SEPARATORS.sub(" ", level(name).lstrip("#@")))[:MAX_LENGTH].strip()
        if {part.strip() for part in name.split("/")} & {"", ".", ".."}:
            name = name.replace("/", "-")
        while len(fold(name)) > MAX_FOLDED_LENGTH:
            name = name[:-1].strip()
        if not is_blank(name) and name not in {".", ".."}:
            found.setdefault(fold(name), name)
    return list(found.values())[:MAX_TAGS]


def renamed(line: str, names: Mapping[str, str]) -> str:
    """Return a line of tags in which those of these folded names have their other name; without any of them it stays as it was typed."""
    found = parse(line)
    if not names.keys() & {fold(name) for name in found}:
        return line
    return ", ".join(tidy(names.get(fold(name), name) for name in found))


def followed(typed: Sequence[str], opened: Sequence[str], now: Sequence[str]) -> list[str]:
    """Return what was typed on a page that opened with some tags, which have been renamed or removed since: `now` is what is left.

    What the person added is added; of what the page opened with, all is as it is now, unless it is called the same and was taken away.
    """
    before, after = {fold(name) for name in opened}, {fold(name) for name in now}
    kept = [name for name in typed if fold(name) not in before - after]
    return tidy([*kept, *(name for name in now if fold(name) in after - before)])
