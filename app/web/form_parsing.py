"""How forms are read: at a cost that is bounded before anything is known of who sends them, and with files where they may be kept."""

import re
from collections.abc import Iterator
from io import BytesIO
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from flask import Request, current_app
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser

MAX_FIELDS = 1000
MAX_PART_HEADERS, MAX_HEADERS = 8 * 1024, 256 * 1024
"""Of one part of a multipart form (RFC 7578), what comes before the first included, and of all of them together, in bytes."""
IN_MEMORY = 512 * 1024
FORM = "application/x-www-form-urlencoded"
_ENCODED = re.compile(rb"(?:%[0-9A-Fa-f]{2}){1,65536}")
_MAY_BE_ENCODED = re.compile(rb"%[0-9A-Fa-f%]{1,196607}")
"""As a run of encoded bytes is, but for the places of its signs; such a set is found three times as quickly."""
_BLANK_LINE = re.compile(rb"\r\n\r\n|\r\r|\n\n")


class BoundedHeaders:
    """The bytes of a multipart form, read as they are; RequestEntityTooLarge where headers of its parts are longer than any need.

    Each takes Werkzeug a regular expression and its decoding, which a few million of them turn into half a minute.
    """

    def __init__(self, stream: IO[bytes], boundary: str) -> None:
        self.stream, self.boundary = stream, re.compile(re.escape(b"--" + boundary.encode("latin-1", "replace")) + rb"[-\s]")
        self.kept = len(boundary) + 2
        self.rest, self.of_all, self.is_before_first, self.is_in_headers = b"", 0, True, False

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes."""
        content = self.stream.read(size)
        self._look(self.rest + content)
        return content

    def _look(self, content: bytes) -> None:
        at = 0
        while True:
            if self.is_in_headers:
                if end := _BLANK_LINE.search(content, at):
                    self._count(end.end() - at)
                    at, self.is_in_headers = end.end(), False
                    continue
                self.rest = content[at:]
            else:
                if found := self.boundary.search(content, at):
                    self._count(found.start() if self.is_before_first else 0)
                    at, self.is_in_headers, self.is_before_first = found.end() - 1, True, False
                    continue
                self.rest = content[at:] if self.is_before_first else content[max(at, len(content) - self.kept) :]
            if (self.is_in_headers or self.is_before_first) and len(self.rest) > MAX_PART_HEADERS:
                raise RequestEntityTooLarge
            return

    def _count(self, length: int) -> None:
        self.of_all += length
        if length > MAX_PART_HEADERS or self.of_all > MAX_HEADERS:
            raise RequestEntityTooLarge


class LeanParser(FormDataParser):
    """Werkzeug's parser, but for plain forms one that counts their fields first and needs little more memory than they have bytes."""

    def parse(
        self, stream: IO[bytes], mimetype: str, content_length: int | None, options: dict[str, str] | None = None
    ) -> tuple[IO[bytes], "MultiDict[str, str]", "MultiDict[str, FileStorage]"]:
        """Return stream, fields and files; raise RequestEntityTooLarge for too many bytes or fields."""
        if mimetype != FORM:
            if boundary := (options or {}).get("boundary"):
                stream = BoundedHeaders(stream, boundary)  # type: ignore[assignment]  # all of a stream that is asked for
            return super().parse(stream, mimetype, content_length, options)
        content = stream.read() if self.max_form_memory_size is None else stream.read(self.max_form_memory_size + 1)
        if self.max_form_memory_size is not None and len(content) > self.max_form_memory_size:
            raise RequestEntityTooLarge
        if content.count(b"&") >= MAX_FIELDS:
            raise RequestEntityTooLarge
        return BytesIO(), self.cls(_pairs(content)), self.cls()


def _pairs(content: bytes) -> Iterator[tuple[str, str]]:
    for pair in content.split(b"&"):
        if pair:
            name, _is, value = pair.partition(b"=")
            yield _decoded(name), _decoded(value)


def _decoded(content: bytes) -> str:
    """Return what is percent-encoded (URL Standard, 5.1), each run of encoded bytes at once; where most are, spaces join them."""
    is_mostly_encoded = content.count(b"%") * 6 > len(content)
    content = content.replace(b"+", b"%20" if is_mostly_encoded else b" ")
    return (_MAY_BE_ENCODED.sub(_run, content) if b"%" in content else content).decode("utf-8", "replace")


def _run(found: re.Match[bytes]) -> bytes:
    run, number = found[0], len(found[0]) // 3
    if len(run) == 3 * number and run[::3].count(b"%") == run.count(b"%") == number:
        return _bytes_of(run)
    return _ENCODED.sub(lambda part: _bytes_of(part[0]), run)


def _bytes_of(run: bytes) -> bytes:
    return bytes.fromhex(run.replace(b"%", b"").decode())


class Upload(SpooledTemporaryFile[bytes]):
    """A file of a form, in memory while it is small, else without a name in DATA_DIR; where the disk takes no more, it is let go."""

    def __init__(self, form: "FormRequest") -> None:
        super().__init__(IN_MEMORY, dir=current_app.config["DATA_DIR"])
        self.form = form

    def write(self, content: Any) -> int:
        """Keep a piece; the form's words are read on where that is impossible, and the form tells why."""
        if self.form.discards_files or self.form.lost_file:
            return len(content)
        try:
            return super().write(content)
        except OSError as problem:
            self.form.lost_file = problem
            return len(content)


class FormRequest(Request):
    """A request that can be read through for its words alone; `lost_file` says what kept its files from being kept."""

    discards_files = False
    lost_file: OSError | None = None
    form_data_parser_class = LeanParser

    def _get_file_stream(
        self, total_content_length: int | None, content_type: str | None, filename: str | None = None, content_length: int | None = None
    ) -> IO[bytes]:
        return Upload(self)
