"""Day One's JSON export: a zip with one `<journal>.json` for each journal, and folders of media.

Field names as in `Automattic/DayOne-Cli`, `rtjson-format.md` and `entry-body-format.md`. Only a date or a text that cannot be read keeps
an entry out; whatever else is odd is named with its day, and what has no place here is kept as data or named once.
"""

import hashlib
import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from app import timezones
from app.formats import daybook, dayone_facts, dayone_text, json_stream, richtext
from app.formats.archive import MAX_RATIO, Reading, open_zip
from app.formats.dayone_media import Media, placed
from app.formats.record import EntryRecord, FileRecord, JournalRecord, UnreadableFile
from app.text import tags
from app.text.folding import clean, clean_line, fold

MAX_TITLE_LENGTH = 200
MAX_ENTRY_SIZE = 16 * 1024 * 1024
"""Of one entry with its rich text: a decoder makes twenty times as much of what is all brackets."""
MAX_TOLD = 1000

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_HEADING = re.compile(r"\A\s*# +([^\n]+)\n*")


@dataclass
class Findings:
    """What is known while the journals of a file are read: the zone where none is named, what was found, and what has no place."""

    zone: str
    media: Media
    journal: JournalRecord
    entries: list[EntryRecord] = field(default_factory=list)
    several: bool = False
    known: dict[str, EntryRecord] = field(default_factory=dict)
    homeless: Counter[str] = field(default_factory=Counter)
    unknown_zones: Counter[str] = field(default_factory=Counter)


def read(path: Path, default_zone: str) -> JournalRecord:
    """Read an export. One bad entry never fails the rest: it is reported. Raises UnreadableFile."""
    with open_zip(path) as archive:
        if daybook.is_ours(archive):
            raise UnreadableFile(f"{path} is an export of Daybook: import it with `import daybook`.")
        reading = Findings(default_zone, Media(archive), JournalRecord())
        faults: list[UnreadableFile] = []
        is_one = {one.filename: _is_journal(archive, one.filename, faults) for one in archive.infolist() if _is_named_as_one(one.filename)}
        journals = [name for name in is_one if is_one[name]]
        for name in [name for name in is_one if not is_one[name]]:
            reading.journal.warnings.append(f"{name} is not a journal of Day One; it was left out.")
        if not journals and faults:
            raise faults[0]
        if not journals:
            raise UnreadableFile(f"{path} holds no journal: a Day One export has a .json file with a list of entries.")
        reading.several = len(journals) > 1
        for name in journals:
            _read_journal(reading, name, _entries_in(archive, name))
    if reading.homeless:
        names = ", ".join(f"{name} ({number})" for name, number in sorted(reading.homeless.items()))
        reading.journal.warnings.append(f"Not imported, because Daybook can't store it: {names}.")
    for name, number in sorted(reading.unknown_zones.items()):
        reading.journal.warnings.insert(0, f"Unknown time zone “{name}”. Entries dated in {reading.zone} instead: {number}.")
    return replace(reading.journal, entries=reading.entries)


