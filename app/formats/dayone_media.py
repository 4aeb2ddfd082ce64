"""The media of a Day One export: how texts name them, and where their bytes are in the archive.

Reference forms as in `Automattic/DayOne-Cli`, `entry-body-format.md`; letters of either case occur.
"""

import hashlib
import re
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

from app.formats.record import FileRecord
from app.text.attachments import reference
from app.text.folding import clean_line

FOLDERS = {"photos": "photos", "videos": "videos", "audios": "audios", "pdfAttachments": "pdfs"}
NOUNS = {"photos": "photo", "videos": "video", "audios": "recording", "pdfAttachments": "document"}

_REFERENCE = re.compile(
    r"!?\[((?:[^\[\]\n]|\[[^\[\]\n]{0,100}\]){0,500})\]"
    r"\(<?dayone-(?:moment|photo|video|audio|pdf):/{0,2}(?:(?:photo|video|audio|pdfAttachment)/)?([\w-]{1,100})/?>?"
    r"(?:[ \t]+\"[^\"\n]{0,500}\")?[ \t]*\)",
    re.IGNORECASE,
)
_UID = re.compile(r"[0-9a-z][0-9a-z-]{3,35}")


class Media:
    """What lies in the folders of an archive, whatever the case of their names."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.members: dict[tuple[str, str], str] = {}
        self.named: dict[str, str] = {}
        for name in archive.namelist():
            if "__MACOSX" in name:
                continue
            folder, _, file = name.lower().replace("\\", "/").rpartition("/")
            self.members.setdefault((folder.rpartition("/")[2], file.partition(".")[0]), name)

    def find(self, key: str, item: dict[str, Any]) -> str | None:
        """Return the member that holds an item of the list `key`: `<md5>` with whatever ending, in that list's folder."""
        return self.members.get((FOLDERS[key], str(item.get("md5") or "").lower()))

    def uid(self, identifier: str, member: str) -> str:
        """Return the name of a file in texts: its identifier; of another file with the same one, a name of its own."""
        is_first = self.named.setdefault(identifier, member) == member
        return _uid(identifier if is_first else f"{identifier} {Path(member).stem}")


def placed(text: str, raw: dict[str, Any], media: Media, at: datetime, warnings: list[str]) -> tuple[str, list[FileRecord]]:
    """Return an entry's text with Daybook's references in place of Day One's, and the files they name.

    What the text does not mention comes at its end, in order; what is not in the archive becomes a visible note and a warning.
    """
    found: dict[str, tuple[FileRecord, bool]] = {}
    nouns: dict[str, str] = {}
    items = [(key, item) for key in FOLDERS for item in _items(raw, key, at, warnings)]
    for key, item in sorted(items, key=lambda one: _order(one[1])):
        identifier = str(item.get("identifier") or item.get("md5")).lower()
        nouns[identifier] = NOUNS[key]
        if member := media.find(key, item):
            name = clean_line(str(item.get("filename") or item.get("pdfName") or item.get("title") or NOUNS[key]))
            found[identifier] = FileRecord(media.uid(identifier, member), name, at, member), key == "pdfAttachments"
    mentioned: set[str] = set()

    def one(match: re.Match[str]) -> str:
        identifier = match[2].lower()
        mentioned.add(identifier)
        if identifier in found:
            record, is_document = found[identifier]
            return reference(record.uid, match[1] or (record.name if is_document else ""), is_document=is_document)
        return _missing(nouns.get(identifier, "file"), at, warnings)

    lines = [_REFERENCE.sub(one, text)]
    for identifier, noun in nouns.items():
        if identifier in found and identifier not in mentioned:
            record, is_document = found[identifier]
            lines.append(reference(record.uid, record.name if is_document else "", is_document=is_document))
        elif identifier not in mentioned:
            lines.append(_missing(noun, at, warnings))
    return "\n\n".join(line.strip("\n") if number else line for number, line in enumerate(lines)), [record for record, _ in found.values()]


def _items(raw: dict[str, Any], key: str, at: datetime, warnings: list[str]) -> list[dict[str, Any]]:
    """Return what an entry lists of one kind of media; what is no item that has a name is reported."""
    listed = raw.get(key) or []
    listed = list(listed.values()) if isinstance(listed, dict) else listed if isinstance(listed, list) else [listed]
    named = [item for item in listed if isinstance(item, dict) and (item.get("identifier") or item.get("md5"))]
    nameless = f"A {NOUNS[key]} of the entry of {at:%Y-%m-%d} has no name by which it could be found."
    warnings += [nameless] * (len(listed) - len(named))
    return named


def _missing(noun: str, at: datetime, warnings: list[str]) -> str:
    warnings.append(f"A {noun} of the entry of {at:%Y-%m-%d} is not in the archive. The entry says so where it would be.")
    return f"*(A {noun} was not in the export.)*"


def _order(item: dict[str, Any]) -> int:
    order = item.get("orderInEntry")
    return order if isinstance(order, int) else 0


def _uid(identifier: str) -> str:
    return identifier if _UID.fullmatch(identifier) else hashlib.sha256(identifier.encode(errors="replace")).hexdigest()[:32]
