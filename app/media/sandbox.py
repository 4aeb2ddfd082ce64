"""Pictures and films are made fit to be shown in a child process: whatever they hold, its limits are the most they can take.

The child has no network, no environment, no file but the two it is handed, and its death is a refusal like any other.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from app.gate import Gate
from app.media.renderings import BrokenPicture, Rendering, TooManyPixels
from app.media.videos import InvalidVideo

PROGRAM = Path(__file__).with_name("child.py")
MEMORY = 1024 * 1024 * 1024
PROCESSOR_SECONDS = 10
MAX_SECONDS = 60
MAX_RESULT_SIZE = 128 * 1024 * 1024
TOO_MUCH = 10
MAX_WAITING, MAX_WAIT = 3, 30.0
PIECE = 1024 * 1024


class Busy(Exception):
    """Other pictures are being worked on for too long."""


_gate = Gate(1, MAX_WAITING, MAX_WAIT, Busy)


def render(file: IO[bytes], *, is_ours: bool = False) -> list[Rendering]:
    """Return a picture in every size, as `pictures.render` does; raise BrokenPicture, TooManyPixels or Busy."""
    with in_memory() as source, in_memory() as result:
        _copy(file, source)
        status = _run("own-picture" if is_ours else "picture", source, result, MAX_RESULT_SIZE)
        if status:
            raise BrokenPicture if status != TOO_MUCH and status > 0 else TooManyPixels
        result.seek(0)
        sizes = json.loads(result.readline())
        return [Rendering(result.read(length), width, height, is_cut) for length, width, height, is_cut in sizes]


def strip_metadata(file: IO[bytes], folder: str | None = None) -> IO[bytes]:
    """Return a copy of a film or sound without words of place and camera, as `videos.strip_metadata` does; raise InvalidVideo or Busy.

    It has no name, and lies in `folder`, or where the system keeps such files.
    """
    with in_memory() as result:
        copy: IO[bytes] = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115  # it lives as long as the prepared file does
        try:
            size = _copy(file, copy)
            if _run("film", copy, result, size + PIECE):
                raise InvalidVideo
        except BaseException:
            copy.close()
            raise
        copy.seek(0)
        return copy


@contextmanager
def in_memory() -> Iterator[IO[bytes]]:
    """Open a file that has no name and, where the system can do it, lies in memory only."""
    if hasattr(os, "memfd_create"):
        with os.fdopen(os.memfd_create("daybook", os.MFD_CLOEXEC), "w+b") as file:
            yield file
    else:
        with tempfile.TemporaryFile() as file:
            yield file


def _copy(file: IO[bytes], to: IO[bytes]) -> int:
    file.seek(0)
    size = 0
    while piece := file.read(PIECE):
        size += to.write(piece)
    to.flush()
    to.seek(0)
    return size


def _run(work: str, source: IO[bytes], result: IO[bytes], largest_file: int) -> int:
    """Run the child and return its status: 0 where all is done, negative where its limits ended it."""
    descriptors = source.fileno(), result.fileno()
    figures = map(str, (*descriptors, MEMORY, PROCESSOR_SECONDS, largest_file))
    with _gate.passed():
        child: subprocess.Popen[Any] = subprocess.Popen(  # noqa: S603  # our own program, no word of anybody's
            [sys.executable, "-I", "-B", str(PROGRAM), work, *figures],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={},
            pass_fds=descriptors,
        )
        try:
            return child.wait(MAX_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            return child.wait()
