"""Which files a journal holds, told by their first bytes: neither a name nor what a sender says decides.

Signatures as in the formats' own documents: JPEG (ITU-T T.81), PNG (W3C PNG, 5.2), GIF89a, WebP and WAV (RIFF), ISO base media
(ISO/IEC 14496-12, `ftyp`), PDF (ISO 32000), ID3v2, MPEG audio frames, Ogg (RFC 3533), FLAC (RFC 9639), Matroska (RFC 8794).
"""

import re
from codecs import BOM_UTF8
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from os import SEEK_END
from typing import IO

HEAD_SIZE = 256
MAX_BOXES_BEFORE = 8
MAX_BOXES, MAX_TRACKS = 200, 64
MAX_NAME_LENGTH = 120
MAX_ENDING_LENGTH = 5


class Group(StrEnum):
    """How a file is shown: as a picture, with controls to hear or to see it, or as something to download."""

    PHOTO = "photo"
    AUDIO = "audio"
    VIDEO = "video"
    FILE = "file"


@dataclass(frozen=True)
class Kind:
    """A format that is taken, with its media type (RFC 6838) and the ending its files get."""

    group: Group
    media_type: str
    ending: str


JPEG = Kind(Group.PHOTO, "image/jpeg", "jpg")
PNG = Kind(Group.PHOTO, "image/png", "png")
GIF = Kind(Group.PHOTO, "image/gif", "gif")
WEBP = Kind(Group.PHOTO, "image/webp", "webp")
AVIF = Kind(Group.PHOTO, "image/avif", "avif")
HEIC = Kind(Group.PHOTO, "image/heic", "heic")
PDF = Kind(Group.FILE, "application/pdf", "pdf")
MP3 = Kind(Group.AUDIO, "audio/mpeg", "mp3")
AAC = Kind(Group.AUDIO, "audio/aac", "aac")
M4A = Kind(Group.AUDIO, "audio/mp4", "m4a")
OGG = Kind(Group.AUDIO, "audio/ogg", "ogg")
FLAC = Kind(Group.AUDIO, "audio/flac", "flac")
WAV = Kind(Group.AUDIO, "audio/wav", "wav")
MP4 = Kind(Group.VIDEO, "video/mp4", "mp4")
MOV = Kind(Group.VIDEO, "video/quicktime", "mov")
WEBM = Kind(Group.VIDEO, "video/webm", "webm")
KINDS = {kind.media_type: kind for kind in (JPEG, PNG, GIF, WEBP, AVIF, HEIC, PDF, MP3, AAC, M4A, OGG, FLAC, WAV, MP4, MOV, WEBM)}

_BEGINNINGS = {
    b"\xff\xd8\xff": JPEG,
    b"\x89PNG\r\n\x1a\n": PNG,
    b"GIF87a": GIF,
    b"GIF89a": GIF,
    b"ID3": MP3,
    b"OggS": OGG,
    b"fLaC": FLAC,
}
_BRANDS = {
    **dict.fromkeys((b"avif", b"avis"), AVIF),
    **dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"), HEIC),
    **dict.fromkeys((b"M4A ", b"M4B "), M4A),
    b"qt  ": MOV,
}
_FILM_BRAND = re.compile(
    rb"iso[m0-9a-z]|mp4[0-9]|mp7[0-9]|3g[prgs2].|M4V.|avc.|hvc.|hev.|av01|dash|mmp4|F4V |MSNV|XAVC|nvr1|dby1", re.DOTALL
)
"""Brands that say: a film in ISO base media, whichever camera made it (mp4ra.org)."""
_PADDING = {b"free", b"skip", b"wide", b"pnot"}
_OLD_FILM = {b"moov", b"mdat"}
"""What QuickTime's older films begin with: they have no `ftyp`."""


def kind_of_file(file: IO[bytes]) -> Kind | None:
    """Return what a file is, None for one that is not taken; padding before the boxes of a film is stepped over."""
    at = 0
    for _ in range(MAX_BOXES_BEFORE):
        file.seek(at)
        head = file.read(HEAD_SIZE)
        if head[4:8] not in _PADDING:
            break
        at += max(8, int.from_bytes(head[:4], "big"))
    kind = kind_of(head)
    return M4A if kind is MP4 and _is_heard_alone(file) else kind


