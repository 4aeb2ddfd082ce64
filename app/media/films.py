"""Taking what tells of place and camera out of films and sounds in the ISO base media format (ISO/IEC 14496-12).

Boxes with words about the whole (`udta`, `meta`, `uuid`) are overwritten with nothing and renamed `free`, so that no other
box moves. What stands inside the streams themselves stays.
"""

from typing import IO

HOLDERS = {b"moov", b"trak", b"mdia", b"minf"}
TELLING = {b"udta", b"meta", b"uuid", b"XMP_"}
PIECE = 1024 * 1024
DEEPEST = 6


def forget_words(file: IO[bytes]) -> None:
    """Overwrite a file's boxes that tell of place and camera; one that is cut short is left as far as it goes."""
    file.seek(0, 2)
    _walk(file, 0, file.tell(), 0)


def _walk(file: IO[bytes], start: int, end: int, depth: int) -> None:
    at = start
    while at + 8 <= end:
        file.seek(at)
        header = file.read(16)
        size, kind, head = int.from_bytes(header[:4], "big"), header[4:8], 8
        if size == 1:
            size, head = int.from_bytes(header[8:16], "big"), 16
        elif size == 0:
            size = end - at
        if size < head or at + size > end:
            return
        if kind in TELLING:
            _blank(file, at, head, size)
        elif kind in HOLDERS and depth < DEEPEST:
            _walk(file, at + head, at + size, depth + 1)
        at += size


def _blank(file: IO[bytes], at: int, head: int, size: int) -> None:
    file.seek(at + 4)
    file.write(b"free")
    file.seek(at + head)
    left = size - head
    while left:
        left -= file.write(bytes(min(PIECE, left)))
