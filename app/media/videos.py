"""Taking words about place and camera out of films and sounds in the ISO base media format (ISO/IEC 14496-12; QuickTime).

Every box that playing does not need is overwritten with nothing and renamed `free`, so that no other box moves. What stands
inside the streams themselves stays, such as the track of places that some cameras film along.
"""

from typing import IO

NEEDED: dict[bytes, set[bytes]] = {
    b"": {b"ftyp", b"styp", b"moov", b"mdat", b"moof", b"mfra", b"sidx", b"ssix", b"wide"},
    b"moov": {b"mvhd", b"trak", b"mvex", b"iods"},
    b"trak": {b"tkhd", b"mdia", b"edts", b"tref", b"trgr", b"tapt"},
    b"mdia": {b"mdhd", b"hdlr", b"minf", b"elng"},
    b"minf": {b"vmhd", b"smhd", b"hmhd", b"nmhd", b"sthd", b"gmhd", b"hdlr", b"dinf", b"stbl"},
    b"mvex": {b"mehd", b"trex", b"leva"},
    b"moof": {b"mfhd", b"traf"},
    b"traf": {b"tfhd", b"tfdt", b"trun", b"sbgp", b"sgpd", b"subs", b"saiz", b"saio"},
}
"""What each box may hold; the boxes that stand here themselves are looked into."""
MAX_BOXES, BYTES_A_BOX = 20_000, 1_000
"""So many boxes, or one for so many bytes: a film in fragments of a second has seven a fragment."""
PIECE = 1024 * 1024


class InvalidVideo(Exception):
    """The boxes do not fit into each other, or there are too many of them."""


def strip_metadata(file: IO[bytes]) -> None:
    """Overwrite a file's boxes that tell of place and camera; raise InvalidVideo."""
    file.seek(0, 2)
    size = file.tell()
    _walk(file, b"", 0, size, max(MAX_BOXES, size // BYTES_A_BOX))


def _walk(file: IO[bytes], holder: bytes, at: int, end: int, left: int) -> int:
    """Look at the boxes from `at` to `end`, and return how many more may come."""
    while at < end:
        file.seek(at)
        header = file.read(16)
        size, kind, head = int.from_bytes(header[:4], "big"), header[4:8], 8
        if size == 1:
            size, head = int.from_bytes(header[8:16], "big"), 16
        elif size == 0 and not holder:
            size = end - at
        left -= 1
        is_cut = at + size > end
        if not holder and at and (len(header) < head or size < head or (is_cut and kind not in NEEDED[b""])):
            _wipe(file, at, end)
            return left
        if len(header) < head or size < head or left < 0 or (is_cut and (holder or kind != b"mdat")):
            raise InvalidVideo
        if kind not in NEEDED[holder]:
            _blank(file, at, head, size)
        elif kind in NEEDED:
            left = _walk(file, kind, at + head, at + size, left)
        at += size
    return left


def _wipe(file: IO[bytes], at: int, end: int) -> None:
    """Overwrite what stands behind the last box, as some cameras and programs put there."""
    file.seek(at)
    left = end - at
    while left:
        left -= file.write(bytes(min(PIECE, left)))


def _blank(file: IO[bytes], at: int, head: int, size: int) -> None:
    file.seek(at + 4)
    file.write(b"free")
    file.seek(at + head)
    left = size - head
    while left:
        left -= file.write(bytes(min(PIECE, left)))
