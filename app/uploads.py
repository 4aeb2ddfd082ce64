"""How much may be sent: forms with files may be larger than others, and of one that is too large the words are still read."""

from io import BytesIO
from typing import IO

from flask import Flask, Request, current_app, request
from flask_login import current_user

MEGABYTE = 1024 * 1024
TAKING_FILES = {"main.attach", "main.write", "main.save"}
LARGEST_GIVEN_BACK = 32 * MEGABYTE
LARGEST_READ_THROUGH = 8 * 1024 * MEGABYTE


class Nowhere(BytesIO):
    """A file that forgets what is written into it."""

    def write(self, content: object) -> int:
        """Say that all of it was written."""
        return len(memoryview(content))  # type: ignore[arg-type]


class FormRequest(Request):
    """A request that can be read through for its words alone."""

    discards_files = False

    def _get_file_stream(
        self, total_content_length: int | None, content_type: str | None, filename: str | None = None, content_length: int | None = None
    ) -> IO[bytes]:
        if self.discards_files:
            return Nowhere()
        return super()._get_file_stream(total_content_length, content_type, filename, content_length)


def init_app(app: Flask) -> None:
    """Let signed-in people of `app` send files; it has to come before anything that reads forms."""
    app.request_class = FormRequest

    @app.before_request
    def make_room_for_files() -> None:
        if request.endpoint in TAKING_FILES and request.mimetype == "multipart/form-data" and current_user.is_authenticated:
            request.max_content_length = int(current_app.config["MAX_CONTENT_LENGTH"]) + largest_file()
            request.max_form_memory_size = LARGEST_GIVEN_BACK


def read_words_only() -> None:
    """Let what was refused as too large be read after all, for its fields and not for its files."""
    request.max_form_memory_size = LARGEST_GIVEN_BACK
    request.max_content_length = LARGEST_GIVEN_BACK
    if request.mimetype == "multipart/form-data":
        request.max_content_length = LARGEST_READ_THROUGH
        request.discards_files = True  # type: ignore[attr-defined]


def largest_file() -> int:
    """Return how many bytes one file may have."""
    return int(current_app.config["MAX_UPLOAD_MB"]) * MEGABYTE


def most_of_one_person() -> int:
    """Return how many bytes the files of one person may have together; 0 for any number."""
    return int(current_app.config["FILES_PER_PERSON_MB"]) * MEGABYTE
