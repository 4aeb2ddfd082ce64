"""How much may be sent: little by default, more where a view says so and somebody is signed in, and never more than so many fields.

A form that is too large is refused before it is read; of one that holds a text, the words are read after all, to be given back.
"""

from collections.abc import Callable

from flask import Flask, abort, current_app, request
from flask_login import current_user

from app.web import sessions
from app.web.form_parsing import FormRequest
from app.web.marks import View, mark, said_by_view

MEGABYTE = 1024 * 1024
MAX_FORM_SIZE = 64 * 1024
MAX_GIVEN_BACK_SIZE = 20 * MEGABYTE
MAX_READ_THROUGH_SIZE = 512 * MEGABYTE
_TEXT = {"largest_form": "MAX_CONTENT_LENGTH"}


def takes_text(view: View) -> View:
    """Let signed-in people send a view as much as an entry can hold."""
    return mark(**_TEXT)(view)


def takes_files(*fields: str) -> Callable[[View], View]:
    """Let signed-in people send a view a text, and a file in each of these fields."""
    return mark(**_TEXT, file_fields=frozenset(fields))


def init_app(app: Flask) -> None:
    """Bound what people send to `app`; it has to come before anything that reads forms."""
    app.request_class = FormRequest

    @app.before_request
    def bound_form() -> None:
        setting: str = said_by_view("largest_form", "")
        fields: frozenset[str] = said_by_view("file_fields", frozenset())
        if not setting or not (current_user.is_admitted if current_user.is_authenticated else sessions.is_known_to_anybody()):
            request.max_content_length = request.max_form_memory_size = MAX_FORM_SIZE
        elif fields and request.mimetype == "multipart/form-data":
            request.max_content_length = int(current_app.config[setting]) + largest_file()
            request.max_form_memory_size = MAX_GIVEN_BACK_SIZE
        if request.mimetype == "multipart/form-data":
            if set(request.files) - fields:
                abort(400)
            if problem := request.lost_file:  # type: ignore[attr-defined]
                raise problem


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
