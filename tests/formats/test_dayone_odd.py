"""Day One's exports as they are met: packed again, half broken, of several journals, with rich text alone."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from app.formats import dayone, dayone_text, richtext
from app.formats.record import UnreadableFile
from app.text import entry_links
from tests.factories import jpeg

AT = "2024-03-10T06:40:00Z"


def entry(name: str = "A1", text: Any = "A dear text", **facts: Any) -> dict[str, Any]:
    return {"uuid": name, "creationDate": AT, "timeZone": "Europe/Lisbon", "text": text, **facts}


def zipped(folder: Path, files: dict[str, Any]) -> Path:
    path = folder / "export.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content if isinstance(content, bytes) else json.dumps(content))
    return path


def journal(*entries: Any) -> dict[str, Any]:
    return {"metadata": {"version": "1.0"}, "entries": list(entries)}


PHOTO = {"identifier": "AA11", "md5": "ab", "type": "jpeg"}


@pytest.mark.parametrize(
    "names",
    [
        ("Journal.json", "photos/ab.jpeg"),
        ("Export 03-10/Journal.json", "Export 03-10/photos/ab.jpeg"),
        ("JOURNAL.JSON", "PHOTOS/AB.JPEG"),
        ("Export\\Journal.json", "Export\\photos\\ab.jpeg"),
    ],
    ids=["as made", "in a folder", "capitals", "backslashes"],
)
def test_archives_as_people_pack_them(tmp_path: Path, names: tuple[str, str]) -> None:
    files = {
        names[0]: journal(entry(photos=[PHOTO])),
        names[1]: jpeg(),
        "__MACOSX/._Journal.json": b"\0\0",
        "__MACOSX/photos/ab.jpeg": b"x",
    }
    found = dayone.read(zipped(tmp_path, files), "UTC")
    assert [one.body for one in found.entries] == ["A dear text\n\n![](attachment:aa11)"] and found.warnings == []
    assert [file.file for file in found.files] == [names[1]]


def test_a_foreign_file_beside_is_named_and_left_out(tmp_path: Path) -> None:
    found = dayone.read(zipped(tmp_path, {"Journal.json": journal(entry()), "metadata.json": {"exported": "2024"}}), "UTC")
    assert len(list(found.entries)) == 1 and found.warnings == ["metadata.json is not a journal of Day One; it was left out."]
    with pytest.raises(UnreadableFile, match="no journal"):
        dayone.read(zipped(tmp_path, {"metadata.json": {"exported": "2024"}}), "UTC")


def test_each_of_several_journals_is_a_tag(tmp_path: Path) -> None:
    found = dayone.read(zipped(tmp_path, {"Work.json": journal(entry("W", tags=["sea"])), "Journal 2.json": journal(entry("D"))}), "UTC")
    assert [one.tags for one in found.entries] == [["Work", "sea"], ["Journal 2"]]


def test_two_texts_of_one_id_are_both_kept(tmp_path: Path) -> None:
    files = {"A.json": journal(entry(text="one")), "B.json": journal(entry(text="two")), "C.json": journal(entry(text="one"))}
    first, second, third = dayone.read(zipped(tmp_path, files), "UTC").entries
    assert first.origin == third.origin == "dayone:A1" and second.origin != first.origin and second.body == "two"
    again = dayone.read(zipped(tmp_path, files), "UTC")
    assert list(again.entries)[1].origin == second.origin and "both are kept" in again.warnings[0]


@pytest.mark.parametrize(
    ("odd", "words"),
    [
        ({"photos": [None]}, "has no name"),
        ({"photos": [{"md5": None, "identifier": None}]}, "has no name"),
        ({"photos": {"0": {"identifier": "x"}}}, "not in the archive"),
        ({"photos": "none"}, "has no name"),
        ({"modifiedDate": "garbage"}, "no readable date of last change"),
        ({"modifiedDate": 7}, "no readable date of last change"),
        ({"location": "Lisbon"}, ""),
        ({"location": [1]}, ""),
        ({"weather": "fine", "music": 3, "userActivity": []}, ""),
        ({"tags": "sea"}, ""),
        ({"tags": {"a": 1}}, ""),
        ({"tags": ["x" * 80]}, "can't be used as it is"),
        ({"starred": "no"}, ""),
        ({"richText": "{not json"}, ""),
        ({"editingTime": 41.5, "creationDevice": "a telephone"}, "creationDevice (1), editingTime (1)"),
    ],
)
def test_only_day_and_text_can_keep_an_entry_out(tmp_path: Path, odd: dict[str, Any], words: str) -> None:
    found = dayone.read(zipped(tmp_path, {"J.json": journal(entry(**odd))}), "UTC")
    assert [one.body.split("\n")[0] for one in found.entries] == ["A dear text"]
    assert [words in warning for warning in found.warnings] == ([True] if words else []), found.warnings


def test_what_is_skipped_is_named_with_day_and_cause(tmp_path: Path) -> None:
    bad = [entry(text=5), {"creationDate": "soon", "text": "x"}, {"text": "x"}, None]
    found = dayone.read(zipped(tmp_path, {"J.json": journal(entry(), *bad)}), "UTC")
    assert len(list(found.entries)) == 1 and found.unreadable == 4
    assert found.warnings[0] == "J.json, entry 2 of 2024-03-10: skipped, it is not an entry." and "no creationDate" in found.warnings[2]


def test_place_weather_and_the_like_are_kept_as_data(tmp_path: Path) -> None:
    facts: dict[str, Any] = {
        "location": {"latitude": 38.7, "longitude": -9.1, "placeName": "Pier 3", "localityName": "Lisbon"},
        "weather": {"temperatureCelsius": 14, "conditionsDescription": "Fog"},
        "music": {"track": "Song", "artist": "Somebody"},
        "userActivity": {"activityName": "Walking", "stepCount": 4000},
        "isPinned": True,
    }
    (one,) = dayone.read(zipped(tmp_path, {"J.json": journal(entry(**facts, tags=["New York", "sea/side", "🎉", "#hash"]))}), "UTC").entries
    assert one.facts == {
        "place": {"name": "Pier 3, Lisbon", "latitude": 38.7, "longitude": -9.1},
        "weather": "14 °C, Fog",
        "music": "Song, Somebody",
        "activity": "Walking, 4000 steps",
        "pinned": True,
    }
    assert one.tags == ["New York", "sea/side", "🎉", "hash"]


RICH = {
    "meta": {"version": 1},
    "contents": [
        {"text": "Lighthouse\n", "attributes": {"line": {"header": 1}}},
        {"text": "We climbed 199 steps, *all*.\n"},
        {"attributes": {"bold": True}, "text": "Windy "},
        {"attributes": {"italic": True, "linkURL": "https://example.org"}, "text": "up there"},
        {"text": "\n"},
        {"attributes": {"line": {"listStyle": "bulleted", "indentLevel": 1}}, "text": "lamp\n"},
        {"attributes": {"line": {"listStyle": "bulleted", "indentLevel": 2}}, "text": "glass\n"},
        {"attributes": {"line": {"listStyle": "checkbox", "checked": True}}, "text": "climb\n"},
        {"embeddedObjects": [{"type": "photo", "identifier": "AA11"}, {"type": "horizontalRuleLine"}]},
        {"attributes": {"line": {"quote": True}}, "text": "said the keeper\n"},
        None,
        {"embeddedObjects": [None, {"type": "preview", "url": "https://example.org/x"}]},
    ],
}


@pytest.mark.parametrize("value", [RICH, json.dumps(RICH), {"nodes": RICH["contents"]}], ids=["object", "string", "nodes"])
def test_rich_text_is_read_where_there_is_no_other(tmp_path: Path, value: Any) -> None:
    raw = {"uuid": "R", "creationDate": AT, "richText": value, "photos": [PHOTO]}
    (one,) = dayone.read(zipped(tmp_path, {"J.json": journal(raw), "photos/ab.jpeg": jpeg()}), "UTC").entries
    assert one.title == "Lighthouse"
    first, second, *rest = one.body.split("\n\n", 2)
    assert first == "We climbed 199 steps, \\*all\\*.\n**Windy** [*up there*](https://example.org)"
    assert second == "- lamp\n   - glass\n- [x] climb"
    assert rest == ["![](attachment:aa11)\n\n---\n\n> said the keeper\n\n<https://example.org/x>"]


@pytest.mark.parametrize(
    "value", [None, "", "null", "[]", "{}", '{"contents": 5}', '{"contents": [5, {"text": 5, "attributes": 3}]}', "[" * 9999]
)
def test_rich_text_that_is_none_is_nothing(value: Any) -> None:
    assert richtext.to_markdown(value) in {"", "5"}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        (r"A 30\-minutes e\-reader \(in parentheses\)\. 50\% \#no", "A 30-minutes e-reader (in parentheses). 50% #no"),
        (r"1\. April", r"1\. April"),
        (r"\- no list", r"\- no list"),
        (r"\# no heading", r"\# no heading"),
        (r"\[x\] \* \_ \`", r"\[x\] \* \_ \`"),
        (r"\![x]", r"\![x]"),
        ("```\ncode \\- here\n```\n`a\\-b`", "```\ncode \\- here\n```\n`a\\-b`"),
        ("plain", "plain"),
    ],
)
def test_backslashes_that_nobody_typed_go(typed: str, meant: str) -> None:
    assert dayone_text.unescaped(typed) == meant


def test_entries_of_one_id_are_all_kept_and_the_same_one_once(tmp_path: Path) -> None:
    texts = ["# A\n\nx", "# B\n\ny", "# C\n\ny", "# B\n\ny", "# A\n\nx"]
    later = entry(text="# C\n\ny", creationDate="2024-05-05T06:40:00Z")
    found = dayone.read(zipped(tmp_path, {"Journal.json": journal(*(entry(text=text) for text in texts), later)}), "UTC")
    origins = [one.origin for one in found.entries]
    assert origins[3] == origins[1] and origins[4] == origins[0] == "dayone:A1" and len(set(origins)) == 4
    assert sum("both are kept" in line for line in found.warnings) == 3


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("[x](dayone2://view?entryId=R1)", "[x](entry-of:R1)"),
        ("[x](dayone2://view/?entryId=R1)", "[x](entry-of:R1)"),
        ("[x](dayone://view?journalId=J2&entryId=R1 't')", "[x](entry-of:R1)"),
        ('[x](<dayone2://view?entryId=R1&a=b> "t")', "[x](entry-of:R1)"),
        ("<dayone2://view?entryId=R1>, dayone2://view?entryId=R1.", "[R1](entry-of:R1), [R1](entry-of:R1)."),
        ("[dayone2://view?entryId=R1](dayone2://view?entryId=R1)", "[dayone2://view?entryId=R1](entry-of:R1)"),
        ("`[x](dayone2://view?entryId=R1)`", "`[x](dayone2://view?entryId=R1)`"),
    ],
)
def test_links_between_entries_in_every_form(text: str, right: str) -> None:
    assert dayone_text.linked(text) == right


def test_links_that_lead_nowhere_leave_their_words() -> None:
    uids = {"R1": "0" * 8}
    assert entry_links.resolved("a [x](entry-of:r1) [y \\] z](entry-of:R2) [[q]](entry-of:R2)", uids) == (
        "a [x](entry:00000000) y \\] z [[q]]",
        2,
    )


@pytest.mark.parametrize(
    "shown",
    ["![](<dayone-moment://AA11>)", '![](dayone-moment://aa11 "t")', "![alt [x]](dayone-photo://AA11)", "![](dayone-moment:/photo/AA11/)"],
)
def test_a_photo_is_found_however_it_is_named(tmp_path: Path, shown: str) -> None:
    files = {"Journal.json": journal(entry(text=f"Before {shown} after", photos=[PHOTO])), "photos/ab.jpeg": jpeg()}
    [found] = dayone.read(zipped(tmp_path, files), "UTC").entries
    assert "dayone" not in found.body and found.body.startswith("Before ![") and found.body.endswith("(attachment:aa11) after")


def test_letters_that_are_none_keep_no_entry_out(tmp_path: Path) -> None:
    odd = {**PHOTO, "identifier": "\ud800"}
    dated = entry("B", creationDate="\ud800-03-10")
    found = dayone.read(zipped(tmp_path, {"Journal.json": journal(entry(photos=[odd]), dated), "photos/ab.jpeg": jpeg()}), "UTC")
    assert len(list(found.entries)) == 1 and len(found.files) == 1
    assert all(line.encode() for line in found.warnings) and sum("skipped" in line for line in found.warnings) == 1


def test_entries_without_end_are_counted_and_not_each_told(tmp_path: Path) -> None:
    found = dayone.read(zipped(tmp_path, {"Journal.json": b'{"entries": [' + b"[]," * 5000 + b"[]]}"}), "UTC")
    assert found.unreadable == 5001 and len(found.warnings) == 1000


def test_an_entry_that_is_larger_than_any_is_refused(tmp_path: Path) -> None:
    huge = b'{"entries": [{"photos": [' + b"[]," * 6_000_000 + b"[]]}]}"
    with pytest.raises(UnreadableFile, match="larger than 16 MB"):
        dayone.read(zipped(tmp_path, {"Journal.json": huge}), "UTC")


def test_what_stands_beside_a_journal_and_cannot_be_read_is_left_out(tmp_path: Path) -> None:
    track = b'{"type": "track", "points": [' + b"[1, 2]," * 3_000_000 + b"[]]}"
    found = dayone.read(zipped(tmp_path, {"Journal.json": journal(entry()), "track.geojson.json": track}), "UTC")
    assert len(list(found.entries)) == 1 and found.warnings == ["track.geojson.json is not a journal of Day One; it was left out."]


def test_a_day_without_a_time_stays_that_day(tmp_path: Path) -> None:
    days = [entry(creationDate="2024-03-10", timeZone=zone) for zone in ("America/New_York", "Pacific/Auckland")]
    found = dayone.read(zipped(tmp_path, {"Journal.json": journal(*days)}), "UTC")
    assert [(one.entry_date.isoformat(), one.entry_time) for one in found.entries] == [("2024-03-10", None)] * 2


def test_what_is_said_of_a_place_and_has_none_here_is_named(tmp_path: Path) -> None:
    place = {"placeName": "Quay", "altitude": 12.5, "region": {"radius": 75}, "foursquareID": None}
    found = dayone.read(zipped(tmp_path, {"Journal.json": journal(*[entry(location=place, weather={"windSpeedKPH": 9})] * 2)}), "UTC")
    assert found.warnings == ["Not imported, because Daybook can't store it: location.altitude (2), weather.windSpeedKPH (2)."]


def test_names_of_macos_are_read_as_they_were_written(tmp_path: Path) -> None:
    written = "Tagebuch fu\u0308r A\u0308rzte.json".encode()
    stand_in = "x" * (len(written) - 5) + ".json"
    path = zipped(tmp_path, {stand_in: journal(entry()), "Other.json": journal(entry("B2"))})
    path.write_bytes(path.read_bytes().replace(stand_in.encode(), written))
    assert [one.tags for one in dayone.read(path, "UTC").entries] == [["Tagebuch für Ärzte"], ["Other"]]
