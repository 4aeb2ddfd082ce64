"""How forms are read: at a cost that is bounded before anything is known of who sends them, and with files where they may be kept."""

import re
from collections.abc import Iterator
from io import BytesIO
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from flask import Request, current_app
from werkzeug.datastructures import FileStorage, Headers, MultiDict
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser, MultiPartParser
from werkzeug.sansio.multipart import Data, Epilogue, Event, Field, File, MultipartDecoder, NeedData, Preamble, State

MAX_FIELDS = 1000
MAX_PART_HEADERS, MAX_HEADERS = 8 * 1024, 256 * 1024
"""Of one part of a multipart form (RFC 7578), what comes before the first included, and of all of them together, in bytes."""
IN_MEMORY = 512 * 1024
FORM = "application/x-www-form-urlencoded"
_ENCODED = re.compile(rb"(?:%[0-9A-Fa-f]{2}){1,65536}")
_MAY_BE_ENCODED = re.compile(rb"%[0-9A-Fa-f%]{1,196607}")
"""As a run of encoded bytes is, but for the places of its signs; such a set is found three times as quickly."""


class BoundedDecoder(MultipartDecoder):
    """Werkzeug's decoder, which looks for the headers of a part in whatever comes: here in no more than any part needs.

    Each header takes a regular expression and its decoding, which a few million of them turn into half a minute.
    """

    of_all = 0

    def next_event(self) -> Event:
        """Return what comes next; raise RequestEntityTooLarge for headers, or lines before the first part, that do not end."""
        event = super().next_event()
        if isinstance(event, NeedData) and self.state in {State.PREAMBLE, State.PART} and len(self.buffer) > MAX_PART_HEADERS:
            raise RequestEntityTooLarge
        if isinstance(event, Preamble):
            self._count(event.data)
        return event

    def _parse_headers(self, data: bytes | bytearray) -> Headers:
        self._count(data)
        return super()._parse_headers(data)

    def _count(self, data: bytes | bytearray) -> None:
        self.of_all += len(data)
        if len(data) > MAX_PART_HEADERS or self.of_all > MAX_HEADERS:
            raise RequestEntityTooLarge


class BoundedParser(MultiPartParser):
    """Werkzeug's parser of multipart forms (RFC 7578) with that decoder."""

    def parse(
        self, stream: IO[bytes], boundary: bytes, content_length: int | None
    ) -> "tuple[MultiDict[str, str], MultiDict[str, FileStorage]]":
        """Return fields and files; raise ValueError for what is no such form, RequestEntityTooLarge for more than may come."""
        decoder = BoundedDecoder(boundary, self.max_form_memory_size, max_parts=self.max_form_parts)
        found: list[tuple[Field | File, IO[bytes]]] = []
        is_over = False
        while not is_over:
            piece = stream.read(self.buffer_size)
            is_over = not piece
            decoder.receive_data(piece or None)
            while not isinstance(event := decoder.next_event(), (Epilogue, NeedData)):
                if isinstance(event, File):
                    found.append((event, self.start_file_streaming(event, content_length)))
                elif isinstance(event, Field):
                    found.append((event, BytesIO()))
                elif isinstance(event, Data):
                    self._keep(*found[-1], event.data)
        fields = [(part.name, content.getvalue().decode("utf-8", "replace")) for part, content in found if isinstance(content, BytesIO)]
        return self.cls(fields), self.cls([_as_file(part, content) for part, content in found if isinstance(part, File)])

    def _keep(self, part: Field | File, content: IO[bytes], data: bytes) -> None:
        content.write(data)
        if isinstance(part, Field) and self.max_form_memory_size is not None and content.tell() > self.max_form_memory_size:
            raise RequestEntityTooLarge


def _as_file(part: File, content: IO[bytes]) -> tuple[str, FileStorage]:
    content.seek(0)
    return part.name, FileStorage(content, part.filename, part.name, headers=part.headers)


class LeanParser(FormDataParser):
    """Werkzeug's parser, but for plain forms one that counts their fields first and needs little more memory than they have bytes."""

    def parse(
        self, stream: IO[bytes], mimetype: str, content_length: int | None, options: dict[str, str] | None = None
    ) -> tuple[IO[bytes], "MultiDict[str, str]", "MultiDict[str, FileStorage]"]:
        """Return stream, fields and files; raise RequestEntityTooLarge for too many bytes or fields."""
        if mimetype == "multipart/form-data":
            return self._of_parts(stream, content_length, (options or {}).get("boundary", ""))
        if mimetype != FORM:
            return super().parse(stream, mimetype, content_length, options)
        content = stream.read() if self.max_form_memory_size is None else stream.read(self.max_form_memory_size + 1)
        if self.max_form_memory_size is not None and len(content) > self.max_form_memory_size:
            raise RequestEntityTooLarge
        if content.count(b"&") >= MAX_FIELDS:
            raise RequestEntityTooLarge
        return BytesIO(), self.cls(_pairs(content)), self.cls()

    def _of_parts(
        self, stream: IO[bytes], content_length: int | None, boundary: str
    ) -> tuple[IO[bytes], "MultiDict[str, str]", "MultiDict[str, FileStorage]"]:
        parser = BoundedParser(self.stream_factory, self.max_form_memory_size, cls=self.cls, max_form_parts=self.max_form_parts)
        if not boundary:
            return stream, self.cls(), self.cls()
        try:
            return stream, *parser.parse(stream, boundary.encode("ascii"), content_length)
        except ValueError:
            return stream, self.cls(), self.cls()


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
