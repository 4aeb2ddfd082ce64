"""Photos and films as telephones and cameras make them: all come in, upright, and nothing behind them comes along."""

import io
import struct
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image, ImageDraw
from pillow_heif import register_heif_opener

from app.media import kinds, pictures, videos
from tests.media.test_kinds import box

register_heif_opener(thumbnails=False)
CANARY = b"+38.7223-009.1393/"
RED, BLUE = (220, 30, 30), (30, 30, 220)
TURNS: dict[int, Callable[[Image.Image], Image.Image]] = {
    1: lambda image: image,
    2: lambda image: image.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
    3: lambda image: image.transpose(Image.Transpose.ROTATE_180),
    4: lambda image: image.transpose(Image.Transpose.FLIP_TOP_BOTTOM),
    5: lambda image: image.transpose(Image.Transpose.TRANSPOSE),
    6: lambda image: image.transpose(Image.Transpose.ROTATE_90),
    7: lambda image: image.transpose(Image.Transpose.TRANSVERSE),
    8: lambda image: image.transpose(Image.Transpose.ROTATE_270),
}
"""How a camera's pixels lie where EXIF says so (Exif 3.0, 4.6.5): what turns them back is the opposite."""


def scene(size: tuple[int, int] = (320, 240), mode: str = "RGB") -> Image.Image:
    """Return a picture that is red at its upper left and blue elsewhere."""
    image = Image.new("RGB", size, BLUE)
    ImageDraw.Draw(image).rectangle((0, 0, size[0] // 2, size[1] // 2), fill=RED)
    return image.convert(mode)


def saved(kind: str = "JPEG", image: Image.Image | None = None, **facts: Any) -> bytes:
    out = io.BytesIO()
    (image or scene()).save(out, kind, **facts)
    return out.getvalue()


def turned(orientation: int, kind: str = "JPEG") -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "A camera"
    return saved(kind, TURNS[orientation](scene()), exif=exif.tobytes())


def film(brand: bytes = b"isom", *compatible: bytes, ending: bytes = b"") -> bytes:
    track = box(b"trak", box(b"tkhd", b"\0" * 20) + box(b"udta", CANARY))
    moov = box(b"moov", box(b"mvhd", b"\0" * 20) + track + box(b"udta", CANARY))
    return box(b"ftyp", brand + b"\0\0\0\0" + b"".join(compatible)) + moov + box(b"mdat", b"frames" * 20) + ending


def recorded(brand: bytes, *handlers: bytes, size: bytes = b"") -> bytes:
    """Return a recording with tracks of these handlers, the boxes that hold it last, as telephones write them."""
    tracks = [box(b"trak", box(b"mdia", box(b"mdhd", b"\0" * 20) + box(b"hdlr", b"\0" * 8 + one + b"\0" * 12))) for one in handlers]
    mdat = (b"\0\0\0\1mdat" + (16 + 120).to_bytes(8, "big") + b"frames" * 20) if size else box(b"mdat", b"frames" * 20)
    return box(b"ftyp", brand + b"\0\0\0\0isom") + mdat + box(b"moov", box(b"mvhd", b"\0" * 20) + b"".join(tracks))


def moving(kind: str, **facts: Any) -> bytes:
    frames = [scene() for _ in range(3)]
    for number, frame in enumerate(frames):
        ImageDraw.Draw(frame).rectangle((100 + 20 * number, 200, 110 + 20 * number, 220), fill="white")
    return saved(kind, frames[0], save_all=True, append_images=frames[1:], duration=100, **facts)


MOTION = saved(xmp=b'<x:xmpmeta><rdf GCamera:MotionPhoto="1"/></x:xmpmeta>') + film(b"mp42", b"isom") + b"\0" * 500
SAMSUNG = saved() + film(b"mp42") + b"SEFH" + struct.pack("<II", 107, 1) + CANARY + b"SEFT"
PHOTOS: dict[str, bytes] = {
    **{f"turned {orientation}": turned(orientation) for orientation in TURNS},
    "turned, as HEIC": turned(1, "HEIF"),
    "turned, as WebP": turned(6, "WEBP"),
    "motion photo of a Pixel": MOTION,
    "motion photo of a Samsung": SAMSUNG,
    "motion photo, a large one": saved() + box(b"ftyp", b"mp42\0\0\0\0") + bytes(range(256)) * 24_000,
    "HDR with a gain map": saved() + saved(image=scene((80, 60)).convert("L")) + saved(image=scene((160, 120))),
    "portrait with a map of depth": saved() + b"\0" * 64 + saved("PNG", scene((80, 60), "L")),
    "live photo, the still": saved("HEIF"),
    "progressive": saved(progressive=True),
    "baseline, 4:1:1": saved(subsampling="4:1:1", quality=60),
    "grey": saved(image=scene(mode="L")),
    "CMYK": saved(image=scene(mode="CMYK")),
    "with a thumbnail inside": saved(exif=b"Exif\0\0MM\0*\0\0\0\x08\0\0\0\0\0\0"),
    "with notes of a program": saved(comment=b"edited" * 100),
    "without its last byte": saved()[:-1],
    "without its last two bytes": saved()[:-2],
    "without its last hundred bytes": saved(quality=95)[:-100],
    "with noughts behind it": saved() + b"\0" * 100_000,
    "panorama": saved(image=scene((9000, 1800))),
    "panorama, upright": saved(image=scene((1500, 8000))),
    "long screenshot": saved("PNG", scene((1080, 16_000))),
    "screenshot": saved("PNG", scene((1170, 2532))),
    "screenshot with transparency": saved("PNG", scene(mode="RGBA")),
    "palette": saved("PNG", scene(mode="P")),
    "few colours": saved("PNG", scene().quantize(4)),
    "burst, first": saved(quality=80),
    "burst, second": saved(quality=81),
    "GIF": moving("GIF", loop=0),
    "GIF that plays once": moving("GIF"),
    "moving WebP": moving("WEBP", loop=0),
    "moving PNG": moving("PNG", loop=0),
    "AVIF": saved("AVIF"),
}
SIDES = {"panorama": (7200, 1440), "panorama, upright": (1440, 7680), "long screenshot": (1080, 16_000), "screenshot": (1170, 2532)}
CUT = {"without its last byte", "without its last two bytes", "without its last hundred bytes"}
FILMS: dict[str, tuple[bytes, kinds.Kind]] = {
    **{
        f"brand {brand.decode()}": (film(brand, b"isom", b"mp42"), kinds.MP4)
        for brand in (b"isom", b"iso8", b"mp42", b"mp41", b"XAVC", b"3gp6", b"3g2a", b"hvc1", b"avc1", b"M4VH", b"MSNV", b"nvr1", b"CAEP")
    },
    "unknown brand, compatible far behind": (film(b"ABCD", *[b"xxx%d" % number for number in range(9)], b"isom"), kinds.MP4),
    "live photo, the film": (film(b"qt  ", b"qt  "), kinds.MOV),
    "QuickTime without ftyp": (box(b"wide") + box(b"mdat", b"frames") + box(b"moov", box(b"udta", CANARY)), kinds.MOV),
    "QuickTime, moov first": (box(b"moov", box(b"mvhd", b"\0" * 20)) + box(b"mdat", b"frames"), kinds.MOV),
    "padding before ftyp": (box(b"free", b"\0" * 3000) + film(b"mp42"), kinds.MP4),
    "notes of a camera behind it": (film(b"mp42", ending=b"SEFH" + CANARY + b"SEFT"), kinds.MP4),
    "a note of the place behind it": (film(b"mp42", ending=box(b"sefd", CANARY)), kinds.MP4),
    "cut while it was filmed": (film(b"mp42")[:-50], kinds.MP4),
    "a voice": (film(b"M4A ", b"M4A ", b"isom"), kinds.M4A),
    **{f"a voice in {brand.decode()}": (recorded(brand, b"soun"), kinds.M4A) for brand in (b"mp42", b"isom", b"3gp4")},
    "a voice behind a large box": (recorded(b"mp42", b"soun", size=b"large"), kinds.M4A),
    "a voice with words": (recorded(b"mp42", b"soun", b"text"), kinds.M4A),
    "a film with sound": (recorded(b"mp42", b"soun", b"vide"), kinds.MP4),
    "a film without": (recorded(b"isom", b"vide"), kinds.MP4),
}


def test_there_are_forty_and_more() -> None:
    assert len(PHOTOS) >= 40 and len(FILMS) >= 20


@pytest.mark.parametrize("name", PHOTOS)
def test_every_photo_comes_in_and_shows_upright(name: str) -> None:
    content = PHOTOS[name]
    kind = kinds.kind_of_file(io.BytesIO(content))
    assert kind is not None and kind.group is kinds.Group.PHOTO
    found = pictures.render(io.BytesIO(content))
    assert (found[0].width, found[0].height) == SIDES.get(name, (320, 240)) and found[0].is_cut == (name in CUT)
    for one in found:
        assert CANARY not in one.content
        with Image.open(io.BytesIO(one.content)) as shown:
            image = shown.convert("RGB")
            assert image.size == (one.width, one.height)
            for spot, colour in (((0.2, 0.2), RED), ((0.8, 0.2), BLUE), ((0.2, 0.8), BLUE), ((0.8, 0.8), BLUE)):
                pixel = image.getpixel((int(spot[0] * image.width), int(spot[1] * image.height)))
                if name == "grey":
                    colour = Image.new("RGB", (1, 1), colour).convert("L").convert("RGB").getpixel((0, 0))  # type: ignore[assignment]
                assert isinstance(pixel, tuple) and sum(abs(a - b) for a, b in zip(pixel, colour, strict=True)) < 120, (spot, pixel)


@pytest.mark.parametrize(("name", "loops"), [("GIF", 0), ("GIF that plays once", 1), ("moving WebP", 0), ("moving PNG", 0)])
def test_what_moves_is_played_as_often_as_it_was(name: str, loops: int) -> None:
    with Image.open(io.BytesIO(pictures.render(io.BytesIO(PHOTOS[name]))[0].content)) as shown:
        assert getattr(shown, "n_frames", 1) == 3 and shown.info["loop"] == loops


@pytest.mark.parametrize("name", FILMS)
def test_every_film_comes_in_and_forgets_the_place(name: str) -> None:
    content, expected = FILMS[name]
    file = io.BytesIO(content)
    assert kinds.kind_of_file(file) is expected
    videos.strip_metadata(file)
    after = file.getvalue()
    assert CANARY not in after and len(after) == len(content) and b"frames" in after
