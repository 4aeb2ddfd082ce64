"""Telling files by their first bytes."""

import io
import struct

import pytest
from PIL import Image
from pillow_heif import register_heif_opener

from app.media import kinds, videos

register_heif_opener(thumbnails=False)


def image(kind: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, kind)
    return out.getvalue()


def box(kind: bytes, content: bytes = b"") -> bytes:
    return struct.pack(">I", 8 + len(content)) + kind + content


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (image("JPEG"), kinds.JPEG),
        (image("PNG"), kinds.PNG),
        (image("GIF"), kinds.GIF),
        (image("WEBP"), kinds.WEBP),
        (image("AVIF"), kinds.AVIF),
        (image("HEIF"), kinds.HEIC),
        (box(b"ftyp", b"mif1\0\0\0\0mif1avifmiaf"), kinds.AVIF),
        (b"%PDF-1.7\n", kinds.PDF),
        (b"\xef\xbb\xbf\r\n%PDF-1.4\n", kinds.PDF),
        (b"ID3\x04\0\0", kinds.MP3),
        (b"\xff\xfb\x90\x64", kinds.MP3),
        (b"\xff\xf1\x50\x80", kinds.AAC),
        (b"OggS\0\x02", kinds.OGG),
        (b"fLaC\0\0", kinds.FLAC),
        (b"RIFF\x24\0\0\0WAVEfmt ", kinds.WAV),
        (box(b"ftyp", b"M4A \0\0\0\0"), kinds.M4A),
        (box(b"ftyp", b"isom\0\0\0\0"), kinds.MP4),
        (box(b"ftyp", b"qt  \0\0\0\0"), kinds.MOV),
        (b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm", kinds.WEBM),
        (b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x88matroska", None),
        (b"<html><script>", None),
        (b'<svg xmlns="http://www.w3.org/2000/svg">', None),
        (b"\xff\xfe<\0h\0t\0m\0l\0", None),
        (b"GIF8", None),
        (b"RIFF\x24\0\0\0AVI LIST", None),
        (b"PK\x03\x04", None),
        (b"", None),
        (b"\xff", None),
    ],
)
def test_kinds(content: bytes, expected: kinds.Kind | None) -> None:
    assert kinds.kind_of(content[: kinds.HEAD_SIZE]) == expected


def test_films_forget_where_they_were_taken() -> None:
    place = b"+38.7223-009.1393/"
    track = box(b"trak", box(b"tkhd", b"\0" * 20) + box(b"udta", place) + box(b"edts", box(b"elst", b"\0" * 8)))
    moov = box(b"moov", box(b"mvhd", b"\0" * 20) + track + box(b"udta", box(b"\xa9xyz", place)) + box(b"mvex", box(b"udta", place)))
    more = box(b"uuid", b"<x:xmpmeta>" + place) + box(b"sefd", place) + box(b"free", place) + box(b"xml ", place)
    film = box(b"ftyp", b"isom\0\0\0\0") + moov + more + box(b"moof", box(b"traf", box(b"udta", place))) + box(b"mdat", b"frames")
    file = io.BytesIO(film)
    videos.strip_metadata(file)
    after = file.getvalue()
    assert place not in after and b"xmpmeta" not in after and len(after) == len(film)
    assert after.endswith(box(b"mdat", b"frames")) and all(kind in after for kind in (b"mvhd", b"tkhd", b"elst", b"traf"))


@pytest.mark.parametrize(
    "content",
    [
        b"\0\0\0\x08moo",
        box(b"moov", b"\0\0\xff\xffudta"),
        b"\0\0\0\x01udta\0\0\0\0\0\0\0\x05",
        struct.pack(">I", 40) + b"moov" + box(b"udta", b"a" * 20),
        box(b"moov", box(b"udta") * 20_001),
    ],
)
def test_films_whose_boxes_do_not_fit_are_refused(content: bytes) -> None:
    with pytest.raises(videos.InvalidVideo):
        videos.strip_metadata(io.BytesIO(content))


def test_an_hour_in_fragments_of_a_second_is_one_film() -> None:
    fragment = box(b"moof", box(b"mfhd") + box(b"traf", box(b"tfhd") + box(b"tfdt") + box(b"trun"))) + box(b"mdat", bytes(8000))
    videos.strip_metadata(io.BytesIO(box(b"ftyp", b"isom\0\0\0\0") + box(b"moov") + fragment * 3600))


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("Scan 12.03", "Scan 12.03.jpg"),
        ("Letter to Mr. Lee", "Letter to Mr. Lee.jpg"),
        ("boat.PNG", "boat.jpg"),
        ("boat.png", "boat.png"),
        ("a.b.c", "a.b.jpg"),
    ],
)
def test_only_an_ending_is_taken_for_one(name: str, kept: str) -> None:
    assert kinds.named(name, kinds.JPEG) == kept


def test_boxes_without_end_cost_no_more_than_a_few() -> None:
    class Counted(io.BytesIO):
        reads = 0

        def read(self, size: int | None = -1) -> bytes:
            self.reads += 1
            return super().read(size)

    for boxes in (
        box(b"moov", box(b"trak") * 5000) * 20,
        box(b"free") * 50_000,
        b"\0\0\0\1moov" + b"\xff" * 8 + bytes(100),
        box(b"moov")[:6],
    ):
        file = Counted(box(b"ftyp", b"mp42\0\0\0\0") + boxes)
        assert kinds.kind_of_file(file) is kinds.MP4
        assert file.reads < 20_000
