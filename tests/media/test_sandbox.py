"""Pictures and films in a process of their own: what its limits are, and that its end is a refusal."""

import io
import os
import resource
import struct
import subprocess
import sys
import textwrap
import zlib

import pytest
from PIL import Image

from app.gate import Gate
from app.media import pictures, renderings, sandbox, videos
from tests.factories import jpeg
from tests.media.test_pictures import huge_png, saved

HERE = str(sandbox.PROGRAM.parent)


def made(content: bytes) -> list[renderings.Rendering]:
    return sandbox.render(io.BytesIO(content))


def png_of(*, width: int, height: int, chunks: int = 0) -> bytes:
    """Return a PNG whose pixels are all black, with so many empty chunks before them."""

    def chunk(kind: bytes, content: bytes = b"") -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    packed = zlib.compress((b"\0" * (width + 1)) * min(height, 50))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"teXt") * chunks + chunk(b"IDAT", packed) + chunk(b"IEND")


def test_the_child_makes_what_the_library_makes() -> None:
    content = saved("JPEG").getvalue()
    assert made(content) == pictures.render(io.BytesIO(content))


@pytest.mark.parametrize(
    "content",
    [
        png_of(width=44_000_000, height=1),
        png_of(width=1, height=44_000_000),
        png_of(width=30_000, height=30_000),
        png_of(width=40, height=40, chunks=100_000),
        huge_png(60_000),
        b"\xff\xd8" + b"\xff\xe0\x00\x02" * 2_000_000 + jpeg()[2:],
        b"\xff\xd8" + b"\xff" * 8_000_000,
    ],
    ids=["wide", "high", "empty", "chunks", "huge", "markers", "fill"],
)
def test_what_is_meant_to_fill_the_memory_is_refused_at_once(content: bytes) -> None:
    before = used_by_children()
    with pytest.raises((renderings.TooManyPixels, renderings.BrokenPicture)):
        made(content)
    assert used_by_children() - before < 5


def used_by_children() -> float:
    """Return the seconds of a processor that ended children took."""
    found = resource.getrusage(resource.RUSAGE_CHILDREN)
    return found.ru_utime + found.ru_stime


def test_a_photo_with_a_film_behind_it_is_a_photo() -> None:
    film = b"\0\0\0\x18ftypmp42" + b"\xff\xda" * 5000 + bytes(20_000)
    assert made(jpeg(600, 400) + film)[0].width == 600


def test_a_child_that_dies_is_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "MEMORY", 60 * 1024 * 1024)
    out = io.BytesIO()
    Image.effect_noise((3000, 3000), 90).save(out, "PNG")
    with pytest.raises((renderings.TooManyPixels, renderings.BrokenPicture)):
        made(out.getvalue())
    with pytest.raises((videos.InvalidVideo, renderings.BrokenPicture)):
        sandbox.strip_metadata(io.BytesIO(b"\0\0\0\x02ftypmp42" + bytes(12)))


def test_time_and_a_crowd_are_refusals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "MAX_SECONDS", 0.001)
    with pytest.raises(renderings.TooManyPixels):
        made(jpeg(61, 41))
    monkeypatch.setattr(sandbox, "_gate", Gate(1, 0, 0, sandbox.Busy))
    with sandbox._gate.passed(), pytest.raises(sandbox.Busy):
        made(jpeg(61, 42))


def test_the_child_opens_nothing_and_knows_no_secret() -> None:
    program = textwrap.dedent(
        f"""
        import os, socket, sys
        sys.path.insert(0, {HERE!r})
        import child
        child.take_only(int(sys.argv[1]), int(sys.argv[2]))
        child.limit(10**9, 5, 1000)
        for attempt in (lambda: open("/etc/hostname"), socket.socket, lambda: os.pipe(), lambda: os.dup(3)):
            try:
                attempt()
            except OSError:
                continue
            sys.exit(9)
        sys.exit(len(os.environ))
        """
    )
    with sandbox.in_memory() as one, sandbox.in_memory() as other:
        given = [str(one.fileno()), str(other.fileno())]
        environ = {**os.environ, "SECRET_KEY": "a secret"}
        done = subprocess.run([sys.executable, "-c", program, *given], pass_fds=[one.fileno(), other.fileno()], env=environ, check=False)
    assert done.returncode == 0
