"""How much may be sent: little by default, more where a view says so and somebody is signed in, and never more than so many fields.

A form that is too large is refused before it is read; of one that holds a text, the words are read after all, to be given back.
"""

import re
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import IO

from flask import Flask, Request, abort, current_app, request
from flask_login import current_user
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser

from app.web import sessions
from app.web.marks import View, mark, said_by_view

MEGABYTE = 1024 * 1024
MAX_FORM_SIZE = 64 * 1024
MAX_FIELDS = 1000
MAX_GIVEN_BACK_SIZE = 20 * MEGABYTE
MAX_READ_THROUGH_SIZE = 512 * MEGABYTE
FORM = "application/x-www-form-urlencoded"
_ENCODED = re.compile(rb"(?:%[0-9A-Fa-f]{2}){1,65536}")
_MAY_BE_ENCODED = re.compile(rb"%[0-9A-Fa-f%]{1,196607}")
"""As a run of encoded bytes is, but for the places of its signs; such a set is found three times as quickly."""
_TEXT = {"largest_form": "MAX_CONTENT_LENGTH"}


def takes_text(view: View) -> View:
    """Let signed-in people send a view as much as an entry can hold."""
    return mark(**_TEXT)(view)


def takes_files(*fields: str) -> Callable[[View], View]:
    """Let signed-in people send a view a text, and a file in each of these fields."""
    return mark(**_TEXT, file_fields=frozenset(fields))


class Nowhere(BytesIO):
    """A file that forgets what is written into it."""

    def write(self, content: object) -> int:
        """Say that all of it was written."""
        return len(memoryview(content))  # type: ignore[arg-type]


class LeanParser(FormDataParser):
    """Werkzeug's parser, but for plain forms one that counts their fields first and needs little more memory than they have bytes."""

    def parse(
        self, stream: IO[bytes], mimetype: str, content_length: int | None, options: dict[str, str] | None = None
    ) -> tuple[IO[bytes], "MultiDict[str, str]", "MultiDict[str, FileStorage]"]:
        """Return stream, fields and files; raise RequestEntityTooLarge for too many bytes or fields."""
        if mimetype != FORM:
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


class FormRequest(Request):
    """A request that can be read through for its words alone."""

    discards_files = False
    form_data_parser_class = LeanParser

    def _get_file_stream(
        self, total_content_length: int | None, content_type: str | None, filename: str | None = None, content_length: int | None = None
    ) -> IO[bytes]:
        if self.discards_files:
            return Nowhere()
        return super()._get_file_stream(total_content_length, content_type, filename, content_length)


def init_app(app: Flask) -> None:
    """Bound what people send to `app`; it has to come before anything that reads forms."""
    app.request_class = FormRequest

    @app.before_request
    def bound_form() -> None:
        setting: str = said_by_view("largest_form", "")
        fields: frozenset[str] = said_by_view("file_fields", frozenset())
        if not setting or not (current_user.is_authenticated or sessions.is_known_to_anybody()):
            request.max_content_length = request.max_form_memory_size = MAX_FORM_SIZE
        elif fields and request.mimetype == "multipart/form-data":
            request.max_content_length = int(current_app.config[setting]) + largest_file()
            request.max_form_memory_size = MAX_GIVEN_BACK_SIZE
        if request.mimetype == "multipart/form-data" and set(request.files) - fields:
            abort(400)


def read_words_only() -> None:
    """Let what was refused as too large be read after all, for its fields and not for its files."""
    request.max_form_memory_size = MAX_GIVEN_BACK_SIZE
    request.max_content_length = MAX_GIVEN_BACK_SIZE
    if request.mimetype == "multipart/form-data":
        request.max_content_length = MAX_READ_THROUGH_SIZE
        request.discards_files = True  # type: ignore[attr-defined]


def largest_file() -> int:
    """Return how many bytes one file may have."""
    return int(current_app.config["MAX_UPLOAD_MB"]) * MEGABYTE


def most_of_one_person() -> int:
    """Return how many bytes the files of one person may have together; 0 for any number."""
    return int(current_app.config["FILES_PER_PERSON_MB"]) * MEGABYTE
