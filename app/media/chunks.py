"""PNG files without what stands beside their pixels: words, dates and sizes on paper, which may be broken where the picture is not."""

import zlib
from io import BytesIO
from typing import IO

from .renderings import TooManyPixels

SIGNATURE = b"\x89PNG\r\n\x1a\n"
MAX_CHUNKS = 20_000
OF_PIXELS = {b"tRNS", b"acTL", b"fcTL", b"fdAT"}
"""Chunks of see-through parts and of frames."""
ABOUT_PIXELS = {b"iCCP", b"sRGB", b"gAMA", b"eXIf"}
"""What colours are meant, and which side is up."""
OF_TEXT = {b"tEXt", b"zTXt", b"iTXt"}
TOLD_BY = (b"Raw profile type exif", b"XML:com.adobe.xmp")
"""Texts in which some programs say which side is up."""
MAX_CHECKED, MAX_TOLD, MAX_UNPACKED = 16 * 1024 * 1024, 256 * 1024, 1_000_000


def of_pixels(file: IO[bytes]) -> IO[bytes]:
    """Return a PNG with the chunks alone that its pixels need (W3C PNG, 5.3), and any other file as it is.

    What is said about the pixels is left out where its checksum is wrong. Raises TooManyPixels for more chunks than a picture has.
    """
    file.seek(0)
    kept: list[tuple[int, int]] = []
    told: set[bytes] = set()
    end = 8 if file.read(8) == SIGNATURE else 0
    number = 0
    while end and len(header := _at(file, end, 8)) == 8:
        size, kind, number = 12 + int.from_bytes(header[:4], "big"), header[4:], number + 1
        if number > MAX_CHUNKS:
            raise TooManyPixels
        if _is_needed(file, end, size, kind, told):
            kept.append((end, size))
        end += size
        if kind == b"IEND":
            break
    if len(kept) < number:
        return BytesIO(b"".join([SIGNATURE, *(_at(file, start, size) for start, size in kept)]))
    file.seek(0)
    return file


def _is_needed(file: IO[bytes], start: int, size: int, kind: bytes, told: set[bytes]) -> bool:
    """Say whether a chunk belongs to the pixels: the critical ones do, whose names begin with a capital (5.4)."""
    if kind in ABOUT_PIXELS or kind in OF_TEXT:
        content = _at(file, start + 4, min(size - 4, MAX_CHECKED))
        is_right = zlib.crc32(content[:-4]) == int.from_bytes(content[-4:], "big")
        return is_right and (kind in ABOUT_PIXELS or _tells_of_pixels(kind, content[4:-4], told))
    return kind[:1].isupper() or kind in OF_PIXELS


def _tells_of_pixels(kind: bytes, content: bytes, told: set[bytes]) -> bool:
    """Say whether a text may say which side is up, as the first of its name (in `told` are the others), and is not long, unpacked too."""
    name, _zero, rest = content.partition(b"\0")
    if name not in TOLD_BY or name in told or len(content) > MAX_TOLD:
        return False
    told.add(name)
    if kind == b"tEXt" or (kind == b"iTXt" and rest[:1] == b"\0"):
        return True
    packed = rest[1:] if kind == b"zTXt" else rest[2:].partition(b"\0")[2].partition(b"\0")[2]
    unpacking = zlib.decompressobj()
    try:
        unpacking.decompress(packed, MAX_UNPACKED)
    except zlib.error:
        return False
    return not unpacking.unconsumed_tail


def _at(file: IO[bytes], start: int, size: int) -> bytes:
    file.seek(start)
    return file.read(size)
