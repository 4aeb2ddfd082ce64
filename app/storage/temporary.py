"""Files in the making: they have no name before they are whole, so that a process that is killed leaves nothing of them behind.

Where a program needs a path to write to, it gets a room of its own in DATA_DIR, which the next one sweeps when nobody holds it.
"""

import errno
import fcntl
import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from flask import current_app

ROOMS = "making"
LOCK = "lock"
PARTIAL = ".daybook-"
PIECE = 1024 * 1024


def nameless(folder: Path) -> IO[bytes]:
    """Return a file in a folder that no name leads to; it goes when it is closed, by `with` or by the answer that is sent from it."""
    return tempfile.TemporaryFile(dir=folder)


@contextmanager
def appearing(path: Path) -> Iterator[IO[bytes]]:
    """Open a file that gets its name once all of it is on the disk, in place of one that has it; raise OSError.

    A link is followed. What is no file, such as a device or a pipe, is left alone.
    """
    path = path.resolve()
    if path.exists() and not path.is_file():
        raise OSError(errno.EINVAL, "it is no plain file")
    with nameless(path.parent) as file:
        yield file
        appear(file, path)


def appear(file: IO[bytes], path: Path) -> None:
    """Give a whole file without a name its name, in place of one that has it, for good once this returns; raise OSError.

    Where the system cannot give a name to a file that has none, the file is copied to one beside it, which is locked as long as
    somebody works on it; the next file that appears in this folder takes away what was left.
    """
    sweep_partials(path.parent)
    name = path.parent / f"{PARTIAL}{uuid.uuid4()}.partial"
    try:
        file.flush()
        os.fsync(file.fileno())
        try:
            os.link(f"/proc/self/fd/{file.fileno()}", name, follow_symlinks=True)
        except OSError:
            _copy(file, name)
        name.rename(path)
        sync(path.parent)
    finally:
        name.unlink(missing_ok=True)


def _copy(file: IO[bytes], name: Path) -> None:
    with os.fdopen(os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb") as named:
        fcntl.flock(named, fcntl.LOCK_EX)
        file.seek(0)
        shutil.copyfileobj(file, named, PIECE)
        named.flush()
        os.fsync(named.fileno())


def sweep_partials(folder: Path) -> None:
    """Remove what processes that have ended without a word left half written in a folder."""
    for left in folder.glob(f"{PARTIAL}*.partial"):
        with suppress(OSError), left.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            left.unlink()


@contextmanager
def room() -> Iterator[Path]:
    """Open a folder of one's own, which goes in the end; what others left behind is swept first."""
    sweep()
    folder = _rooms() / str(uuid.uuid4())
    folder.mkdir(mode=0o700)
    with (folder / LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def sweep() -> None:
    """Remove the rooms that nobody holds, and what is half written: their processes have ended without a word."""
    sweep_partials(Path(current_app.config["DATA_DIR"]))
    for folder in _rooms().iterdir():
        with suppress(OSError), (folder / LOCK).open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)


def _rooms() -> Path:
    folder = Path(current_app.config["DATA_DIR"], ROOMS)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def sync(folder: Path) -> None:
    """Bring on disk which names a folder holds."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
