"""Daybook's own export: one zip with everything of a person, described in `docs/export-format.md`."""

import hashlib
import json
import re
import unicodedata
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, time
from pathlib import Path
from typing import IO, Any, Self

from app.formats import daybook_fields
from app.formats.archive import JOURNAL, MANIFEST, Reading, open_zip, read_member
from app.formats.json_stream import members
from app.formats.record import (
    DraftRecord,
    EntryRecord,
    FileRecord,
    JournalRecord,
    RevisionRecord,
    TemplateRecord,
    UnreadableFile,
)
from app.text import entry_links
from app.text.attachments import moved

FORMAT_VERSION = 2
ENTRIES = "entries"
FIXED_TIME = (1980, 1, 1, 0, 0, 0)
MAX_SLUG_LENGTH = 40
PIECE = 1024 * 1024


@dataclass
class ExportedPerson:
    """Whose journal it is; named in the manifest, and not taken over by an import."""

    username: str
    email: str
    created_at: datetime


@dataclass
class Journal:
    """What is written: `entries` is called twice and gives the same records both times, without their earlier versions.

    `revisions` gives those of an entry by its uid, the oldest first, `read` opens the bytes of a file and raises
    FileNotFoundError where they are gone or damaged, and `portable` returns a text
    whose links to other entries hold elsewhere.
    """

    person: ExportedPerson
    settings: dict[str, str]
    files: list[FileRecord]
    templates: list[TemplateRecord]
    drafts: Callable[[], Iterable[DraftRecord]]
    entries: Callable[[], Iterable[EntryRecord]]
    revisions: Callable[[str], Iterable[RevisionRecord]]
    read: Callable[[str], IO[bytes]]
    portable: Callable[[str], str]


def write(out: IO[bytes], journal: Journal, now: datetime) -> dict[str, int]:
    """Write the archive to a file and return its counts."""
    counts = {"entries": 0, "revisions": 0, "files": len(journal.files), "drafts": 0}
    sums: dict[str, str] = {}
    missing: list[str] = []
    taken: dict[str, int] = {}
    places = {record.uid: f"../../../{record.file}" for record in journal.files}
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        with _Member(archive, JOURNAL, sums) as file:
            file.write(f'{{\n"format": "daybook",\n"version": {FORMAT_VERSION},\n"settings": {_json(journal.settings)},')
            for part, records in (("files", journal.files), ("templates", journal.templates)):
                file.write(f'\n"{part}": [{",".join(chr(10) + _json(_portable(record, journal.portable)) for record in records)}\n],')
            file.write('\n"drafts": [')
            for draft in journal.drafts():
                file.write(("," if counts["drafts"] else "") + "\n" + _json(_portable(draft, journal.portable)))
                counts["drafts"] += 1
            file.write('\n],\n"entries": [')
            names: dict[str, str] = {}
            for record in journal.entries():
                names[record.uid or ""] = _file_name(record, taken)
                whole = _json({**_portable(record, journal.portable), "revisions": []})
                file.write(("," if counts["entries"] else "") + "\n" + whole.removesuffix("]}"))
                counts["entries"] += 1
                number = _write_each(file, journal.revisions(record.uid or ""), journal.portable)
                file.write("]}")
                counts["revisions"] += number
            file.write("\n]\n}\n")
        for record in journal.entries():
            with _Member(archive, names[record.uid or ""], sums) as file:
                text = entry_links.moved(journal.portable(record.body), lambda uid: f"../../../{names[uid]}" if uid in names else None)
                file.write(markdown_file(replace(record, body=text), places))
        for name in sorted({name for record in journal.files for name in (record.file, record.original) if name}):
            try:
                content = journal.read(name)
            except FileNotFoundError:
                missing.append(name)
                continue
            with content, _Member(archive, name, sums, is_packed=False) as file:
                while piece := content.read(PIECE):
                    file.write_bytes(piece)
        manifest = {
            "format": "daybook",
            "version": FORMAT_VERSION,
            "exported_at": now.isoformat(),
            "person": asdict(journal.person),
            "counts": counts,
            "files": sums,
            "missing": missing,
        }
        archive.writestr(zipfile.ZipInfo(MANIFEST, FIXED_TIME), json.dumps(manifest, indent=1, ensure_ascii=False, default=_plain))
    return {**counts, "missing": len(missing)}


def _portable(record: Any, portable: Callable[[str], str]) -> dict[str, Any]:
    """Return what is known of a file, or of a text, whose links to entries hold wherever the export is read."""
    facts = asdict(record)
    return {**facts, "body": portable(facts["body"])} if "body" in facts else facts


def _write_each(file: "_Member", records: Iterable[RevisionRecord], portable: Callable[[str], str]) -> int:
    """Write records one by one, so that a single one is held at a time, and return how many there were."""
    number = 0
    for number, record in enumerate(records, 1):
        file.write((", " if number > 1 else "") + _json({**_portable(record, portable), "place": record.place.as_json()}))
    return number


