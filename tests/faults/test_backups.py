"""Backups: made while people write, never of a damaged journal, restored whole or not at all."""

import json
import os
import shutil
import threading
import uuid
import zipfile
from datetime import time, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text, update
from sqlalchemy.exc import OperationalError

from app import clock
from app.backup import archive, integrity
from app.database import migrating
from app.database.errors import BackupError
from app.database.transactions import writing
from app.extensions import db
from app.formats.record import clock_time
from app.models import Entry, EntrySearch, Revision, Tag, User
from app.operations import drafts, entries, writing_preferences
from app.queries import entries as asking
from app.storage import blobs
from app.transfer import importing
from tests.cli.test_journals import run
from tests.conftest import NewApp, make_app
from tests.factories import Factory, draft
from tests.page_client import PageClient

BACKUPS = 12


@pytest.fixture
def journal(new_app: NewApp, migrated: str) -> Factory:
    """A journal with some entries, versions and tags."""
    app = new_app(migrated)
    factory = Factory(app)
    entry = factory.entry(body="First.", tags=["sea"])
    factory.entry(body=f"Подъехали к пристани. ![](attachment:{factory.picture().uid})", title="二")
    with app.app_context(), writing():
        own = asking.own(entry.id, factory.ada)
        assert own
        entries.revise(own, draft("Second.", tags=["sea"]), 1, clock.now())
    return factory


def faults(app: Flask) -> list[str]:
    with app.app_context(), db.engine.connect() as connection:
        return integrity.check(connection).faults


def test_twelve_backups_under_load_restore_to_what_they_say(journal: Factory, new_app: NewApp, tmp_path: Path) -> None:
    stop = threading.Event()

    def write() -> None:
        with journal.app.app_context():
            while not stop.is_set():
                with writing():
                    entries.write(journal.ada, draft(f"Under load {uuid.uuid4()}", tags=["load"]), clock.now())
                db.session.remove()

    writers = [threading.Thread(target=write) for _number in range(3)]
    assert journal.ada
    for writer in writers:
        writer.start()
    try:
        made = []
        for number in range(BACKUPS):
            with journal.app.app_context():
                made.append((tmp_path / f"b{number}.zip", archive.make(tmp_path / f"b{number}.zip")))
    finally:
        stop.set()
        for writer in writers:
            writer.join()
    assert len({manifest.entries for _path, manifest in made}) > 1, "people wrote meanwhile"
    for path, manifest in made:
        place = new_app()
        with place.app_context():
            assert archive.restore(path) == manifest
            with db.engine.connect() as connection:
                report = integrity.check(connection)
        assert (report.content, report.entries, report.faults) == (manifest.content, manifest.entries, [])
    assert not list(tmp_path.glob("*.partial")) and not list(tmp_path.glob(".daybook-backup-*"))


