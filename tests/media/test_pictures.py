"""Pictures made anew: what comes along and what does not."""

import contextlib
import io
import random
import struct
import subprocess
import sys
import zlib
from typing import Any

import pytest
from PIL import Image, ImageCms, ImageSequence, PngImagePlugin

from app.media import pictures
from app.media.renderings import BrokenPicture, TooManyPixels

CANARY = b"canary-51.5007N"


def saved(kind: str, size: tuple[int, int] = (1200, 800), mode: str = "RGB", **facts: Any) -> io.BytesIO:
    out = io.BytesIO()
    Image.new(mode, size, 128 if mode in {"L", "P"} else None).save(out, kind, **facts)
    return out


def telling_exif() -> Image.Exif:
    exif = Image.Exif()
    exif[0x010F] = CANARY.decode()
    exif.get_ifd(0x8825).update({1: "N", 2: (51.0, 30.0, 2.5), 29: CANARY.decode()})
    return exif


def telling_jpeg() -> io.BytesIO:
    """A JPEG with a place in EXIF, an XMP packet, a comment, and a thumbnail of its own behind its end."""
    exif = telling_exif().tobytes()
    content = saved("JPEG", exif=exif, xmp=b"<x:xmpmeta>" + CANARY + b"</x:xmpmeta>", comment=CANARY).getvalue()
    return io.BytesIO(content + b"\xff\xd8\xff" + CANARY)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF", "HEIF"])
def test_nothing_of_place_and_camera_comes_along(kind: str) -> None:
    facts: dict[str, Any] = {"exif": telling_exif().tobytes()}
    if kind == "PNG":
        facts["pnginfo"] = PngImagePlugin.PngInfo()
        facts["pnginfo"].add_text("Comment", CANARY.decode())
    source = telling_jpeg() if kind == "JPEG" else saved(kind, xmp=CANARY, **facts) if kind == "WEBP" else saved(kind, **facts)
    assert CANARY in source.getvalue(), "the test would show nothing"
    for rendering in pictures.render(source):
        assert CANARY not in rendering.content and b"EXIF" not in rendering.content and b"XMP " not in rendering.content
        with Image.open(io.BytesIO(rendering.content)) as again:
            assert not again.getexif() and "xmp" not in again.info and again.format == "WEBP"


def test_widths_are_those_of_the_page_and_never_larger() -> None:
    def widths(size: tuple[int, int]) -> list[tuple[int, int]]:
        return [(found.width, found.height) for found in pictures.render(saved("JPEG", size))]

    assert widths((4000, 3000)) == [(2560, 1920), (1920, 1440), (960, 720), (480, 360)]
    assert widths((700, 70)) == [(700, 70), (480, 48)]
    assert widths((480, 10)) == [(480, 10)] and widths((1, 1)) == [(1, 1)]
    assert widths((100, 20000)) == [(80, 16000)] and widths((1080, 9000)) == [(1080, 9000), (960, 8000), (480, 4000)]
    assert widths((40_000, 1))[0] == (16_000, 1) and widths((1, 40_000))[0] == (1, 16_000)
    assert widths((6000, 1500)) == [(5760, 1440), (1920, 480), (960, 240), (480, 120)]


def test_pictures_stand_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    assert [(found.width, found.height) for found in pictures.render(saved("JPEG", (400, 100), exif=exif))] == [(100, 400)]


def test_colours_are_those_of_the_screen() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
    out = io.BytesIO()
    Image.new("RGB", (10, 10), "red").save(out, "PNG", icc_profile=ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    with Image.open(io.BytesIO(pictures.render(out)[0].content)) as red:
        assert red.convert("RGB").getpixel((5, 5))[0] > 240 and not red.info.get("icc_profile")  # type: ignore[index]
    assert pictures.render(saved("JPEG", icc_profile=profile.tobytes())), "a profile that does not fit is left aside"


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_every_mode_of_pixels(mode: str) -> None:
    assert pictures.render(saved("PNG", (20, 10), mode))[0].width == 20


def test_what_moves_still_moves() -> None:
    frames = [Image.new("RGB", (600, 300), colour) for colour in ("red", "green", "blue")]
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], duration=[50, 70, 90])
    found = pictures.render(out)
    with Image.open(io.BytesIO(found[1].content)) as again:
        assert (again.n_frames, again.width) == (3, 480)  # type: ignore[attr-defined]


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP", "AVIF"])
def test_what_moves_keeps_its_pace(kind: str) -> None:
    frames, pauses = [Image.new("RGB", (600, 300), colour) for colour in ("red", "green", "blue")], [1000, 200, 300]
    out = io.BytesIO()
    frames[0].save(out, kind, save_all=True, append_images=frames[1:], duration=pauses)
    large, small = pictures.render(out)
    assert paces(large.content) == paces(small.content) == pauses
    assert paces(pictures.render(io.BytesIO(large.content), is_ours=True)[1].content) == pauses


