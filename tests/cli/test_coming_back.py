"""Exports come back, however they were made and packed, and say what does not."""

import json
import re
import zipfile
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app import clock
from app.database.transactions import writing
from app.extensions import db
from app.models import Draft, Entry
from app.operations import drafts, entries
from app.queries import entries as asking
from tests.cli.test_journals import run
from tests.factories import Factory, draft, jpeg
from tests.formats.test_dayone import EMPTY, FOG, export
from tests.page_client import PageClient


def test_an_export_of_many_versions_that_hardly_differ_comes_back(app: Flask, factory: Factory, tmp_path: Path) -> None:
    text = "We walked to the harbour. " * 1600
    entry = factory.entry(body=text)
    for number in range(1, 300):
        with app.app_context(), writing():
            own = asking.own(entry.id, factory.ada)
            assert own
            entries.revise(own, draft(f"{text}{number}").prepare(factory.ada), number, clock.now())
    file = tmp_path / "a.zip"
    run(app, "export", "--user", "ada", "--output", str(file))
    with zipfile.ZipFile(file) as archive:
        packed = archive.getinfo("journal.json")
    assert packed.file_size > 100 * packed.compress_size and packed.file_size > 10_000_000
    assert factory.ben and "Entries read: 1. Entries added: 1." in run(app, "import", "daybook", str(file), "--user", "ben")


def test_an_export_that_was_unpacked_and_packed_again_as_a_folder_comes_back(app: Flask, factory: Factory, tmp_path: Path) -> None:
    factory.entry(body=f"![A boat](attachment:{factory.picture().uid})")
    run(app, "export", "--user", "ada", "--output", str(tmp_path / "a.zip"))
    with zipfile.ZipFile(tmp_path / "a.zip") as made, zipfile.ZipFile(tmp_path / "b.zip", "w") as again:
        again.writestr("ada/", "")
        for name in made.namelist():
            again.writestr(f"ada/{name}", made.read(name))
            again.writestr(f"__MACOSX/ada/._{name}", b"\0")
        again.writestr("ada/.DS_Store", b"\0")
    report = run(app, "import", "daybook", str(tmp_path / "b.zip"), "--user", factory.ben.username)
    assert "Entries added: 1." in report and "Photos and other files added: 1" in report


@pytest.mark.parametrize("kind", ["backslashes", "beside others", "two folders"])
def test_an_export_comes_back_however_it_was_packed_again(app: Flask, factory: Factory, tmp_path: Path, kind: str) -> None:
    factory.entry(body=f"![A boat](attachment:{factory.picture().uid})")
    run(app, "export", "--user", "ada", "--output", str(tmp_path / "a.zip"))
    named = {"backslashes": "ada\\{}", "beside others": "ada/{}", "two folders": "My things/ada/{}"}[kind]
    with zipfile.ZipFile(tmp_path / "a.zip") as made, zipfile.ZipFile(tmp_path / "b.zip", "w") as again:
        for name in made.namelist():
            again.writestr(named.format(name.replace("/", "\\") if kind == "backslashes" else name), made.read(name))
        for beside in ("desktop.ini", "ada/Thumbs.db") if kind == "beside others" else ():
            again.writestr(beside, b"\0")
    report = run(app, "import", "auto", str(tmp_path / "b.zip"), "--user", factory.ben.username)
    assert "Entries added: 1." in report and "Photos and other files added: 1" in report


def test_an_export_that_is_not_whole_is_no_journal_of_day_one(app: Flask, factory: Factory, tmp_path: Path) -> None:
    factory.entry(body="One.")
    run(app, "export", "--user", "ada", "--output", str(tmp_path / "a.zip"))
    with zipfile.ZipFile(tmp_path / "a.zip") as made, zipfile.ZipFile(tmp_path / "b.zip", "w") as less:
        less.writestr("journal.json", made.read("journal.json"))
    assert "is not whole" in run(app, "import", "auto", str(tmp_path / "b.zip"), "--user", "ada", status=1)


def test_a_photo_without_its_original_is_taken_over_as_it_is_shown(app: Flask, factory: Factory, tmp_path: Path) -> None:
    picture = factory.picture(content=jpeg(500, 400), keeps_original=True)
    factory.entry(body=f"![A boat](attachment:{picture.uid})")
    run(app, "export", "--user", "ada", "--output", str(tmp_path / "a.zip"))
    with zipfile.ZipFile(tmp_path / "a.zip") as made, zipfile.ZipFile(tmp_path / "b.zip", "w") as less:
        original = json.loads(made.read("journal.json"))["files"][0]["original"]
        for name in made.namelist():
            if name != original:
                less.writestr(name, made.read(name))
    report = run(app, "import", "daybook", str(tmp_path / "b.zip"), "--user", factory.ben.username)
    assert "the photo as it is shown was taken over" in report and "a note" not in report
    with app.app_context():
        entry = db.session.scalars(select(Entry).where(Entry.user_id == factory.ben.id)).one()
        assert "<img" in entry.html


def test_the_page_shows_a_command_that_there_is(app: Flask, ada: PageClient) -> None:
    (command,) = re.findall(r"manage\.py (import \w+ )FILE --user ada", ada.visit("/account/export").text)
    assert "cannot be opened" in run(app, *command.split(), "/nowhere", "--user", "ada", status=1)


def test_an_import_looks_what_a_file_is(app: Flask, factory: Factory, tmp_path: Path) -> None:
    factory.entry(body="One.")
    run(app, "export", "--user", "ada", "--output", str(tmp_path / "a.zip"))
    assert "Entries added: 1" in run(app, "import", "auto", str(tmp_path / "a.zip"), "--user", factory.ben.username)
    assert "Entries added: 2" in run(app, "import", "auto", str(export(tmp_path, FOG, EMPTY)), "--user", "ben")
    assert "import daybook" in run(app, "import", "dayone", str(tmp_path / "a.zip"), "--user", "ben", status=1)
    (tmp_path / "text.zip").write_text("no zip")
    assert "not a zip" in run(app, "import", "auto", str(tmp_path / "text.zip"), "--user", "ben", status=1)


def test_a_draft_whose_form_was_saved_since_comes_back_once(app: Flask, factory: Factory, tmp_path: Path) -> None:
    entry, file = factory.entry(body="One."), tmp_path / "a.zip"
    typed = drafts.Typed("form", 3, 0, "", "Half a thought", "2026-03-01", "", "sea", "private")
    with app.app_context(), writing():
        drafts.keep(factory.ada, typed, None, clock.now())
    run(app, "export", "--user", "ada", "--output", str(file))
    with app.app_context(), writing():
        drafts.finish(factory.ada, "form", 3, db.session.get_one(Entry, entry.id), clock.now())
    for _again in range(2):
        run(app, "import", "daybook", str(file), "--user", "ada")
    with app.app_context():
        assert db.session.scalars(select(Draft.body).where(Draft.finished_at.is_(None))).all() == ["Half a thought"]