class Entries:
    """The entries of an archive, read one by one and each time anew, so that a journal of any size takes little memory."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __iter__(self) -> Iterator[EntryRecord]:
        with open_zip(self.path) as archive, _following_the_format(self.path), Reading(archive, JOURNAL, alone=True) as reading:
            for name, raw in members(reading, ENTRIES):
                if name == ENTRIES:
                    yield daybook_fields.entry(raw)


def is_export(path: Path) -> bool:
    """Say whether an archive is one of ours, whole or not; raise UnreadableFile for what is no archive."""
    with open_zip(path) as archive:
        return is_ours(archive)


def is_ours(archive: zipfile.ZipFile) -> bool:
    """Say whether an opened archive has what only our exports have."""
    return {JOURNAL, MANIFEST} <= archive.NameToInfo.keys()


def read(path: Path) -> JournalRecord:
    """Read an archive back; raise UnreadableFile for one that is not Daybook's, too new, or damaged.

    The entries are read where they are gone through, which raises UnreadableFile, too.
    """
    with open_zip(path) as archive, _following_the_format(path):
        sums = _sums(path, archive)
        with Reading(archive, JOURNAL) as reading:
            parts = {name: value for name, value in members(reading, ENTRIES) if name != ENTRIES}
        files = daybook_fields.records(FileRecord, parts.get("files", []))
        return JournalRecord(
            entries=Entries(path),
            files=files,
            templates=daybook_fields.records(TemplateRecord, parts.get("templates", [])),
            drafts=daybook_fields.records(DraftRecord, parts.get("drafts", [])),
            settings={str(name): str(value) for name, value in parts["settings"].items()},
            digests={name: str(sums.get(name)) for record in files for name in (record.file, record.original) if name},
        )


def _sums(path: Path, archive: zipfile.ZipFile) -> dict[str, object]:
    """Return what the manifest says of each member, once the journal is what it says; raise UnreadableFile."""
    try:
        manifest = json.loads(read_member(archive, archive.getinfo(MANIFEST)))
        archive.getinfo(JOURNAL)
    except (KeyError, ValueError, RecursionError) as problem:
        raise UnreadableFile(f"{path} isn't a Daybook export: {MANIFEST} or {JOURNAL} is missing or unreadable.") from problem
    if not isinstance(manifest, dict) or not isinstance(manifest.get("version"), int) or not isinstance(manifest.get("files"), dict):
        raise UnreadableFile(f"{path} isn't a Daybook export: its {MANIFEST} does not follow the format.")
    if manifest["version"] > FORMAT_VERSION:
        raise UnreadableFile(f"{path} was written by a newer version of Daybook; import it there.")
    digest = hashlib.sha256()
    with Reading(archive, JOURNAL) as reading:
        while piece := reading.read():
            digest.update(piece)
            reading.let_go()
    if manifest["files"].get(JOURNAL) != digest.hexdigest():
        raise UnreadableFile(f"{path} is damaged: {JOURNAL} has changed since it was exported. Export the journal again.")
    sums: dict[str, object] = manifest["files"]
    return sums


@contextmanager
def _following_the_format(path: Path) -> Iterator[None]:
    """Raise UnreadableFile where what is read inside is not what it has to be."""
    try:
        yield
    except (KeyError, ValueError, TypeError, AttributeError, RecursionError) as problem:
        raise UnreadableFile(f"{path} can't be imported: its {JOURNAL} does not follow the format ({problem}).") from problem


def markdown_file(record: EntryRecord, places: Mapping[str, str]) -> str:
    """Return an entry as a Markdown file with YAML front matter, its values written as JSON, which YAML understands.

    `places` says where the files that the text names are, seen from there.
    """
    header = {
        "title": record.title,
        "date": record.entry_date.isoformat(),
        "time": record.entry_time.isoformat() if record.entry_time else None,
        "timezone": record.timezone,
        "tags": record.tags,
        "visibility": record.visibility,
        "id": record.uid,
        "created": record.created_at.isoformat(),
        "updated": record.updated_at.isoformat(),
        "mood": record.mood,
        "place": record.facts.get("place", {}).get("name", ""),
        "starred": record.starred_at.isoformat() if record.starred_at else None,
        "trashed": record.trashed_at.isoformat() if record.trashed_at else None,
    }
    lines = [f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in header.items() if value not in (None, "", [])]
    return "\n".join(["---", *lines, "---", "", moved(record.body, places.get), ""])


class _Member:
    """One file of the archive, written piece by piece while its SHA-256 is taken."""

    def __init__(self, archive: zipfile.ZipFile, name: str, sums: dict[str, str], *, is_packed: bool = True) -> None:
        self.archive, self.name, self.sums, self.is_packed = archive, name, sums, is_packed
        self.digest = hashlib.sha256()

    def __enter__(self) -> Self:
        info = zipfile.ZipInfo(self.name, FIXED_TIME)
        info.compress_type = zipfile.ZIP_DEFLATED if self.is_packed else zipfile.ZIP_STORED
        self.file: IO[bytes] = self.archive.open(info, "w", force_zip64=True)
        return self

    def write(self, text: str) -> None:
        self.write_bytes(text.encode())

    def write_bytes(self, content: bytes) -> None:
        self.digest.update(content)
        self.file.write(content)

    def __exit__(self, *_problem: object) -> None:
        self.file.close()
        self.sums[self.name] = self.digest.hexdigest()


def _file_name(record: EntryRecord, taken: dict[str, int]) -> str:
    """Return a name that no other entry has; `taken` knows each name, and how many have asked for it."""
    words = unicodedata.normalize("NFC", record.title or "").casefold()
    slug = re.sub(r"[\W_]+", "-", words).strip("-")[:MAX_SLUG_LENGTH].rstrip("-")
    clock = record.entry_time.strftime("%H%M") if record.entry_time else ""
    day = record.entry_date.isoformat()
    stem = f"entries/{day[:4]}/{day[5:7]}/" + "-".join(part for part in (day, clock, slug) if part)
    name = stem
    while name in taken:
        taken[stem] += 1
        name = f"{stem}-{taken[stem]}"
    taken[name] = 1
    return f"{name}.md"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=_plain)


def _plain(value: object) -> str:
    if isinstance(value, (date, datetime, time)):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in an export")
