"""Taking over the files of a journal from elsewhere, as far as entries that come along name them."""

import zipfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from typing import IO

from app.extensions import db
from app.formats.archive import unpacked
from app.formats.record import EntryRecord, FileRecord, UnreadableFile
from app.media import kinds
from app.media.kinds import Group
from app.models import Attachment, User
from app.operations import attachments
from app.operations.attachments import PreparedFile, PreparedVariant
from app.operations.errors import FileRefused
from app.queries import attachments as asking
from app.storage import blobs
from app.text import entry_links
from app.text.attachments import Files, Shown, references, replaced
from app.text.folding import clean_line

PLAIN_NAME = "file"


@dataclass(frozen=True)
class Source:
    """An archive, and the SHA-256 that its members have to have, where its format says so."""

    archive: zipfile.ZipFile
    digests: dict[str, str]

    @contextmanager
    def open(self, name: str) -> Iterator[IO[bytes]]:
        """Unpack a member; raise UnreadableFile where it is missing, damaged or not what it has to be."""
        with unpacked(self.archive, name) as file:
            if self.digests and blobs.digest_of(file) != self.digests.get(name):
                raise UnreadableFile(f"{name} is damaged or was changed after the export.")
            file.seek(0)
            yield file


@dataclass
class Taken:
    """The files of an import: rows to be added, what texts may show, what could not be taken, by uid and why, and remarks on others."""

    rows: list[Attachment] = field(default_factory=list)
    shown: dict[str, Shown] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)


def names_in(texts: Iterable[str]) -> set[str]:
    """Return the uids of all files that these texts name."""
    return {uid for text in texts for uid in references(text)}


def take(user: User, files: Iterable[FileRecord], wanted: set[str], source: Source) -> Taken:
    """Judge, make fit and keep those files that are wanted and not there yet; inside `keeping()`, before anything is written.

    One bad file never fails the rest: it is reported.
    """
    taken = Taken(shown=dict(known(user.id, wanted)))
    for record in files:
        if record.uid not in wanted or record.uid in taken.shown or record.uid in taken.refused:
            continue
        try:
            row = _row(user, record, source, taken.remarks)
        except (FileRefused, UnreadableFile) as problem:
            taken.refused[record.uid] = _said(record, problem)
        else:
            taken.rows.append(row)
            taken.shown[record.uid] = asking.shown_as(row)
    return taken


def known(user_id: int, uids: set[str]) -> Files:
    """Return what texts may show of files with these uids that the person has already."""
    return {found.uid: asking.shown_as(found) for found in asking.named(user_id, uids)}


def without_refused(record: EntryRecord, refused: dict[str, str]) -> EntryRecord:
    """Return an entry with a visible note in place of each file that could not be taken."""
    if not references(record.body) & refused.keys():
        return record
    return replace(
        record, body=replaced(record.body, lambda uid, _words: f"*({entry_links.as_words(refused[uid])})*" if uid in refused else None)
    )


def add(taken: Taken) -> None:
    """Add the files."""
    db.session.add_all(taken.rows)
    db.session.flush()


def link(user: User, entries: Iterable[tuple[int, str, list[str]]]) -> None:
    """Tie a person's files to entries: each with its id, its text, and its earlier texts."""
    found = [(entry_id, references(text), set[str]().union(*map(references, earlier))) for entry_id, text, earlier in entries]
    uids = set[str]().union(*(now | earlier for _id, now, earlier in found))
    ids = asking.ids_of(user.id, uids)
    attachments.link_all([(entry_id, ids[uid], uid in now) for entry_id, now, earlier in found for uid in now | earlier if uid in ids])


def _said(record: FileRecord, problem: Exception) -> str:
    return f"{clean_line(record.name)[: kinds.MAX_NAME_LENGTH]}: {str(problem).removesuffix('.')}"


def _row(user: User, record: FileRecord, source: Source, remarks: list[str]) -> Attachment:
    with ExitStack() as opened:
        file, original = opened.enter_context(source.open(record.file)), None
        prepared = _prepared(user, record, file, is_ours=bool(source.digests))
        try:
            original = opened.enter_context(source.open(record.original)) if record.original else None
        except UnreadableFile as problem:
            remarks.append(f"{_said(record, problem)}. That is its original; the photo as it is shown was taken over.")
        else:
            if original and (kind := kinds.kind_of(original.read(kinds.HEAD_SIZE))) and kind.group is Group.PHOTO:
                prepared.forms.append(PreparedVariant(original, kind.media_type, is_original=True))
        return attachments.row(user, prepared, attachments.keep(prepared), record.created_at)


def _prepared(user: User, record: FileRecord, file: IO[bytes], *, is_ours: bool) -> PreparedFile:
    try:
        name = attachments.name_of(record.name)
    except FileRefused:
        name = PLAIN_NAME
    prepared = attachments.prepare(file, name, keeps_original=user.keep_originals and not is_ours, is_ours=is_ours)
    return replace(prepared, uid=record.uid)