def _is_named_as_one(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    return name.lower().endswith(".json") and ".." not in parts and "__MACOSX" not in parts and not parts[-1].startswith(".")


def _is_journal(archive: zipfile.ZipFile, name: str, faults: list[UnreadableFile]) -> bool:
    """Say whether a member is JSON with a list of entries, from beginning to end; raise UnreadableFile for one that is damaged.

    What cannot be read and has shown no entry is a file of something else, perhaps; why it cannot goes to `faults`.
    """
    has_begun = False
    try:
        for value in _entries_in(archive, name):
            has_begun = has_begun or (isinstance(value, dict) and "creationDate" in value)
    except (ValueError, RecursionError):
        return False
    except UnreadableFile as problem:
        if has_begun:
            raise
        faults.append(problem)
        return False
    return True


def _entries_in(archive: zipfile.ZipFile, name: str) -> Iterator[Any]:
    """Yield the entries of a journal one by one; raise ValueError or RecursionError for what is none, UnreadableFile for one of ours."""
    with Reading(archive, name, MAX_ENTRY_SIZE, ratio=MAX_RATIO) as file:
        for part, value in json_stream.members(file, "entries"):
            if part == "entries":
                yield value
            elif (part, value) == ("format", "daybook"):
                raise UnreadableFile(f"{name} is of an export of Daybook that is not whole. Import the zip as it was exported.")


def _read_journal(reading: Findings, member: str, entries: Iterable[Any]) -> None:
    name = clean_line(Path(member.replace("\\", "/")).stem)
    for number, raw in enumerate(entries, 1):
        try:
            entry, files = _entry(raw, name, reading)
        except (KeyError, ValueError, TypeError, AttributeError, OverflowError) as problem:
            reading.journal.unreadable += 1
            if reading.journal.unreadable <= MAX_TOLD:
                day = clean_line(str(raw.get("creationDate") or ""))[:10] if isinstance(raw, dict) else ""
                where = f"{member}, entry {number}{f' of {day}' if day else ''}"
                reading.journal.warnings.append(f"{where}: skipped, {_why(problem)}.")
        else:
            reading.entries.append(_kept_apart(entry, reading))
            reading.journal.files += files


def _kept_apart(entry: EntryRecord, reading: Findings) -> EntryRecord:
    """Give an entry a name of its own where another one with another text has the same: both are kept."""
    first = reading.known.setdefault(entry.origin or "", entry)
    if _says_the_same(first, entry):
        return entry
    texts = [entry.body, f"{entry.entry_date} {entry.title}\n{entry.body}"]
    for text in texts if first.body != entry.body else texts[1:]:
        apart = replace(entry, origin=f"{entry.origin}.{hashlib.sha256(text.encode()).hexdigest()[:12]}")
        known = reading.known.setdefault(apart.origin or "", apart)
        if known is apart:
            reading.journal.warnings.append(f"Two entries of {entry.entry_date} have one id and different texts; both are kept.")
        if _says_the_same(known, entry):
            break
    return apart


def _says_the_same(one: EntryRecord, other: EntryRecord) -> bool:
    return (one.title, one.body, one.entry_date) == (other.title, other.body, other.entry_date)


def _entry(raw: dict[str, Any], journal: str, reading: Findings) -> tuple[EntryRecord, list[FileRecord]]:
    zone = _zone(raw, reading)
    is_day = _DAY.fullmatch(raw["creationDate"]) is not None
    instant = _noon_of(raw["creationDate"], zone) if is_day else _instant(raw["creationDate"])
    local = timezones.to_local(instant, zone)
    text = _text(raw)
    name = clean_line(str(raw.get("uuid") or ""))[:100] or hashlib.sha256(f"{instant}{text}".encode()).hexdigest()[:32]
    text, files = placed(dayone_text.linked(text), raw, reading.media, instant, reading.journal.warnings)
    if not text.strip():
        reading.journal.warnings.append(f"Entry {name} of {local.date()} has no text; it was kept empty.")
    title, body = _title_and_body(text)
    facts, homeless = dayone_facts.facts_of(raw)
    reading.homeless.update(homeless)
    entry = EntryRecord(
        title=title,
        body=body,
        entry_date=local.date(),
        entry_time=None if is_day or raw.get("isAllDay") is True else local.time().replace(microsecond=0),
        timezone=zone,
        created_at=instant,
        updated_at=_changed(raw, instant, reading),
        tags=_tags(raw, journal if reading.several else "", local.date().isoformat(), reading),
        origin=f"dayone:{name}",
        starred_at=instant if raw.get("starred") is True else None,
        facts=facts,
    )
    return entry, files


def _text(raw: dict[str, Any]) -> str:
    """Return an entry's Markdown, or else what its rich text says; raise TypeError for a text that is none."""
    text = raw.get("text")
    if text is not None and not isinstance(text, str):
        raise TypeError
    plain = dayone_text.unescaped(clean(text or ""))
    return plain if plain.strip() else clean(richtext.to_markdown(raw.get("richText")))


def _tags(raw: dict[str, Any], journal: str, day: str, reading: Findings) -> list[str]:
    """Return an entry's tags, and the name of its journal where the file holds several; those that change are named."""
    given = raw.get("tags")
    listed = [given] if isinstance(given, str) else given if isinstance(given, list) else []
    names = [str(name) for name in listed if isinstance(name, (str, int)) and not isinstance(name, bool)]
    reading.journal.warnings += [f"A tag of the entry of {day} has no name; it was left out."] * (len(listed) - len(names))
    tidied = tags.tidy([journal, *names] if journal else names)
    kept = {fold(name) for name in tidied}
    for name in names:
        if (plain := clean_line(name).lstrip("#@").strip()) and fold(plain) not in kept:
            what = tags.tidy([plain])
            became = f"became “{what[0][:40]}”" if what and fold(what[0]) in kept else "was left out"
            reading.journal.warnings.append(f"The tag “{plain[:40]}” of the entry of {day} can't be used as it is, so it {became}.")
    return tidied


def _changed(raw: dict[str, Any], instant: datetime, reading: Findings) -> datetime:
    if not raw.get("modifiedDate"):
        return instant
    try:
        return _instant(raw["modifiedDate"])
    except (ValueError, TypeError, OverflowError):
        reading.journal.warnings.append(
            f"The entry of {instant:%Y-%m-%d} has no readable date of last change. The date it was created is used instead."
        )
        return instant


def _title_and_body(text: str) -> tuple[str, str]:
    """Take the words of a first-level heading at the very top for the title; everything else is the body, as it is.

    A heading that shows or links to something begins the body, too: a title does neither.
    """
    heading = _HEADING.match(text)
    title = clean_line(dayone_text.plain(dayone_text.words_of(heading[1]))) if heading else ""
    if not heading or len(title) > MAX_TITLE_LENGTH:
        return "", text.strip("\n")
    rest = text[heading.end() :].strip("\n")
    is_words_alone = dayone_text.words_of(heading[1]) == heading[1]
    return title, rest if is_words_alone else f"{heading[1].strip()}\n\n{rest}".strip("\n")


def _zone(raw: dict[str, Any], reading: Findings) -> str:
    location = raw.get("location")
    candidates = [raw.get("timeZone"), location.get("timeZoneName") if isinstance(location, dict) else None]
    named = [str(name) for name in candidates if name]
    if found := next(filter(timezones.is_known, map(timezones.iana_name, named)), None):
        return found
    if named:
        reading.unknown_zones[clean_line(named[0])[:40]] += 1
    return reading.zone


def _instant(text: str) -> datetime:
    instant = datetime.fromisoformat(text)
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)


def _noon_of(day: str, zone: str) -> datetime:
    """Return an instant of a day that is named without a time, wherever the writer was."""
    return timezones.to_instant(date.fromisoformat(day), time(12), zone)


def _why(problem: Exception) -> str:
    if isinstance(problem, KeyError):
        return f"it has no {problem.args[0]}"
    return "its date cannot be read" if isinstance(problem, (ValueError, OverflowError)) else "it is not an entry"
