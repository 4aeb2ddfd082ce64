"""Reading tags from a line."""

from collections.abc import Iterable

from app.text.folding import clean_line, fold

MAX_LENGTH = 64
MAX_FOLDED_LENGTH = 255
MAX_TAGS = 50


def parse(line: str) -> list[str]:
    """Return the tags of a comma-separated line, tidied, each once (the first spelling stays), without leading `#`."""
    return tidy(split(line))


def split(line: str) -> list[str]:
    """Return the parts of a line between its commas, Chinese and Japanese ones too, as they were typed."""
    return line.replace("，", ",").replace("、", ",").split(",")


def tidy(names: Iterable[str]) -> list[str]:
    """Return names of tags in their stored form, each once; a slash that no address could carry becomes a hyphen."""
    found: dict[str, str] = {}
    for name in names:
        name = clean_line(name).lstrip("#@").strip().replace(",", " ")[:MAX_LENGTH].strip()
        if {part.strip() for part in name.split("/")} & {"", ".", ".."}:
            name = name.replace("/", "-")
        while len(fold(name)) > MAX_FOLDED_LENGTH:
            name = name[:-1].strip()
        if name and name not in {".", ".."}:
            found.setdefault(fold(name), name)
    return list(found.values())[:MAX_TAGS]
