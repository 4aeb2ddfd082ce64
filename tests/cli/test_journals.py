"""Bringing journals in and taking them away from the shell."""

import hashlib
import json
import re
import tracemalloc
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from flask import Flask
from sqlalchemy import func, select

from app import clock
from app.database import transactions
from app.database.transactions import writing
from app.extensions import db
from app.models import Entry, User
from app.operations import drafts, entries, writing_preferences
from app.queries import accounts, tags
from app.queries import entries as asking
from app.transfer import importing
from tests.conftest import empty
from tests.factories import Factory, draft, jpeg
from tests.formats.test_dayone import EMPTY, FOG, export


def run(app: Flask, *arguments: str, status: int = 0) -> str:
    result = app.test_cli_runner().invoke(args=list(arguments))
    assert result.exit_code == status, result.output
    assert "Traceback" not in result.output
    return result.output


def number_of_entries(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Entry)) or 0


def test_day_one_comes_in_once(app: Flask, factory: Factory, tmp_path: Path) -> None:
    file = str(export(tmp_path, FOG, EMPTY))
    assert factory.ada
    assert "Entries to add: 2." in run(app, "import", "dayone", file, "--user", "ada", "--dry-run") and number_of_entries(app) == 0
    report = run(app, "import", "dayone", file, "--user", "ADA")
    assert "Entries read: 2. Entries added: 2." in report and "Photos and other files added: 1" in report and "no text" in report
    again = run(app, "import", "dayone", file, "--user", "ada")
    assert "Entries added: 0." in again and "2 skipped: in the journal already" in again and number_of_entries(app) == 2


def test_an_export_comes_back_equal(app: Flask, factory: Factory, tmp_path: Path) -> None:
    kept = factory.entry(title="Kept", body="One.", tags=["Sea", "fog"], visibility="public")
    shown, told = factory.picture(content=jpeg(500, 400), keeps_original=True), factory.picture(content=b"%PDF-1.7", name="letter.pdf")
    factory.entry(body=f"Thrown away. ![boat](attachment:{shown.uid})", trashed=True, tags=["sea"])
    with app.app_context(), writing():
        own = asking.own(kept.id, factory.ada)
        assert own
        entries.revise(
            own, draft(f"Two — 二. [a letter](attachment:{told.uid})", title="Kept", tags=["sea"], mood="wide awake"), 1, clock.now()
        )
    with app.app_context(), writing() as session:
        entries.star(asking.own(kept.id, factory.ada) or kept, clock.now())
        typed = drafts.Typed("k", 3, 2, "", "Half a thought", "2026-03-01", "", "sea", "private", "calm")
        drafts.keep(factory.ada, typed, kept.id, clock.now())
        writing_preferences.add_template(factory.ada, "Morning", "Weather: ", "sea", clock.now())
        writing_preferences.want(
            session.get_one(User, factory.ada.id),
            writing_preferences.WritingPreferences(30, mood_enabled=True, prompt_mode="daily", prompts="What now?\nWhy?"),
        )
    assert "Entries: 2, earlier versions: 1, files: 2." in run(app, "export", "--user", "ada", "--output", str(tmp_path / "a.zip"))
    assert factory.ben
    run(app, "import", "daybook", str(tmp_path / "a.zip"), "--user", "ben")
    run(app, "export", "--user", "ben", "--output", str(tmp_path / "b.zip"))
    first, second = zipfile.ZipFile(tmp_path / "a.zip"), zipfile.ZipFile(tmp_path / "b.zip")
    assert first.read("journal.json") == second.read("journal.json")
    manifest = json.loads(first.read("manifest.json"))
    assert manifest["counts"] == {"entries": 2, "revisions": 1, "files": 2, "drafts": 1} and manifest["person"]["username"] == "ada"
    for name, digest in manifest["files"].items():
        assert hashlib.sha256(first.read(name)).hexdigest() == digest
    assert set(manifest["files"]) | {"manifest.json"} == set(first.namelist())
    page = first.read("entries/2026/03/2026-03-01-kept.md").decode()
    assert page.startswith('---\ntitle: "Kept"\ndate: "2026-03-01"')
    assert re.search(r"\n\nTwo — 二\. \[a letter\]\(\.\./\.\./\.\./attachments/\w{64}\.pdf\)\n$", page)
    assert "Entries added: 0." in run(app, "import", "daybook", str(tmp_path / "a.zip"), "--user", "ben")
    assert first.read(f"attachments/{hashlib.sha256(jpeg(500, 400)).hexdigest()}.jpg") == jpeg(500, 400), "the original goes with its owner"
    with app.app_context():
        ben = accounts.by_username("ben")
        assert ben and {tag.name: tag.entry_count for tag, _depth in tags.list_tags(ben.id)} == {"Sea": 1}


