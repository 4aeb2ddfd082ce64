"""What makes pictures and films fit to be shown in a process of its own: small, short-lived, blind and deaf.

It is started as a script (`app.media.sandbox` does it), so that it loads nothing of the application. It reads one file,
writes what it made into another, both handed to it open, and cannot open any other file or socket once it has begun.
"""

import fcntl
import json
import os
import resource
import signal
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1]))

SOURCE, RESULT = 3, 4
OUT_OF_THE_WAY, MAX_OPEN = 10, 256
REASONS = {"TooManyPixels": 10, "BrokenPicture": 11, "InvalidVideo": 11, "MemoryError": 10}


def take_only(source: int, result: int) -> None:
    """Move the two files to the lowest descriptors that are left, and close whatever else is open."""
    moved = [fcntl.fcntl(one, fcntl.F_DUPFD, OUT_OF_THE_WAY) for one in (source, result)]
    for at, one in zip((SOURCE, RESULT), moved, strict=True):
        os.dup2(one, at)
    os.closerange(RESULT + 1, MAX_OPEN)


def limit(memory: int, seconds: int, largest_file: int) -> None:
    """Let this process use so many bytes of memory, seconds of a processor and bytes of a file, and open nothing more."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, largest_file))
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    os.environ.clear()
    resource.setrlimit(resource.RLIMIT_NOFILE, (RESULT + 1, RESULT + 1))


def main(work: str, source_at: int, result_at: int, memory: int, seconds: int, largest_file: int) -> int:
    """Do the work that is named; return 0, or a number that says why not."""
    from media import pictures, videos  # type: ignore[import-not-found]  # without the application round it
    from media.renderings import BrokenPicture, TooManyPixels  # type: ignore[import-not-found]
    from PIL import Image

    Image.init()
    take_only(source_at, result_at)
    limit(memory, seconds, largest_file)
    with os.fdopen(SOURCE, "r+b" if work == "film" else "rb") as source, os.fdopen(RESULT, "wb") as result:
        try:
            if work == "film":
                videos.strip_metadata(source)
                return 0
            found = pictures.render(source, is_ours=work == "own-picture")
        except (TooManyPixels, BrokenPicture, videos.InvalidVideo, MemoryError) as problem:
            return REASONS[type(problem).__name__]
        sizes = [[len(one.content), one.width, one.height, one.is_cut] for one in found]
        result.write(json.dumps(sizes).encode() + b"\n")
        for one in found:
            result.write(one.content)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], *map(int, sys.argv[2:7])))