def test_what_is_restored_is_on_the_disk(journal: Factory, new_app: NewApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """PostgreSQL sees to it itself."""
    with journal.app.app_context():
        archive.make(tmp_path / "b.zip")
    synced, sync = set(), os.fsync

    def note(descriptor: int) -> None:
        synced.add(os.fstat(descriptor).st_ino)
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", note)
    place = new_app()
    with place.app_context():
        archive.restore(tmp_path / "b.zip")
        if db.engine.dialect.name == "sqlite":
            database = Path(db.engine.url.database or "")
            assert {database.stat().st_ino, database.parent.stat().st_ino} <= synced


def test_a_flipped_byte_is_found_and_makes_no_backup(journal: Factory, tmp_path: Path, engine_name: str) -> None:
    good = tmp_path / "backup.zip"
    with journal.app.app_context():
        archive.make(good)
        before = good.read_bytes()
        address = Path(db.engine.url.database or "")
        if engine_name == "sqlite":
            db.session.remove()
            db.engine.dispose()
            content = address.read_bytes()
            assert b"Second." in content, "the log was emptied when the last connection closed"
            address.write_bytes(content.replace(b"Second.", b"Sekond."))
        else:
            with db.engine.begin() as connection:
                connection.execute(text("UPDATE entry SET body = 'Sekond.' WHERE body = 'Second.'"))
    found = faults(journal.app)
    assert any("is not what was saved" in fault for fault in found)
    with journal.app.app_context():
        assert "not what was saved" in archive.make(good).faults[0]
    assert good.read_bytes() == before and archive.damaged_name(good).exists()
    assert "not what was saved" in run(journal.app, "check", status=1)


@pytest.mark.parametrize("damage", ["flipped", "gone"])
def test_a_damaged_file_is_found_and_makes_no_backup(journal: Factory, tmp_path: Path, damage: str) -> None:
    good = tmp_path / "backup.zip"
    with journal.app.app_context():
        assert archive.make(good).variants == 1
        before, (digest,) = good.read_bytes(), blobs.files().digests()
        path = Path(journal.app.config["DATA_DIR"], "files", digest[:2], digest[2:])
        content = path.read_bytes()
        path.unlink()
        if damage == "flipped":
            path.write_bytes(content[:-3] + bytes([content[-3] ^ 1]) + content[-2:])
    (fault,) = faults(journal.app)
    assert fault.startswith("the bytes of file 1 are")
    with journal.app.app_context():
        made = archive.make(good)
    assert made.faults == [fault] and archive.damaged_name(good).exists()
    assert good.read_bytes() == before and sorted(path.name for path in tmp_path.glob("*.zip")) == ["backup-DAMAGED.zip", "backup.zip"]


def test_a_backup_from_before_the_first_release_says_what_to_do(journal: Factory, new_app: NewApp, tmp_path: Path) -> None:
    path, old = tmp_path / "new.zip", tmp_path / "old.zip"
    with journal.app.app_context():
        archive.make(path)
    with zipfile.ZipFile(path) as new, zipfile.ZipFile(old, "w") as first:
        manifest = {**json.loads(new.read("manifest.json")), "version": 3, "renditions": 0}
        del manifest["variants"]
        first.writestr("manifest.json", json.dumps(manifest))
    with new_app().app_context():
        with pytest.raises(BackupError, match=r"before 0\.2\.0: restore it with that one"):
            archive.restore(old)
        with db.engine.connect() as connection:
            assert not db.inspect(connection).get_table_names()


@pytest.mark.parametrize("what", ["revision", "words", "no words", "place of words", "tags"])
def test_every_kind_of_damage_has_a_name(journal: Factory, what: str) -> None:
    assert faults(journal.app) == []
    changes = {
        "revision": update(Revision).values(body="Other."),
        "words": update(EntrySearch).values(terms=" 1:other "),
        "no words": EntrySearch.__table__.delete(),  # type: ignore[attr-defined]
        "place of words": update(EntrySearch).values(position=EntrySearch.position + 60),
        "tags": update(Tag).values(entry_count=7),
    }
    with journal.app.app_context(), writing() as session:
        session.execute(changes[what], execution_options={"synchronize_session": False})
    names = {"revision": "version 1 of entry", "tags": "counts 7"}
    found = faults(journal.app)
    assert found and all(names.get(what, "not found by its words") in fault for fault in found)


def test_what_people_do_leaves_no_fault(app: Flask, factory: Factory, ada: PageClient) -> None:
    entry = factory.entry(body="One.", title="T", tags=["a", "b"])
    page = {
        "title": "U",
        "body": "Two.",
        "entry_date": "2025-01-02",
        "entry_time": "09:30",
        "tags": "b, c",
        "visibility": "public",
        "version": "1",
    }
    ada.submit(f"/entry/{entry.id}/edit", {**page, "version": "1"})
    ada.submit(f"/entry/{entry.id}/history/1/restore", from_page="/logout")
    ada.submit(f"/entry/{entry.id}/trash", from_page="/logout")
    ada.submit(f"/trash/{entry.id}/restore", from_page="/trash")
    assert faults(app) == []


@pytest.mark.parametrize("damage", ["cut", "flipped", "empty", "no zip", "another zip", "wrong hash"])
def test_a_damaged_backup_restores_nothing(journal: Factory, new_app: NewApp, tmp_path: Path, damage: str) -> None:
    path = tmp_path / "b.zip"
    with journal.app.app_context():
        archive.make(path)
    content = path.read_bytes()
    with zipfile.ZipFile(path) as archived:
        database = max(archived.infolist(), key=lambda member: member.compress_size)
    spot = database.header_offset + 30 + len(database.filename) + database.compress_size // 2
    if damage == "another zip":
        with zipfile.ZipFile(path, "w") as other:
            other.writestr("a", "b")
    elif damage == "wrong hash":
        with zipfile.ZipFile(path) as good:
            members = {name: good.read(name) for name in good.namelist()}
        manifest = json.loads(members["manifest.json"])
        manifest["files"] = dict.fromkeys(manifest["files"], "0" * 64)
        with zipfile.ZipFile(path, "w") as other:
            for name, data in {**members, "manifest.json": json.dumps(manifest).encode()}.items():
                other.writestr(name, data)
    else:
        damaged = {"cut": content[:spot], "empty": b"", "no zip": b"x" * 1000}
        path.write_bytes(
            damaged.get(damage, content[:spot] + bytes(byte ^ 255 for byte in content[spot : spot + 64]) + content[spot + 64 :])
        )
    place = new_app()
    with place.app_context():
        with pytest.raises(BackupError):
            archive.restore(path)
        with db.engine.connect() as connection:
            assert not db.inspect(connection).get_table_names()


def test_a_backup_goes_into_an_empty_place_only(journal: Factory, tmp_path: Path) -> None:
    path = tmp_path / "b.zip"
    with journal.app.app_context():
        archive.make(path)
        journal_entry = journal.entry(body="Later.")
        with pytest.raises(BackupError, match="the database isn't empty"):
            archive.restore(path)
    assert journal.again(journal_entry).body == "Later."


def test_a_full_disk_leaves_no_half_file(journal: Factory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(archive, "_write", full)
    with journal.app.app_context(), pytest.raises(BackupError, match="No space left"):
        archive.make(tmp_path / "b.zip")
    assert not list(tmp_path.glob("b.zip*"))


def test_backups_are_kept_by_number_and_age_and_their_age_is_told(
    app: Flask, factory: Factory, tmp_path: Path, stranger: PageClient
) -> None:
    start = clock.now()
    for day in range(4):
        with clock.set_to(start + timedelta(days=day)):
            assert "verified it" in run(app, "backup", "--output", str(tmp_path), "--keep", "2")
    assert [path.name for path in sorted(tmp_path.glob("*.zip"))] == ["daybook-20260316T092653.zip", "daybook-20260317T092653.zip"]
    with clock.set_to(start + timedelta(days=3, hours=1)):
        told = stranger.client.get("/readyz").json
        assert told and told["last_backup_age_seconds"] == 3600
        assert "Last backup: March 17" in PageClient(app).signed_in_as(factory.cleo).visit("/admin/people").text
    run(app, "backup", "--output", str(tmp_path / "nowhere" / "b.zip"), status=1)
    with app.app_context():
        assert db.session.get(Entry, 1) is None


def test_a_backup_that_no_key_opens_leaves_the_place_empty(tmp_path: Path) -> None:
    backup, there = tmp_path / "b.zip", f"sqlite:///{tmp_path}/there.db"
    with make_app(f"sqlite:///{tmp_path}/here.db", tmp_path / "here", DATABASE_KEY="one").app_context():
        migrating.bring_up_to_date()
        archive.make(backup)
        db.engine.dispose()
    for key in ("another", "", "one"):
        with make_app(there, tmp_path / "there", DATABASE_KEY=key).app_context():
            if key == "one":
                archive.restore(backup)
            else:
                with pytest.raises(BackupError, match="DATABASE_KEY"):
                    archive.restore(backup)
            db.session.remove()
            db.engine.dispose()


@pytest.mark.parametrize(
    "change", [{"files": None}, {"files": []}, {"entries": "x"}, {"faults": 1}, {"files": {"files/../../evil": "0" * 64}}], ids=str
)
def test_a_manifest_that_is_none_of_ours_is_told(journal: Factory, new_app: NewApp, tmp_path: Path, change: dict[str, object]) -> None:
    path = tmp_path / "b.zip"
    with journal.app.app_context():
        archive.make(path)
    with zipfile.ZipFile(path) as good:
        manifest = {**json.loads(good.read("manifest.json")), **change}
    with zipfile.ZipFile(tmp_path / "c.zip", "w") as other:
        other.writestr("manifest.json", json.dumps(manifest))
    assert "Can't read the manifest" in run(new_app(), "restore", str(tmp_path / "c.zip"), status=1)
    assert "file name too long" in run(journal.app, "backup", "--output", str(tmp_path / ("x" * 300)), status=1).lower()


def test_keeping_the_latest_touches_nothing_but_good_backups_of_this_journal(journal: Factory, new_app: NewApp, tmp_path: Path) -> None:
    export = tmp_path / "daybook-export.zip"
    export.write_bytes(b"a person's own export")
    other = Factory(new_app())
    with other.app.app_context():
        migrating.bring_up_to_date()
        archive.make(tmp_path / "daybook-other.zip")
    with journal.app.app_context():
        for number in range(3):
            archive.make(tmp_path / f"daybook-{number}.zip")
        removed = archive.prune(tmp_path, 1, 0, clock.now())
    assert len(removed) == 2 and export.exists() and (tmp_path / "daybook-other.zip").exists()


@pytest.mark.parametrize("column", ["html", "excerpt"])
def test_damage_in_what_is_shown_is_found(journal: Factory, column: str) -> None:
    with journal.app.app_context(), db.engine.begin() as connection:
        connection.execute(text(f"UPDATE entry SET {column} = {column} || 'x' WHERE id = (SELECT min(id) FROM entry)"))
    assert any("is not shown as it was saved" in fault for fault in faults(journal.app))


def test_a_file_that_takes_the_databases_place_is_noticed_before_a_save(journal: Factory) -> None:
    with journal.app.app_context():
        if db.engine.dialect.name != "sqlite":
            return
        path = Path(db.engine.url.database or "")
        assert db.session.scalar(text("SELECT 1")) == 1
        db.session.remove()
        aside = path.with_name(f"{path.name}.aside")
        path.rename(aside)
        shutil.copyfile(aside, path)
        with pytest.raises(OperationalError, match="moved, removed or replaced"), writing():
            pytest.fail("it was begun")
        assert migrating.problem() == "unreachable"
        aside.rename(path)
        with writing():
            pass


def test_a_time_with_an_offset_is_kept_as_a_time_and_settings_that_are_absent_stay() -> None:
    assert clock_time("12:00:00+05:00") == time(12) and clock_time("12:00:00.5Z") == time(12)
    user = User(mood_enabled=True, keep_originals=True, lock_after_days=7, prompts="What now?", timezone="UTC", locale="en")
    importing.take_over_settings(user, {"theme": "dark"}, ["en"])
    assert (user.mood_enabled, user.keep_originals, user.lock_after_days, user.prompts, user.theme) == (True, True, 7, "What now?", "dark")


def test_damage_in_what_is_typed_and_not_saved_is_found(journal: Factory) -> None:
    with journal.app.app_context():
        with writing():
            typed = drafts.Typed("k", 1, 0, "Title", "Half a thought", "2026-03-01", "", "", "private")
            drafts.keep(journal.ada, typed, None, clock.now())
            writing_preferences.add_template(journal.ada, "Morning", "Weather:", "sea", clock.now())
        assert faults(journal.app) == []
        with db.engine.begin() as connection:
            connection.execute(text("UPDATE draft SET body = body || 'x'"))
            connection.execute(text("UPDATE template SET body = body || 'x'"))
    found = faults(journal.app)
    assert any("is not what was typed" in fault for fault in found) and any("is not what was written" in fault for fault in found)
