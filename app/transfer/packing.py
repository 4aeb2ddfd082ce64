"""Entries that wait to be added, packed into a file, so that any number of them takes little memory."""

import json
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import IO, Any, TypeVar

from app.models import Entry, Revision
from app.search import index
from app.text.folding import fold


@dataclass
class PreparedEntry:
    """An entry ready to be added: its row, its words, its tags, its earlier versions."""

    entry: Entry
    words: index.Words
    tags: list[str]
    revisions: list[Revision]


class Prepared:
    """Entries ready to be added, packed some at a time; `tags` are the names of all their tags, by their folded form.

    They lie in the file under a key that nobody else ever has: what is deleted from a disk can be read for a long time.
    """

    def __init__(self, file: IO[bytes]) -> None:
        from cryptography.fernet import Fernet

        self.file, self.box = file, Fernet(Fernet.generate_key())
        self.number = 0
        self.tags: dict[str, str] = {}
        self.sizes: list[int] = []

    def pack(self, some: list[PreparedEntry]) -> None:
        """Take some more entries."""
        self.tags |= {fold(name): name for item in some for name in reversed(item.tags)}
        self.number += len(some)
        rows = [[_plain(item.entry), item.words, item.tags, [_plain(one) for one in item.revisions]] for item in some]
        packed = zlib.compress(json.dumps(rows, default=lambda moment: moment.isoformat()).encode(), 1)
        self.sizes.append(self.file.write(self.box.encrypt(packed)))

    def __iter__(self) -> Iterator[list[PreparedEntry]]:
        """Yield the entries, some at a time, as they were packed."""
        self.file.seek(0)
        for size in self.sizes:
            rows = json.loads(zlib.decompress(self.box.decrypt(self.file.read(size))))
            yield [
                PreparedEntry(_row(Entry, entry), index.Words(*found), names, [_row(Revision, one) for one in revisions])
                for entry, found, names, revisions in rows
            ]


Row = TypeVar("Row", Entry, Revision)
_READERS: dict[type, Callable[[str], Any]] = {kind: kind.fromisoformat for kind in (date, time, datetime)}


def _plain(row: Entry | Revision) -> dict[str, Any]:
    """Return what the columns of a new row hold, as far as they hold anything."""
    return {column.key: value for column in type(row).__table__.columns if (value := getattr(row, column.key)) is not None}


def _row(model: type[Row], plain: dict[str, Any]) -> Row:
    """Return a row that has been plain for a while."""
    kinds = {name: model.__table__.c[name].type.python_type for name in plain}
    return model(**{name: _READERS[kinds[name]](value) if kinds[name] in _READERS else value for name, value in plain.items()})