def paces(content: bytes) -> list[int]:
    """Return for how long each picture of one that moves is shown, in milliseconds."""
    with Image.open(io.BytesIO(content)) as picture:
        found = []
        for frame in ImageSequence.Iterator(picture):
            frame.load()
            found.append(int(frame.info["duration"]))
        return found


def test_what_came_from_here_stays_as_it_is_byte_for_byte() -> None:
    noise = io.BytesIO()
    Image.effect_noise((300, 200), 40).convert("RGB").save(noise, "JPEG")
    first = pictures.render(noise)[0].content
    assert pictures.render(io.BytesIO(first), is_ours=True)[0].content == first
    assert pictures.render(io.BytesIO(first))[0].content != first, "what somebody sends is made anew"
    for more in (first + b"GIF89a<script>", first + CANARY):
        found = pictures.render(io.BytesIO(more), is_ours=True)[0].content
        assert CANARY not in found and b"script" not in found


def test_words_inside_the_frames_of_a_picture_that_moves_do_not_come_along() -> None:
    frames = [Image.new("RGB", (60, 30), colour) for colour in ("red", "green")]
    out = io.BytesIO()
    frames[0].save(out, "WEBP", save_all=True, append_images=frames[1:], duration=50)
    content = bytearray(out.getvalue())
    at, chunk = content.index(b"ANMF"), b"EXIF" + struct.pack("<I", len(CANARY) + 1) + CANARY + b"\0"
    size = int.from_bytes(content[at + 4 : at + 8], "little")
    content[at + 8 + size : at + 8 + size] = chunk
    content[at + 4 : at + 8] = struct.pack("<I", size + len(chunk))
    content[4:8] = struct.pack("<I", len(content) - 8)
    assert all(CANARY not in found.content for found in pictures.render(io.BytesIO(bytes(content)), is_ours=True))


def test_a_photo_with_a_second_picture_inside_is_one_photo() -> None:
    out = io.BytesIO()
    Image.new("RGB", (600, 400), "red").save(out, "MPO", save_all=True, append_images=[Image.new("RGB", (80, 60), "blue")])
    found = pictures.render(out)
    with Image.open(io.BytesIO(found[0].content)) as photo:
        assert photo.size == (600, 400) and not getattr(photo, "is_animated", False)


def test_scans_without_end_are_refused() -> None:
    content = saved("JPEG", (64, 64), progressive=True).getvalue()
    last = content.rindex(b"\xff\xda")
    with pytest.raises(TooManyPixels):
        pictures.render(io.BytesIO(content[:-2] + content[last:-2] * 200 + b"\xff\xd9"))


def test_a_profile_that_is_none_spoils_no_photo() -> None:
    assert pictures.render(saved("JPEG", icc_profile=b"nothing of the kind"))[0].width == 1200


def test_sixteen_bits_of_grey_stay_grey() -> None:
    out = io.BytesIO()
    Image.new("I;16", (20, 10), 30_000).save(out, "PNG")
    with Image.open(io.BytesIO(pictures.render(out)[0].content)) as grey:
        assert abs(grey.convert("L").getpixel((5, 5)) - 117) < 4  # type: ignore[operator]


@pytest.mark.parametrize("kind", ["AVIF", "WEBP", "GIF", "PNG", "JPEG", "HEIF"])
def test_damage_is_refused_and_never_a_mistake(kind: str) -> None:
    content, chance = bytearray(saved(kind, (64, 64)).getvalue()), random.Random(kind)  # noqa: S311
    for _try in range(40):
        damaged = bytearray(content)
        for _byte in range(8):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        with contextlib.suppress(BrokenPicture, TooManyPixels):
            pictures.render(io.BytesIO(bytes(damaged)))