def kind_of(head: bytes) -> Kind | None:
    """Return what a file is that begins with these bytes (`HEAD_SIZE` of them are enough), None for one that is not taken."""
    for beginning, kind in _BEGINNINGS.items():
        if head.startswith(beginning):
            return kind
    if head.removeprefix(BOM_UTF8).lstrip().startswith(b"%PDF-"):
        return PDF
    if head[:4] == b"RIFF":
        return {b"WEBP": WEBP, b"WAVE": WAV}.get(head[8:12])
    if head[4:8] == b"ftyp":
        return _brand(head)
    if head[4:8] in _OLD_FILM:
        return MOV
    if head[:4] == b"\x1a\x45\xdf\xa3":
        return WEBM if b"webm" in head[:HEAD_SIZE] else None
    return _audio_frame(head)


def named(name: str, kind: Kind) -> str:
    """Return a file's name, cut to `MAX_NAME_LENGTH`, with an ending that says how it is shown: its own, or else its kind's.

    What follows a dot and is a number, or more than one word, is no ending: "Scan 12.03", "Letter to Mr. Lee".
    """
    name = name.rstrip(". ") or name
    stem, dot, ending = name.rpartition(".")
    is_ending = len(ending) <= MAX_ENDING_LENGTH and ending.isalnum() and not ending.isdigit()
    stem = stem if dot and is_ending else name
    known = {other.ending for other in KINDS.values() if other.group is kind.group}
    return f"{stem[: MAX_NAME_LENGTH - MAX_ENDING_LENGTH - 1]}.{ending if ending in known else kind.ending}"


def _brand(head: bytes) -> Kind | None:
    """Tell ISO base media files apart: by the main brand, else by those that the file says it is compatible with.

    `mif1` and `msf1` say only "pictures", so what else there is decides.
    """
    size = int.from_bytes(head[:4], "big")
    brands = [head[8:12], *(head[at : at + 4] for at in range(16, min(size, HEAD_SIZE), 4))]
    if brands[0] in {b"mif1", b"msf1"} and any(brand in {b"avif", b"avis"} for brand in brands):
        return AVIF
    known = [_BRANDS.get(brand) or (MP4 if _FILM_BRAND.fullmatch(brand) else None) for brand in brands]
    return next((kind for kind in known if kind), None)


def _is_heard_alone(file: IO[bytes]) -> bool:
    """Say whether a film has tracks of sound and none of pictures, as what a telephone records (ISO/IEC 14496-12, 8.4.3)."""
    handlers = set()
    places = [(0, file.seek(0, SEEK_END))]
    for name in (b"moov", b"trak", b"mdia", b"hdlr"):
        places = [inner for place in places for inner in _boxes(file, *place, name)][:MAX_TRACKS]
    for start, _end in places:
        file.seek(start + 8)
        handlers.add(file.read(4))
    return b"soun" in handlers and b"vide" not in handlers


def _boxes(file: IO[bytes], at: int, end: int, name: bytes) -> Iterator[tuple[int, int]]:
    """Yield where the contents of boxes of a name begin and end, of the first few that stand side by side."""
    for _ in range(MAX_BOXES):
        if at + 8 > end:
            break
        file.seek(at)
        head = file.read(16)
        size, start = int.from_bytes(head[:4], "big"), at + 8
        if size == 1:
            size, start = int.from_bytes(head[8:16], "big"), at + 16
        stop = end if size == 0 else min(end, at + size)
        if head[4:8] == name:
            yield start, stop
        if stop < start:
            break
        at = stop


def _audio_frame(head: bytes) -> Kind | None:
    """Tell bare MPEG audio frames: eleven bits set, then version and layer (ISO/IEC 11172-3, 2.4.1.3; ADTS has layer 0)."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return None
    layer = head[1] & 0x06
    if layer == 0:
        return AAC if head[1] & 0xF0 == 0xF0 else None
    is_valid = head[1] & 0x18 != 0x08 and head[2] & 0xF0 != 0xF0 and head[2] & 0x0C != 0x0C
    return MP3 if layer == 0x02 and is_valid else None
