"""Day One's JSON export: a zip with one `<journal>.json` for each journal, and folders of media.

Field names as in `Automattic/DayOne-Cli`, `rtjson-format.md` and `entry-body-format.md`.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app import zones
from app.formats.archive import open_zip, read_member
from app.formats.dayone_media import Media, placed
from app.formats.record import EntryRecord, FileRecord, JournalRecord, UnreadableFile
from app.text import tags
from app.text.folding import clean, clean_line

LONGEST_TITLE = 200

_HEADING = re.compile(r"\A\s*# +([^\n]+)\n*")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")


def read(path: Path, default_zone: str) -> JournalRecord:
    """Read an export. One bad entry never fails the rest: it is reported. Raises UnreadableFile."""
    journal = JournalRecord()
    with open_zip(path) as archive:
        members = [member for member in archive.infolist() if "/" not in member.filename and member.filename.endswith(".json")]
        if not members:
            raise UnreadableFile(f"{path} holds no journal: a Day One export has a .json file at its top.")
        media = Media(archive)
        for member in members:
            for number, raw in enumerate(_entries_in(read_member(archive, member), member.filename), 1):
                try:
                    entry, files = _entry(raw, default_zone, media, journal.warnings)
                except (KeyError, ValueError, TypeError, AttributeError, OverflowError) as problem:
                    journal.warnings.append(f"{member.filename}, entry {number}: skipped, {_why(problem)}.")
                else:
                    journal.entries.append(entry)
                    journal.files += files
    return journal


def _entries_in(content: bytes, name: str) -> Iterator[Any]:
    try:
        data = json.loads(content)
        yield from data["entries"]
    except (ValueError, KeyError, TypeError, RecursionError) as problem:
        raise UnreadableFile(f"{name} is not a Day One journal: it has no list of entries.") from problem


def _entry(raw: dict[str, Any], default_zone: str, media: Media, warnings: list[str]) -> tuple[EntryRecord, list[FileRecord]]:
    instant = _instant(raw["creationDate"])
    zone = _zone(raw) or default_zone
    local = zones.to_local(instant, zone)
    text = clean(raw.get("text") or "")
    name = clean_line(str(raw.get("uuid") or ""))[:100] or hashlib.sha256(f"{instant}{text}".encode()).hexdigest()[:32]
    text, files = placed(text, raw, media, instant, warnings)
    if not text.strip():
        warnings.append(f"Entry {name} of {local.date()} has no text; it was kept empty.")
    title, body = _title_and_body(text)
    names = [str(tag) for tag in raw.get("tags") or []]
    entry = EntryRecord(
        title=title,
        body=body,
        entry_date=local.date(),
        entry_time=None if raw.get("isAllDay") else local.time().replace(microsecond=0),
        timezone=zone,
        created_at=instant,
        updated_at=_instant(raw["modifiedDate"]) if raw.get("modifiedDate") else instant,
        tags=tags.tidy(names),
        origin=f"dayone:{name}",
        starred_at=instant if raw.get("starred") else None,
    )
    return entry, files


def _title_and_body(text: str) -> tuple[str, str]:
    """Take a first-level heading at the very top for the title; everything else is the body, as it is."""
    heading = _HEADING.match(text)
    title = clean_line(_ESCAPED.sub(r"\1", heading[1])) if heading else ""
    if not heading or len(title) > LONGEST_TITLE:
        return "", text.strip("\n")
    return title, text[heading.end() :].strip("\n")


def _zone(raw: dict[str, Any]) -> str | None:
    candidates = [raw.get("timeZone"), (raw.get("location") or {}).get("timeZoneName")]
    return next((str(name) for name in candidates if name and zones.is_known(str(name))), None)


def _instant(text: str) -> datetime:
    instant = datetime.fromisoformat(text)
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)


def _why(problem: Exception) -> str:
    if isinstance(problem, KeyError):
        return f"it has no {problem.args[0]}"
    return "its date cannot be read" if isinstance(problem, (ValueError, OverflowError)) else "it is not an entry"
