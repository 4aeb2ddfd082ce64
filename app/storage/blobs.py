"""The bytes of files, by their SHA-256: a path never comes from a person.

`Storage` is what the rest of Daybook knows of it; `Folder` keeps the bytes under DATA_DIR. A store elsewhere, such as one that
speaks S3, has to keep the same promises.
"""

import errno
import fcntl
import hashlib
import io
import re
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import IO, BinaryIO, Protocol

from flask import Flask, current_app

from app import clock
from app.storage import encryption, temporary
from app.storage.temporary import sync

PIECE = 1024 * 1024
UNFINISHED_FOR = 3600
MARKER = "journal.id"
"""The file of DATA_DIR that says whose folder it is (see `app.database.installation`)."""
LOST = frozenset({errno.EACCES, errno.EIO, errno.EISDIR, errno.ELOOP, errno.ENOTDIR, errno.EPERM})
"""Errors of one file, which stay: a bad block, or what another account wrote. All others are the machine's, and may pass."""
_DIGEST = re.compile(r"[0-9a-f]{64}")


class Storage(Protocol):
    """Keeps bytes under the name that their SHA-256 gives them."""

    def put(self, file: IO[bytes]) -> tuple[str, int]:
        """Keep what a file holds, on disk for good once this returns; return digest and size. Raises OSError."""

    def open(self, digest: str) -> BinaryIO:
        """Return the bytes as a file that can be searched; raise FileNotFoundError where they are not, encryption.Damaged."""

    def open_kept(self, digest: str) -> BinaryIO:
        """Return the file as it is kept, perhaps encrypted, for a backup."""

    def put_kept(self, digest: str, file: IO[bytes]) -> None:
        """Keep a file that `open_kept` gave, under its digest."""

    def digests(self) -> Iterator[str]:
        """Yield the names of everything that is kept."""

    def remove(self, digest: str) -> None:
        """Let go of bytes; what is not there is no fault."""

    def keeping(self) -> AbstractContextManager[None]:
        """Hold off removals while bytes are put and the rows that name them are committed, or while all of them are copied."""

    def removing(self) -> AbstractContextManager[bool]:
        """Hold off `keeping`, and say whether that succeeded at once."""

    def ask_for_sweep(self) -> None:
        """Note that bytes may be kept that nothing names any more."""

    def sweep_asked_for(self) -> bool:
        """Say whether a sweep was asked for since the last time, and forget it."""


class Folder:
    """A folder of the machine's own: `ab/cdef…` for the digest `abcdef…`."""

    def __init__(self, folder: Path, passphrase: str = "") -> None:
        self.folder, self.passphrase = folder, passphrase
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def put(self, file: IO[bytes]) -> tuple[str, int]:
        """Write to a file without a name, sync it, give it its name, and sync the folders that hold the name."""
        with temporary.nameless(self.folder) as kept:
            digest, size = encryption.seal(file, kept, self.passphrase) if self.passphrase else _copied(file, kept)
            self._name(kept, digest)
        return digest, size

    def open(self, digest: str) -> BinaryIO:
        """Open the file for reading; one from before DATABASE_KEY was set is there as it was. Raises encryption.Damaged."""
        file = self.open_kept(digest)
        if not encryption.is_sealed(file):
            return file
        content = io.BufferedReader(encryption.Unsealed(file, self.passphrase))
        try:
            content.peek(1)
        except BaseException:
            content.close()
            raise
        return content

    def open_kept(self, digest: str) -> BinaryIO:
        """Open the file as it lies there."""
        return self._path(digest).open("rb")

    def put_kept(self, digest: str, file: IO[bytes]) -> None:
        """Let a file appear under its name."""
        with temporary.nameless(self.folder) as kept:
            shutil.copyfileobj(file, kept, PIECE)
            self._name(kept, digest)

    def _name(self, kept: IO[bytes], digest: str) -> None:
        final = self._path(digest)
        final.parent.mkdir(mode=0o700, exist_ok=True)
        temporary.appear(kept, final)
        sync(self.folder)

    def digests(self) -> Iterator[str]:
        """Walk the folders; what is half written for more than an hour is left from a process that ended, and goes."""
        for folder in self.folder.glob("??"):
            temporary.sweep_partials(folder)
        for path in self.folder.glob("*.partial"):
            if path.stat().st_mtime < clock.now().timestamp() - UNFINISHED_FOR:
                path.unlink(missing_ok=True)
        for path in self.folder.glob("??/*"):
            if _DIGEST.fullmatch(name := path.parent.name + path.name):
                yield name

    def remove(self, digest: str) -> None:
        """Remove the file."""
        self._path(digest).unlink(missing_ok=True)

    @contextmanager
    def keeping(self) -> Iterator[None]:
        """Share a lock on the folder with others who keep."""
        with self._lock() as file:
            fcntl.flock(file, fcntl.LOCK_SH)
            yield

    @contextmanager
    def removing(self) -> Iterator[bool]:
        """Take the lock alone, if nobody shares it now."""
        with self._lock() as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                is_alone = True
            except BlockingIOError:
                is_alone = False
            yield is_alone

    def ask_for_sweep(self) -> None:
        """Leave a mark that outlives this process."""
        (self.folder / "sweep.mark").touch(mode=0o600)

    def sweep_asked_for(self) -> bool:
        """Take the mark away, if it is there."""
        try:
            (self.folder / "sweep.mark").unlink()
        except FileNotFoundError:
            return False
        return True

    def _lock(self) -> IO[str]:
        return (self.folder / "lock").open("a")

    def _path(self, digest: str) -> Path:
        if not _DIGEST.fullmatch(digest):
            raise ValueError("this is no SHA-256")
        return self.folder / digest[:2] / digest[2:]


def init_app(app: Flask) -> None:
    """Give `app` its store."""
    app.extensions["storage"] = Folder(Path(app.config["DATA_DIR"], "files"), app.config["DATABASE_KEY"])


def files() -> Storage:
    """Return the store of this application."""
    store: Storage = current_app.extensions["storage"]
    return store


def whole(digest: str) -> BinaryIO:
    """Return bytes as `open` does once all of them were read and are what was kept; raise FileNotFoundError where they are not.

    That is also where they cannot be read for good (`LOST`); what else keeps the machine from it is another OSError, and may pass.
    """
    try:
        file = files().open(digest)
        try:
            if digest_of(file) == digest:
                file.seek(0)
                return file
        except BaseException:
            file.close()
            raise
        file.close()
    except encryption.Damaged as problem:
        raise FileNotFoundError(errno.ENOENT, f"what was kept cannot be read: {problem}") from problem
    except OSError as problem:
        if problem.errno in LOST:
            raise FileNotFoundError(errno.ENOENT, f"what was kept cannot be read: {problem.strerror}") from problem
        raise
    raise FileNotFoundError(errno.ENOENT, "the bytes are not what was kept")


def digest_of(file: IO[bytes]) -> str:
    """Return the SHA-256 of what a file holds from where it stands, in hexadecimal."""
    digest = hashlib.sha256()
    while piece := file.read(PIECE):
        digest.update(piece)
    return digest.hexdigest()


def _copied(file: IO[bytes], out: IO[bytes]) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    while piece := file.read(PIECE):
        digest.update(piece)
        size += out.write(piece)
    return digest.hexdigest(), size
