"""Exports of Day One as people were found to have them: nothing in them goes without a word."""

import time
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from app.formats import archive, dayone, richtext
from app.formats.record import UnreadableFile
from tests.factories import jpeg
from tests.formats.test_dayone_odd import PHOTO, entry, journal, zipped


@pytest.mark.parametrize(
    ("heading", "title", "body"),
    [
        ("![](dayone-moment://AA11)", "", "![](attachment:aa11)\n\nRest."),
        ("Boats ![](dayone-moment://AA11)", "Boats", "Boats ![](attachment:aa11)\n\nRest."),
        ("See [that day](dayone://view?entryId=B2)", "See that day", "See [that day](entry-of:B2)\n\nRest."),
        ("From [a paper](https://example.org)", "From a paper", "From [a paper](https://example.org)\n\nRest."),
        ("[![](dayone-moment://AA11)](https://example.org)", "", "[![](attachment:aa11)](https://example.org)\n\nRest."),
        ("On [Sea](https://example.org/Sea_(water))", "On Sea", "On [Sea](https://example.org/Sea_(water))\n\nRest."),
        ("[ ] Brackets [alone]", "[ ] Brackets [alone]", "Rest."),
    ],
)
def test_a_heading_that_shows_or_links_is_no_bare_title(tmp_path: Path, heading: str, title: str, body: str) -> None:
    files = {"J.json": journal(entry(text=f"# {heading}\nRest.", photos=[PHOTO] if "AA11" in heading else [])), "photos/ab.jpeg": jpeg()}
    found = dayone.read(zipped(tmp_path, files), "UTC")
    assert [(one.title, one.body) for one in found.entries] == [(title, body)] and found.warnings == []


def test_two_photos_of_one_identifier_are_two_files(tmp_path: Path) -> None:
    photos = [{**PHOTO, "md5": name} for name in ("ab", "cd", "ab")]
    files = {"J.json": journal(*[entry(f"E{number}", photos=[photo]) for number, photo in enumerate(photos)])}
    found = dayone.read(zipped(tmp_path, {**files, "photos/ab.jpeg": jpeg(), "photos/cd.jpeg": jpeg()}), "UTC")
    first, second, third = [one.body.split("\n\n")[1] for one in found.entries]
    assert first == third != second and {file.file for file in found.files} == {"photos/ab.jpeg", "photos/cd.jpeg"}
    assert len({file.uid for file in found.files}) == 2


def test_entries_of_one_id_that_differ_in_title_or_day_are_both_kept(tmp_path: Path) -> None:
    three = [entry(text="# One\nsame"), entry(text="# Two\nsame"), entry(text="# One\nsame", creationDate="2020-01-01T00:00:00Z")]
    found = dayone.read(zipped(tmp_path, {"J.json": journal(*three)}), "UTC")
    assert len({one.origin for one in found.entries}) == 3 and len(found.warnings) == 2


@pytest.mark.parametrize(
    ("zone", "day", "warns"),
    [
        ("GMT-0800", date(2020, 4, 30), False),
        ("GMT+05:00", date(2020, 5, 1), False),
        ("UTC-10", date(2020, 4, 30), False),
        ("GMT", date(2020, 5, 1), False),
        ("GMT-0330", date(2020, 5, 1), True),
        ("Nowhere/Never", date(2020, 5, 1), True),
        ("GMT-9900", date(2020, 5, 1), True),
    ],
)
def test_a_zone_that_is_an_offset_is_known_and_another_is_named(tmp_path: Path, zone: str, day: date, warns: bool) -> None:
    found = dayone.read(zipped(tmp_path, {"J.json": journal(entry(timeZone=zone, creationDate="2020-05-01T03:00:00Z"))}), "Asia/Kolkata")
    assert [one.entry_date for one in found.entries] == [day]
    assert [zone in warning and "Asia/Kolkata" in warning for warning in found.warnings] == [True] * warns