def test_an_import_in_many_parts_is_one_import(app: Flask, factory: Factory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = factory.picture(content=jpeg(40, 30))
    for number in range(5):
        factory.entry(body=f"No. {number} ![boat](attachment:{shown.uid})", day=date(2026, 3, 1 + number), tags=["sea", f"tag{number}"])
    run(app, "export", "--user", "ada", "--output", str(tmp_path / "a.zip"))
    monkeypatch.setattr(transactions, "BATCH_SIZE", 2)
    assert "Entries added: 5." in run(app, "import", "daybook", str(tmp_path / "a.zip"), "--user", factory.ben.username)
    run(app, "export", "--user", "ben", "--output", str(tmp_path / "b.zip"))
    assert zipfile.ZipFile(tmp_path / "a.zip").read("journal.json") == zipfile.ZipFile(tmp_path / "b.zip").read("journal.json")
    with app.app_context():
        assert {tag.name: tag.entry_count for tag, _depth in tags.list_tags(factory.ben.id)} == {
            "sea": 5,
            **{f"tag{number}": 1 for number in range(5)},
        }
    monkeypatch.setattr(importing, "_read_back", Mock(side_effect=[None, None, importing.Damaged("no")]))
    again = ["import", "daybook", str(tmp_path / "a.zip"), "--user", factory.cleo.username]
    with pytest.raises(importing.Damaged):
        app.test_cli_runner().invoke(args=again, catch_exceptions=False)
    assert number_of_entries(app) == 10, "all or nothing, in however many parts"


def test_a_damaged_export_is_refused_whole(app: Flask, factory: Factory, tmp_path: Path) -> None:
    factory.entry()
    run(app, "export", "--user", "ada", "--output", str(tmp_path / "a.zip"))
    with zipfile.ZipFile(tmp_path / "a.zip") as good, zipfile.ZipFile(tmp_path / "bad.zip", "w") as bad:
        for name in good.namelist():
            bad.writestr(name, good.read(name).replace(b"harbour", b"hArbour") if name == "journal.json" else good.read(name))
    assert "is damaged" in run(app, "import", "daybook", str(tmp_path / "bad.zip"), "--user", "ada", status=1)


@pytest.mark.parametrize(
    "change",
    [
        {"visibility": "friends"},
        {"created_at": "2026-03-01T10:00:00"},
        {"timezone": ["UTC"]},
        {"body": 7},
        {"tags": "sea"},
        {"version": "one"},
        {"entry_date": "yesterday"},
        {"revisions": {}},
    ],
)
def test_an_export_that_was_tampered_with_is_refused_in_a_sentence(
    app: Flask, factory: Factory, tmp_path: Path, change: dict[str, object]
) -> None:
    factory.entry()
    run(app, "export", "--user", "ada", "--output", str(tmp_path / "a.zip"))
    file = rewritten(tmp_path / "a.zip", lambda journal: journal["entries"][0].update(change))
    assert factory.ben
    assert "does not follow the format" in run(app, "import", "daybook", str(file), "--user", "ben", status=1)
    assert number_of_entries(app) == 1


def test_settings_come_along_only_into_an_empty_journal_and_only_where_they_make_sense(
    app: Flask, factory: Factory, tmp_path: Path
) -> None:
    factory.entry()
    run(app, "export", "--user", "ada", "--output", str(tmp_path / "a.zip"))
    file = rewritten(tmp_path / "a.zip", lambda journal: journal["settings"].update(locale="klingon!!", timezone="Asia/Tokyo"))
    assert factory.ben
    for name in ("ben", "ada"):
        run(app, "import", "daybook", str(file), "--user", name)
    with app.app_context():
        ben, ada = accounts.by_username("ben"), accounts.by_username("ada")
        assert ben and ada and (ben.locale, ben.timezone, ada.timezone) == ("en", "Asia/Tokyo", "Europe/Lisbon")


def rewritten(path: Path, change: Callable[[dict[str, Any]], object]) -> Path:
    """Return a copy of an export whose journal was changed, its sum put right."""
    with zipfile.ZipFile(path) as good, zipfile.ZipFile(path.with_name("changed.zip"), "w") as bad:
        journal, manifest = json.loads(good.read("journal.json")), json.loads(good.read("manifest.json"))
        change(journal)
        content = json.dumps(journal).encode()
        manifest["files"]["journal.json"] = hashlib.sha256(content).hexdigest()
        bad.writestr("journal.json", content)
        bad.writestr("manifest.json", json.dumps(manifest))
    return path.with_name("changed.zip")


def test_what_cannot_be_done_is_said_in_a_sentence(app: Flask, factory: Factory, tmp_path: Path) -> None:
    assert factory.ada
    assert "no user named" in run(app, "export", "--user", "x", "--output", str(tmp_path / "a.zip"), status=1)
    assert "cannot be opened" in run(app, "import", "dayone", str(tmp_path / "none"), "--user", "ada", status=1)
    assert "could not be written" in run(app, "export", "--user", "ada", "--output", str(tmp_path / "no" / "a.zip"), status=1)
    assert list(tmp_path.iterdir()) == []


def test_the_demo_is_the_same_each_time_and_never_over_real_people(app: Flask, factory: Factory) -> None:
    assert "needs an empty one" in run(app, "demo", status=1)
    with app.app_context():
        empty()
    assert "231 entries" in run(app, "demo") and number_of_entries(app) == 411
    assert "needs an empty one" in run(app, "demo", status=1)
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(User)) == 3
    run(app, "search", "rebuild")


