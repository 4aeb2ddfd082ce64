"""Opening zip files that somebody else made: bounded in number, size and ratio, and only ever read by name."""

import lzma
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO, Self

from app.formats.record import UnreadableFile

MAX_MEMBERS = 1_000_000
"""An entry is a member of an export, and so is a photo."""
MAX_MEMBER_SIZE = 512 * 1024 * 1024
MAX_RATIO = 100
MANIFEST, JOURNAL = "manifest.json", "journal.json"
DEFLATE_RATIO = 1100
"""What Deflate can pack no tighter than (zlib.net/zlib_tech.html: 1032 to 1)."""
RATIO_MATTERS_ABOVE = 10 * 1024 * 1024
IN_MEMORY = 1024 * 1024
UTF8 = 1 << 11
DAMAGES = (zipfile.BadZipFile, RuntimeError, EOFError, OSError, UnicodeDecodeError, struct.error, zlib.error, lzma.LZMAError)


def open_zip(path: Path) -> zipfile.ZipFile:
    """Open an archive; raise UnreadableFile for what is none or holds too many files."""
    try:
        archive = zipfile.ZipFile(path)
    except OSError as problem:
        raise UnreadableFile(f"{path} cannot be opened: {problem.strerror or problem}.") from problem
    except NotImplementedError as problem:
        raise UnreadableFile(f"{path} is packed in a way that Daybook can't read. Unpack it, and zip it again.") from problem
    except DAMAGES as problem:
        raise UnreadableFile(f"{path} is not a zip file, or it is damaged.") from problem
    if len(archive.infolist()) > MAX_MEMBERS:
        archive.close()
        raise UnreadableFile(f"{path} holds more than {MAX_MEMBERS:,} files.")
    _read_names(archive)
    _leave_folder(archive)
    return archive


def _read_names(archive: zipfile.ZipFile) -> None:
    """Let members be found by their names as they were written: macOS writes UTF-8, in parts, without saying so (APPNOTE, 4.4.4)."""
    for member in archive.infolist():
        if not member.flag_bits & UTF8 and not member.filename.isascii():
            with suppress(UnicodeError):
                member.filename = unicodedata.normalize("NFC", member.filename.encode("cp437").decode("utf-8"))
                archive.NameToInfo[member.filename] = member


def _leave_folder(archive: zipfile.ZipFile) -> None:
    """Let the members of one of our exports be found by their names in it, however deep it lies in folders, with slashes of either kind.

    So it is packed by who unpacked it, with what the system put beside it.
    """
    members = {one.filename.replace("\\", "/"): one for one in archive.infolist() if not one.filename.startswith("__MACOSX/")}
    folders = [name.removesuffix(MANIFEST) for name in members if f"/{name}".endswith(f"/{MANIFEST}")]
    folders = [folder for folder in folders if f"{folder}{JOURNAL}" in members]
    if len(folders) != 1:
        return
    for name, member in members.items():
        if name.startswith(folders[0]) and not name.endswith("/"):
            member.filename = name.removeprefix(folders[0])
            archive.NameToInfo[member.filename] = member


@contextmanager
def unpacked(archive: zipfile.ZipFile, name: str, largest: int = MAX_MEMBER_SIZE) -> Iterator[IO[bytes]]:
    """Unpack a member into a temporary file; raise UnreadableFile where it is missing, damaged or too large."""
    try:
        member = archive.getinfo(name)
    except KeyError as problem:
        raise UnreadableFile(f"{name} is not in the archive.") from problem
    _refuse_bomb(member)
    with SpooledTemporaryFile(IN_MEMORY) as copy:
        for piece in _pieces(archive, member):
            copy.write(piece)
            if copy.tell() > largest:
                raise UnreadableFile(f"{name} is larger than {largest // 1024 // 1024} MB.")
        copy.seek(0)
        yield copy


def _pieces(archive: zipfile.ZipFile, member: zipfile.ZipInfo, most: int = MAX_RATIO) -> Generator[bytes]:
    try:
        with archive.open(member) as file:
            size = 0
            while piece := file.read(IN_MEMORY):
                size += len(piece)
                if size > RATIO_MATTERS_ABOVE and size > most * max(1, _packed_size(archive, member)):
                    raise UnreadableFile(f"{member.filename} unpacks to more than {most} times its size, which no journal does.")
                yield piece
    except NotImplementedError as problem:
        raise UnreadableFile(
            f"{member.filename} is packed in a way that Daybook can't read. Unpack the file, and zip it again."
        ) from problem
    except DAMAGES as problem:
        raise UnreadableFile(f"{member.filename} is damaged or locked with a password.") from problem


class Reading:
    """A member that is unpacked while somebody reads it, whatever its size; inside `with`.

    What is kept of it is bounded: between two calls of `let_go` no more than `largest` is read. So it may be packed as tightly as Deflate
    can: versions of a long text that hardly differ are. An archive that is read `alone` forgets
    its other members, of which hundreds of thousands take as many half kilobytes.
    """

    def __init__(
        self, archive: zipfile.ZipFile, name: str, largest: int = MAX_MEMBER_SIZE, *, ratio: int = DEFLATE_RATIO, alone: bool = False
    ) -> None:
        self.name, self.largest, self.kept = name, largest, 0
        self.pieces = _pieces(archive, archive.getinfo(name), ratio)
        if alone:
            archive.filelist.clear()
            archive.NameToInfo.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_problem: object) -> None:
        self.pieces.close()

    def read(self) -> bytes:
        """Return the next piece, in the end none; raise UnreadableFile for what is damaged, a bomb, or larger than it may be."""
        piece = next(self.pieces, b"")
        self.kept += len(piece)
        if self.kept > self.largest:
            raise UnreadableFile(f"A part of {self.name} is larger than {self.largest // 1024 // 1024} MB.")
        return piece

    def let_go(self) -> None:
        """Say that nothing is kept any more of what was read so far."""
        self.kept = 0


def _packed_size(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> int:
    """Return how many bytes a member can have taken in the archive at most, whatever its header says."""
    whole = Path(archive.filename).stat().st_size if archive.filename else member.compress_size
    return min(member.compress_size, max(0, whole - member.header_offset))


def _refuse_bomb(member: zipfile.ZipInfo) -> None:
    if member.file_size > RATIO_MATTERS_ABOVE and member.file_size > MAX_RATIO * max(1, member.compress_size):
        raise UnreadableFile(f"{member.filename} unpacks to more than {MAX_RATIO} times its size, which no journal does.")


def read_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, largest: int = MAX_MEMBER_SIZE) -> bytearray:
    """Return a member's bytes; raise UnreadableFile when it is larger than it may be, whatever its header says."""
    _refuse_bomb(member)
    content = bytearray()
    for piece in _pieces(archive, member):
        content += piece
        if len(content) > largest:
            raise UnreadableFile(f"{member.filename} is larger than {largest // 1024 // 1024} MB.")
    return content
