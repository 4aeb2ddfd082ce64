"""Reading Day One exports."""

import json
import zipfile
from datetime import date, time
from pathlib import Path
from typing import Any

import pytest

from app.formats import archive, dayone
from app.formats.record import UnreadableFile
from tests.factories import jpeg

FOG = {
    "uuid": "0F3A5C7E9B1D4F60A2C4E6081B3D5F7A",
    "creationDate": "2024-03-10T06:40:00Z",
    "modifiedDate": "2024-03-11T07:00:00Z",
    "timeZone": "America/New_York",
    "starred": True,
    "tags": ["Harbour", "walk"],
    "text": "# First fog\\.\n\nWe walked to pier 3\\.\n\n![](dayone-moment://AA11)\n",
    "photos": [{"identifier": "AA11", "md5": "0123", "type": "jpeg", "height": 0, "fnumber": "(null)"}],
}
EMPTY = {"uuid": "NOT-HEX-1", "creationDate": "2024-03-11T00:10:00Z", "timeZone": "Pacific/Auckland", "photos": []}


def export(folder: Path, *entries: Any, name: str = "Journal.json") -> Path:
    path = folder / "export.zip"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr(name, json.dumps({"metadata": {"version": "1.0"}, "entries": entries}))
        file.writestr("photos/0123.jpeg", jpeg())
    return path


def test_an_entry_with_everything(tmp_path: Path) -> None:
    journal = dayone.read(export(tmp_path, FOG, EMPTY), "UTC")
    fog, empty = journal.entries
    assert (fog.title, fog.body) == ("First fog.", "We walked to pier 3.\n\n![](attachment:aa11)")
    assert (fog.entry_date, fog.entry_time, fog.timezone) == (date(2024, 3, 10), time(1, 40), "America/New_York")
    assert fog.tags == ["Harbour", "walk"] and fog.starred_at and fog.origin == f"dayone:{FOG['uuid']}"
    assert (empty.entry_date, empty.entry_time, empty.body) == (date(2024, 3, 11), time(13, 10), "")
    assert [file.uid for file in journal.files] == ["AA11".lower()] and "no text" in journal.warnings[0]


def test_one_bad_entry_never_fails_the_rest(tmp_path: Path) -> None:
    bad = [{}, {"creationDate": "yesterday"}, {"creationDate": 7}, "text", None, {"creationDate": "2024-01-01T00:00:00Z", "text": 5}]
    journal = dayone.read(export(tmp_path, *bad, FOG), "UTC")
    assert [entry.origin for entry in journal.entries] == [f"dayone:{FOG['uuid']}"]
    assert len(journal.warnings) == len(bad)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"isAllDay": True}, ("America/New_York", None)),
        ({"timeZone": None, "location": {"timeZoneName": "Asia/Tokyo"}}, ("Asia/Tokyo", time(15, 40))),
        ({"timeZone": "Nowhere/City"}, ("Europe/Riga", time(8, 40))),
    ],
)
def test_zone_and_time(tmp_path: Path, change: dict[str, Any], expected: tuple[str, time | None]) -> None:
    (entry,) = dayone.read(export(tmp_path, {**FOG, **change}), "Europe/Riga").entries
    assert (entry.timezone, entry.entry_time) == expected


def test_files_that_are_no_export(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "text.zip").write_text("no zip")
    with pytest.raises(UnreadableFile, match="not a zip"):
        dayone.read(tmp_path / "text.zip", "UTC")
    with pytest.raises(UnreadableFile, match="cannot be opened"):
        dayone.read(tmp_path / "none.zip", "UTC")
    with pytest.raises(UnreadableFile, match="no journal"):
        dayone.read(export(tmp_path, FOG, name="../Journal.json"), "UTC")
    bomb = tmp_path / "bomb.zip"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("Journal.json", b" " * 30_000_000)
    with pytest.raises(UnreadableFile, match="times its size"):
        dayone.read(bomb, "UTC")
    monkeypatch.setattr(archive, "MAX_MEMBERS", 1)
    with pytest.raises(UnreadableFile, match="more than 1 files"):
        dayone.read(export(tmp_path, FOG), "UTC")