def media_export(folder: Path, text: str, **files: bytes) -> Path:
    """Return a Day One export of one entry with a photo, a film, a sound and a document."""
    path = folder / "media.zip"
    items = {"photos": ("p", "jpeg"), "videos": ("v", "mp4"), "audios": ("a", "m4a"), "pdfAttachments": ("d", "pdf")}
    entry = {"uuid": "M", "creationDate": "2024-03-10T06:40:00Z", "timeZone": "UTC", "text": text}
    lists = {key: [{"identifier": f"ID-{name}", "md5": f"{name}0", "type": kind}] for key, (name, kind) in items.items()}
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("Journal.json", json.dumps({"entries": [{**entry, **lists}]}))
        for name, content in files.items():
            file.writestr(name.replace("_", "/", 1).replace("_", "."), content)
    return path


def test_media_of_day_one_stand_where_they_stood(app: Flask, factory: Factory, tmp_path: Path) -> None:
    text = "One ![a boat](dayone-moment://ID-p) two ![](dayone-moment:/video/ID-v) three ![](DAYONE-PDF://id-d)."
    sound = b"\0\0\0\x14ftypM4A \0\0\0\0M4A \0\0\0\x08mdat"
    film = b"\0\0\0\x14ftypisom\0\0\0\0isom\0\0\0\x08mdat"
    file = media_export(tmp_path, text, Photos_p0_jpeg=jpeg(), videos_v0_mp4=film, audios_a0_m4a=sound, pdfs_d0_pdf=b"%PDF-1.7")
    assert factory.ada and "Photos and other files to add: 4" in run(app, "import", "dayone", str(file), "--user", "ada", "--dry-run")
    assert "Photos and other files added: 4" in run(app, "import", "dayone", str(file), "--user", "ada")
    with app.app_context():
        entry = db.session.scalars(select(Entry)).one()
        body = "One ![a boat](attachment:id-p) two ![](attachment:id-v) three [document](attachment:id-d).\n\n![](attachment:id-a)"
        assert entry.body == body
        kinds = ("<img", "<video", '<a class="file"', "<audio")
        assert [entry.html.count(kind) for kind in kinds] == [1, 1, 0, 1] and 'href="/file/' in entry.html


def test_media_that_cannot_come_leave_a_note(app: Flask, factory: Factory, tmp_path: Path) -> None:
    file = media_export(tmp_path, "One ![](dayone-moment://ID-p) two.", photos_p0_jpeg=b"<html>no picture", pdfs_d0_pdf=b"%PDF-1.7")
    assert factory.ada
    report = run(app, "import", "dayone", str(file), "--user", "ada")
    assert "Entries read: 1. Entries added: 1." in report and "photo: not a kind of file Daybook can keep. The entry says so" in report
    assert "A video of the entry of 2024-03-10 is not in the archive" in report
    with app.app_context():
        entry = db.session.scalars(select(Entry)).one()
    assert entry.body.startswith("One *(photo: not a kind of file Daybook can keep)* two.")
    assert entry.body.count("was not in the export") == 2
    assert entry.body.endswith("[document](attachment:id-d)")


def test_an_export_holds_one_version_at_a_time(app: Flask, factory: Factory, tmp_path: Path) -> None:
    size, number = 400_000, 30
    entry = factory.entry(body="x" * size)
    with app.app_context(), writing():
        for version in range(number):
            stored = asking.own(entry.id, factory.ada)
            assert stored
            entries.revise(stored, draft("x" * size + str(version)), stored.version, clock.now())
    tracemalloc.start()
    run(app, "export", "--user", "ada", "--output", str(tmp_path / "out.zip"))
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        (record,) = json.loads(archive.read("journal.json"))["entries"]
    assert [one["version"] for one in record["revisions"]] == list(range(1, number + 1))
    assert peak < size * number / 2
