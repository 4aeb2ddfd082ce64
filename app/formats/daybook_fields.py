"""The fields of Daybook's own export, each read as what it has to be: anything else makes the whole file unreadable."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from datetime import UTC, date, datetime
from typing import Any, TypeVar

from app.formats import facts
from app.formats.record import DraftRecord, EntryRecord, FileRecord, RevisionRecord, TemplateRecord, clock_time
from app.text import places
from app.text.folding import clean_line

MAX_ORIGIN_LENGTH = 200
_UID = re.compile("[A-Za-z0-9-]{1,36}")
Record = TypeVar("Record", FileRecord, TemplateRecord, DraftRecord)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r:.40} is no text")
    return value


VERSION_BITS = 24
"""Nobody saves an entry sixteen million times, and whoever goes on from there still finds room in a column."""


def _number(least: int, bits: int = 31) -> Callable[[Any], int]:
    """Return what reads a number from `least` on, of so many bits; 31 are what a column of every database holds."""

    def read(value: Any) -> int:
        if not isinstance(value, int) or not least <= value < 2**bits:
            raise ValueError(f"{value!r:.40} is no number from {least} on, of {bits} bits")
        return value

    return read


def _names(value: Any) -> list[str]:
    if not isinstance(value, list):
        raise TypeError(f"{value!r:.40} is no list of tags")
    return [_text(name) for name in value]


def _audience(value: Any) -> str:
    if value not in AUDIENCES:
        raise ValueError(f"{value!r:.40} says for nobody we know")
    return str(value)


def _instant(value: Any) -> datetime:
    found = datetime.fromisoformat(value)
    if found.tzinfo is None:
        raise ValueError(f"{value:.40} has no offset")
    try:
        return found.astimezone(UTC)
    except OverflowError as problem:
        raise ValueError(f"{value:.40} is beyond the years that there are") from problem


def _name(value: Any) -> str:
    """Return a name that every database can hold as it is: one that cannot be is no name of ours."""
    text = _text(value)
    if len(text) > MAX_ORIGIN_LENGTH or clean_line(text) != text:
        raise ValueError(f"{text!r:.40} is no name of an entry or a file")
    return text


def _uid(value: Any) -> str:
    text = _name(value)
    if not _UID.fullmatch(text):
        raise ValueError(f"{text!r:.40} is no name of an entry or a file")
    return text


AUDIENCES = ("private", "members", "public")
_READERS: dict[str, Callable[[Any], Any]] = {
    **dict.fromkeys(("title", "body", "timezone", "name", "mood", "key"), _text),
    **dict.fromkeys(("uid", "entry"), _uid),
    **dict.fromkeys(("origin", "file", "original"), _name),
    **dict.fromkeys(("created_at", "updated_at", "trashed_at", "starred_at", "saved_at"), _instant),
    "entry_date": date.fromisoformat,
    "entry_time": clock_time,
    "tags": _names,
    "facts": facts.tidy,
    "place": places.tidy,
    "visibility": _audience,
    "version": _number(1, VERSION_BITS),
    "step": _number(0),
    "serial": _number(0, bits=53),
}
_MAY_BE_MISSING = {"entry_time", "trashed_at", "timezone", "uid", "origin", "original", "starred_at", "entry"}


def _typed(raw: dict[str, Any], names: Iterable[str], others: Mapping[str, Callable[[Any], Any]] | None = None) -> dict[str, Any]:
    """Return the facts named, each read as what it is, or as `others` say; raise ValueError or TypeError for one that is something else."""
    others = others or {}
    readers, optional = {**_READERS, **others}, _MAY_BE_MISSING - others.keys()
    return {name: None if raw[name] is None and name in optional else readers[name](raw[name]) for name in names}


def entry(raw: dict[str, Any]) -> EntryRecord:
    """Return an entry; raise KeyError, ValueError or TypeError for what is none."""
    names = [field.name for field in fields(EntryRecord) if field.name != "revisions"]
    found = EntryRecord(**_typed({"starred_at": None, "mood": "", "facts": {}, **raw}, names))
    found.revisions = _revisions(raw["revisions"], found.facts.get("place", {}))
    if any(one.step == 0 and one.version >= found.version for one in found.revisions):
        raise ValueError("an earlier version is numbered as the entry is, or later")
    return found


def records(kind: type[Record], value: Any) -> list[Record]:
    """Return files, templates or drafts; raise KeyError, ValueError or TypeError for what is none."""
    if not isinstance(value, list):
        raise TypeError(f"{value!r:.40} is no list")
    names = {field.name for field in fields(kind)}
    readers = {**dict.fromkeys(("entry_date", "entry_time", "tags", "visibility", "place"), _text), "version": _number(0)}
    others = readers if kind is not FileRecord else {}
    return [kind(**_typed(raw, names - ({"place"} - raw.keys()), others)) for raw in value]


def _revisions(value: Any, place: dict[str, Any]) -> list[RevisionRecord]:
    """Return earlier versions; those of an export that knew places of entries only are of the place of theirs."""
    if not isinstance(value, list):
        raise TypeError(f"{value!r:.40} is no list of revisions")
    found = [_revision({"place": place, **raw}) for raw in value]
    if len({(one.version, one.step) for one in found}) != len(found):
        raise ValueError("a version stands there twice")
    return found


def _revision(raw: dict[str, Any]) -> RevisionRecord:
    return RevisionRecord(**_typed({"step": 0, "mood": "", **raw}, [field.name for field in fields(RevisionRecord)]))