def test_a_tag_is_a_name(tmp_path: Path) -> None:
    found = dayone.read(zipped(tmp_path, {"J.json": journal(entry(tags=[None, {"name": "x"}, 7, "sea", True]))}), "UTC")
    assert [one.tags for one in found.entries] == [["7", "sea"]] and len(found.warnings) == 3


def rich(*contents: dict[str, Any]) -> str:
    return richtext.to_markdown({"contents": list(contents)})


def test_code_of_rich_text_is_a_block_as_it_stands() -> None:
    line = {"line": {"codeBlock": True}}
    text = rich({"text": "Before\n"}, {"text": "my_var = `2`\n\n    return\n", "attributes": line}, {"text": "After"})
    assert text == "Before\n\n```\nmy_var = `2`\n\n    return\n```\n\nAfter"
    assert rich({"text": "```\n", "attributes": line}).startswith("````\n```\n````")


@pytest.mark.parametrize(
    ("plain", "markdown"),
    [
        ("1. not a list", "1\\. not a list"),
        ("12) nor this", "12\\) nor this"),
        ("# not a heading", "\\# not a heading"),
        ("> no quotation", "\\> no quotation"),
        ("- no item", "\\- no item"),
        ("1.5 litres, #1, -3°", "1.5 litres, #1, -3°"),
    ],
)
def test_plain_lines_of_rich_text_stay_plain(plain: str, markdown: str) -> None:
    assert rich({"text": plain}) == markdown
    assert "table" in rich({"text": "Below:\n"}, {"embeddedObjects": [{"type": "table"}]}), "what has no place is named"


def test_brackets_cost_a_step_each(tmp_path: Path) -> None:
    begun = time.process_time()
    dayone.read(zipped(tmp_path, {"J.json": journal(entry(text="dayone " + "[" * 400_000))}), "UTC")
    assert time.process_time() - begun < 5


def test_a_folder_called_photos_is_one_of_photos(tmp_path: Path) -> None:
    files = {"photos/Journal.json": journal(entry(photos=[PHOTO])), "photos/ab.jpeg": jpeg()}
    (one,) = dayone.read(zipped(tmp_path, files), "UTC").entries
    assert one.body == "A dear text\n\n![](attachment:aa11)"


def test_an_export_of_daybook_is_known_as_one(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="import daybook"):
        dayone.read(zipped(tmp_path, {"journal.json": {"entries": []}, "manifest.json": {"format": "daybook"}}), "UTC")


def damaged(path: Path, before: bytes, after: bytes) -> Path:
    content = path.read_bytes()
    assert before in content
    path.write_bytes(content.replace(before, after))
    return path


@pytest.mark.parametrize("place", ["name", "version", "method"])
def test_odd_zip_files_are_refused_in_a_sentence(tmp_path: Path, place: str) -> None:
    path = zipped(tmp_path, {"J.json": journal(entry()), "photos/é.jpeg": jpeg()})
    if place == "name":
        damaged(path, "é".encode(), b"\xe9\xe9")
    else:
        at = {"version": 6, "method": 10}[place]
        content = bytearray(path.read_bytes())
        begin = content.index(b"PK\x01\x02")
        content[begin + at] = 99
        path.write_bytes(content)
    with pytest.raises(UnreadableFile, match=r"damaged|packed in a way"):
        dayone.read(path, "UTC")


def test_what_is_packed_as_tightly_as_can_be_is_read_in_pieces_alone(tmp_path: Path) -> None:
    path = tmp_path / "tight.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("journal.json", b" " * 30_000_000)
    with archive.open_zip(path) as opened:
        with archive.Reading(opened, "journal.json") as reading:
            length = 0
            while piece := reading.read():
                length += len(piece)
                reading.let_go()
        assert length == 30_000_000
        with pytest.raises(UnreadableFile, match="times its size"):
            archive.read_member(opened, opened.getinfo("journal.json"))