def huge_png(side: int) -> bytes:
    """A PNG whose header promises side x side pixels, in a few bytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 100_000)) + chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [60_000, 12_000, 8_100])
def test_too_many_pixels_are_refused_before_they_are_unpacked(side: int) -> None:
    with pytest.raises(TooManyPixels):
        pictures.render(io.BytesIO(huge_png(side)))


def test_refusing_a_huge_picture_takes_little_memory_and_time() -> None:
    """The whole process, Python and Pillow included, stays under 300 MB and two seconds of work."""
    program = (
        "import io, re, resource, sys\n"
        "from app.media import pictures\n"
        "from app.media.renderings import TooManyPixels\n"
        "try:\n    pictures.render(io.BytesIO(sys.stdin.buffer.read()))\n"
        "except TooManyPixels:\n"
        "    used = resource.getrusage(resource.RUSAGE_SELF)\n"
        "    most = re.search(r'VmHWM:\\s+(\\d+) kB', open('/proc/self/status').read())\n"
        "    print(int(most[1]) // 1024, used.ru_utime + used.ru_stime)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], input=huge_png(60_000), capture_output=True, check=True)
    megabytes, seconds = done.stdout.split()
    assert int(megabytes) < 300 and float(seconds) < 2


def test_too_many_frames_are_refused() -> None:
    frames = [Image.new("L", (2, 2), number % 256) for number in range(pictures.MAX_FRAMES + 1)]
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], duration=20)
    with pytest.raises(TooManyPixels):
        pictures.render(out)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html><script>alert(1)</script>",
        b'<svg xmlns="http://www.w3.org/2000/svg"/>',
        b"%!PS-Adobe",
        saved("JPEG").getvalue()[:600],
        saved("PNG").getvalue()[:100],
        saved("WEBP").getvalue()[:100],
        saved("TIFF", (4, 4)).getvalue(),
        saved("BMP", (4, 4)).getvalue(),
    ],
)
def test_what_is_no_whole_picture_of_a_known_kind_is_refused(content: bytes) -> None:
    with pytest.raises(BrokenPicture):
        pictures.render(io.BytesIO(content))


def chunk(kind: bytes, content: bytes, checksum: int | None = None) -> bytes:
    checksum = zlib.crc32(kind + content) if checksum is None else checksum
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)


BESIDE = {
    "text with a wrong checksum": chunk(b"tEXt", b"a\0b", 0),
    "much packed text": chunk(b"zTXt", b"Raw\0\0" + zlib.compress(b"a b" * 700_000)),
    "a broken profile of a program": chunk(b"zTXt", b"Raw profile type exif\0\0" + zlib.compress(b"\nexif\n      10\nzzzz\n")),
    "no size on paper": chunk(b"pHYs", b""),
    "odd colours": chunk(b"cHRM", b"abc"),
    "no EXIF": chunk(b"eXIf", b""),
    "broken EXIF": chunk(b"eXIf", b"MM"),
    "EXIF with a wrong checksum": chunk(b"eXIf", b"MM\0\x2a\0\0\0\x08\0\0", 0),
}


@pytest.mark.parametrize("beside", BESIDE)
def test_what_is_broken_beside_the_pixels_spoils_no_picture(beside: str) -> None:
    content = saved("PNG", (60, 40)).getvalue()
    found = pictures.render(io.BytesIO(content[:33] + BESIDE[beside] + content[33:]))
    assert (found[0].width, found[0].height) == (60, 40)


@pytest.mark.parametrize("kind", ["WEBP", "HEIF"])
@pytest.mark.parametrize("exif", [b"Exif\0\0garbage!!!", b"II*\0", bytes(30)])
def test_a_picture_whose_exif_is_broken_is_taken_as_it_lies(kind: str, exif: bytes) -> None:
    assert pictures.render(saved(kind, (60, 40), exif=exif))[0].width == 60


def test_a_jpeg_with_others_behind_it_that_lost_its_end_is_taken() -> None:
    noise = Image.frombytes("RGB", (64, 48), random.Random(1).randbytes(64 * 48 * 3))  # noqa: S311  # no secret
    out = io.BytesIO()
    noise.save(out, "MPO", save_all=True, append_images=[noise])
    content = out.getvalue()
    end = content.index(b"\xff\xd9")
    [found] = pictures.render(io.BytesIO(content[: end - 300]))
    assert (found.width, found.height) == (64, 48)


XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description tiff:Orientation="6"/></x:xmpmeta>'
EXIF = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"
RAW = b"\nexif\n" + str(len(EXIF)).rjust(8).encode() + b"\n" + EXIF.hex().encode() + b"\n"


@pytest.mark.parametrize(
    "told",
    [
        chunk(b"zTXt", b"Raw profile type exif\0\0" + zlib.compress(RAW)),
        chunk(b"tEXt", b"Raw profile type exif\0" + RAW),
        chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + XMP),
        chunk(b"iTXt", b"XML:com.adobe.xmp\0\x01\0\0\0" + zlib.compress(XMP)),
        chunk(b"eXIf", EXIF[6:]),
    ],
    ids=["zTXt", "tEXt", "iTXt", "packed iTXt", "eXIf"],
)
def test_a_png_stands_upright_whoever_says_so(told: bytes) -> None:
    content = saved("PNG", (40, 20)).getvalue()
    found = pictures.render(io.BytesIO(content[:33] + told + content[33:]))
    assert (found[0].width, found[0].height) == (20, 40)
