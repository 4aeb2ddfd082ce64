"""A JSON object read in pieces of any size says what it says as a whole."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.formats.archive import Reading
from app.formats.json_stream import members

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


class Pieces(Reading):
    """A text that comes in pieces of so many bytes."""

    def __init__(self, content: bytes, size: int) -> None:
        self.largest, self.kept = len(content), 0
        self.pieces = (content[start : start + size] for start in range(0, len(content), size))


def read(content: str, size: int = 1) -> tuple[dict[str, Any], list[Any]]:
    others, found = {}, []
    for name, value in members(Pieces(content.encode(), size), "entries"):
        if name == "entries":
            found.append(value)
        else:
            others[name] = value
    return others, found


@given(
    st.dictionaries(st.text().filter("entries".__ne__), VALUES, max_size=3), st.lists(VALUES, max_size=4), st.integers(1, 9), st.booleans()
)
@example({"a": 0.5}, [-1e20, 10], 1, False)
def test_it_says_the_same_in_pieces(others: dict[str, Any], entries: list[Any], size: int, is_first: bool) -> None:
    whole = {"entries": entries, **others} if is_first else {**others, "entries": entries}
    for content in (json.dumps(whole), json.dumps(whole, ensure_ascii=False, indent=1, default=str)):
        if content.isprintable() or content.isascii():
            assert read(content, size) == (others, entries)


NO_SUCH_OBJECTS = [
    *("", " ", "{", "{}", "[]", "null", '{"a":1}', "{entries:[]}", '{"entries"}', '{"entries":5}', '{"entries":[]', '{"entries":[]}x'),
    *('{"entries":[1,]}', '{"entries":[,1]}', '{"entries":[1"2"]}', '{"entries":[nope]}', '{"entries":["never-ending'),
    *('{"entries":[],}', '{"entries":[]"a":1}', '{"entries":[],,"a":1}', '{"entries":[1],"a":tru', '{"entries":[],"entries":[1]}'),
]


def test_a_mark_of_the_byte_order_is_no_part_of_it() -> None:
    assert read("\ufeff" + '{"entries": [1]}') == ({}, [1])


@pytest.mark.parametrize("content", NO_SUCH_OBJECTS)
def test_what_is_no_such_object_is_refused(content: str) -> None:
    for size in (1, 7, 1000):
        with pytest.raises(ValueError):  # the caller gives the sentence
            read(content, size)


def test_what_is_nested_too_deeply_is_refused_at_no_cost(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("journal.json", '{"entries": [' + "[" * 3_000_000)
    with zipfile.ZipFile(tmp_path / "a.zip") as archive, Reading(archive, "journal.json") as reading, pytest.raises(RecursionError):
        list(members(reading, "entries"))
