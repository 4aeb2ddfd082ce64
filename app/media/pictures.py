"""Pictures made anew from their pixels: nothing of where, when and with what they were taken comes along.

Each becomes WebP in the sizes that pages use, none larger than the picture itself.
"""

import re
import struct
import warnings
import zlib
from io import BytesIO
from typing import IO

from PIL import Image, ImageCms, ImageFile, ImageOps, ImageSequence
from pillow_heif import register_heif_opener

from .chunks import of_pixels
from .renderings import BrokenPicture, Rendering, TooManyPixels

register_heif_opener(thumbnails=False)

WIDTHS = (480, 960, 1920)
"""Widths in pixels that are made beside the largest, for `srcset`."""
MAX_SIDE = 2560
LONG_RATIO = 2.5
LONG_SHORTER_SIDE, LONG_LONGER_SIDE, MAX_KEPT_PIXELS = 1440, 16_000, 18_000_000
"""What is longer than so many times its other side, a screenshot of a whole page or a panorama, is kept by its shorter side."""
PIECE = 1024 * 1024
MAX_PIXELS = 64_000_000
MAX_ODD_PIXELS = 24_000_000
"""For pictures that have to be unpacked whole before they can be made smaller."""
MAX_FRAME_PIXELS = 60_000_000
MAX_FRAMES = 500
QUALITY = 84
LARGE = 5_000_000
"""Pixels from which on a picture is packed in a hurry: a little larger, in a third of the time."""
MAX_PAUSE_MS = 60_000
MAX_SIDE_SHOWN = 40_000
PIXELS_A_BYTE, PIXELS_MATTER_ABOVE = 1_500, 4_000_000
"""No photo and no screenshot holds so many pixels in so few bytes; what does is meant to fill the memory."""
MAX_SCANS = 60
"""A progressive JPEG may repeat its scans without end, each a few bytes of file and a tenth of a second of work."""
MAX_SEGMENTS = 5_000
MAX_FILL = 1_000
"""Bytes that may stand between the segments of a JPEG's header: a reader goes through them one by one."""
START_OF_SCAN, END_OF_IMAGE = 0xDA, 0xD9
MOVING = {"GIF", "PNG", "WEBP", "AVIF"}
JPEGS = {"JPEG", "MPO"}
"""What Pillow calls a JPEG, and one with others behind it."""
FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "AVIF", "HEIF")
SMOOTH_MODES = {"RGB", "RGBA", "L", "LA", "CMYK"}
"""Modes whose pixels can be averaged: such a picture is made smaller before anything else copies it."""
WEBP_CHUNKS = {b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF"}

_MARKER = re.compile(rb"(?<=\xff)[^\x00\x01\xd0-\xd8\xff]", re.DOTALL)
_BROKEN = (
    *(OSError, ValueError, TypeError, SyntaxError, EOFError, KeyError, IndexError, OverflowError, ZeroDivisionError, RuntimeError),
    *(AttributeError, AssertionError, MemoryError, struct.error, zlib.error),
)


def render(file: IO[bytes], *, is_ours: bool = False) -> list[Rendering]:
    """Return a picture in every size, the largest first; raise BrokenPicture or TooManyPixels.

    Turned upright, in sRGB, moving if it moves. A WebP that is known to come from here (`is_ours`) is taken as it is for its largest
    size. `app.media.sandbox` lets a process of its own do it, with limits.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return _render(file, is_ours=is_ours)
        except Image.DecompressionBombError as problem:
            raise TooManyPixels from problem
        except _BROKEN as problem:
            raise BrokenPicture from problem


def _render(file: IO[bytes], *, is_ours: bool) -> list[Rendering]:
    is_cut = not _is_whole(file)
    with Image.open(of_pixels(file), formats=FORMATS) as picture:
        is_jpeg = picture.format in JPEGS
        ImageFile.LOAD_TRUNCATED_IMAGES = is_jpeg
        _refuse_too_large(picture, file)
        if picture.format in MOVING and getattr(picture, "is_animated", False):
            frames = _frames(picture)
        else:
            if is_jpeg:
                picture.draft(picture.mode, (MAX_SIDE, MAX_SIDE))
            frames = [(_plain(picture), 0)]
        loops = _loops(picture)
        is_finished = is_ours and picture.format == "WEBP" and _kept(picture).size == picture.size
    largest = [(_kept(frame), pause) for frame, pause in frames]
    width, height = largest[0][0].size
    content = _as_it_is(file) if is_finished else None
    found = [Rendering(content or _webp(largest, loops), width, height, is_cut)]
    for narrower in reversed([wanted for wanted in WIDTHS if wanted < width]):
        smaller = [(_fitted(frame, narrower, LONG_LONGER_SIDE), pause) for frame, pause in largest]
        found.append(Rendering(_webp(smaller, loops), *smaller[0][0].size))
    return found


def _frames(picture: Image.Image) -> list[tuple[Image.Image, int]]:
    frames = []
    for number, frame in enumerate(ImageSequence.Iterator(picture), 1):
        if number > MAX_FRAMES or number * picture.width * picture.height > MAX_FRAME_PIXELS:
            raise TooManyPixels
        frame.load()
        pause = min(MAX_PAUSE_MS, max(10, int(frame.info.get("duration") or 100)))
        frames.append((_kept(_plain(frame)), pause))
    return frames


def _refuse_too_large(picture: Image.Image, file: IO[bytes]) -> None:
    """Raise TooManyPixels for what would take too much memory, by its headers alone."""
    pixels = picture.width * picture.height
    if max(picture.size) > MAX_SIDE_SHOWN or pixels > (MAX_PIXELS if picture.mode in SMOOTH_MODES else MAX_ODD_PIXELS):
        raise TooManyPixels
    at = file.tell()
    size = file.seek(0, 2)
    file.seek(at)
    if pixels > PIXELS_MATTER_ABOVE and pixels > size * PIXELS_A_BYTE:
        raise TooManyPixels


def _is_whole(file: IO[bytes]) -> bool:
    """Say whether a JPEG has its end, and every other file that it has; raise TooManyPixels for more parts than a picture has."""
    file.seek(0)
    head, is_whole = file.read(2), True
    if head.startswith(b"\xff\xd8"):
        is_whole = _walk_jpeg(file)
    file.seek(0)
    return is_whole


def _walk_jpeg(file: IO[bytes]) -> bool:
    """Count markers and scans up to the first end of image (ITU-T T.81, B.1.1), and say whether there is one.

    What stands behind it is no part of the picture: telephones put films, other pictures and their own notes there.
    """
    file.seek(2)
    content, at, segments, scans = file.read(), 0, 0, 0
    while found := _MARKER.search(content, at):
        marker, is_far = found[0][0], found.start() - at > MAX_FILL
        if is_far and not scans:
            raise BrokenPicture
        at = found.end()
        if marker == END_OF_IMAGE:
            return True
        segments, scans = segments + 1, scans + (marker == START_OF_SCAN)
        if segments > MAX_SEGMENTS or scans > MAX_SCANS:
            raise TooManyPixels
        at += int.from_bytes(content[at : at + 2], "big")
    if not scans:
        raise BrokenPicture
    return False


def _plain(picture: Image.Image) -> Image.Image:
    """Return the pixels alone: upright, in sRGB, without any word about them."""
    if picture.mode in SMOOTH_MODES:
        picture = _kept(picture)
    upright = _upright(picture)
    mode = "RGBA" if upright.has_transparency_data else "RGB"
    profile = upright.info.get("icc_profile")
    upright = upright.convert(mode) if profile and upright.mode in {"P", "PA", "LA"} else upright
    if profile and upright.mode in {"RGB", "RGBA", "CMYK", "L"}:
        upright = _in_srgb(upright, profile, mode)
    if upright.mode in {"I", "I;16", "I;16B", "F"}:
        upright = upright.convert("F").point(lambda value: value / 257 + 0).convert("L")
    plain = upright.convert(mode)
    plain.info.clear()
    return plain


def _upright(picture: Image.Image) -> Image.Image:
    """Return a picture as it was held; as it is where what says so cannot be read."""
    try:
        return ImageOps.exif_transpose(picture)
    except (SyntaxError, struct.error, ValueError, KeyError, TypeError, OverflowError):
        return picture


def _in_srgb(picture: Image.Image, profile: bytes, mode: str) -> Image.Image:
    try:
        own, srgb = ImageCms.ImageCmsProfile(BytesIO(profile)), ImageCms.createProfile("sRGB")
        return ImageCms.profileToProfile(picture, own, srgb, outputMode=mode) or picture
    except (ImageCms.PyCMSError, OSError):
        return picture


def _kept(picture: Image.Image) -> Image.Image:
    """Return a picture as large as it is kept at most."""
    shorter, longer = sorted(picture.size)
    if longer <= LONG_RATIO * shorter:
        return _fitted(picture, MAX_SIDE, MAX_SIDE)
    side = min(LONG_SHORTER_SIDE, LONG_LONGER_SIDE * shorter / longer, (MAX_KEPT_PIXELS * shorter / longer) ** 0.5)
    scale = min(1.0, side / shorter)
    return _fitted(picture, max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))


def _fitted(picture: Image.Image, width: int, height: int) -> Image.Image:
    scale = min(width / picture.width, height / picture.height)
    if scale >= 1:
        return picture
    return picture.resize((max(1, round(picture.width * scale)), max(1, round(picture.height * scale))), Image.Resampling.LANCZOS)


def _loops(picture: Image.Image) -> int:
    """Return how often a moving picture is played, 0 for without end: a GIF counts repetitions, and plays once if it says none."""
    said = picture.info.get("loop")
    if picture.format == "GIF":
        return 1 if said is None else said + 1 if said else 0
    return int(said or 0)


def _webp(frames: list[tuple[Image.Image, int]], loops: int) -> bytes:
    out = BytesIO()
    first = frames[0][0]
    if len(frames) == 1:
        first.save(out, "WEBP", quality=QUALITY, method=4 if first.width * first.height < LARGE else 0)
    else:
        rest, pauses = [frame for frame, _pause in frames[1:]], [pause for _frame, pause in frames]
        first.save(out, "WEBP", quality=QUALITY, method=2, save_all=True, append_images=rest, duration=pauses, loop=min(loops, 65_535))
    return out.getvalue()


def _as_it_is(file: IO[bytes]) -> bytes | None:
    """Return a WebP's bytes if they hold pixels and nothing else, from the first to the last, None otherwise."""
    file.seek(0)
    content = file.read()
    if content[:4] != b"RIFF" or int.from_bytes(content[4:8], "little") + 8 != len(content):
        return None
    return content if _holds_pixels_only(content, 12, len(content)) else None


def _holds_pixels_only(content: bytes, at: int, end: int) -> bool:
    """Say whether every chunk from `at` to `end` belongs to the pixels; a frame's chunks begin after its 16 bytes of place and time."""
    while at + 8 <= end:
        kind, size = content[at : at + 4], int.from_bytes(content[at + 4 : at + 8], "little")
        if kind not in WEBP_CHUNKS or (kind == b"ANMF" and not _holds_pixels_only(content, at + 24, at + 8 + size)):
            return False
        at += 8 + size + size % 2
    return at == end
