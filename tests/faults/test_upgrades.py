"""Upgrades: from the baseline to a migration as there will be some, killed at any step, and never in place of a journal that is gone.

`python -m benchmarks.upgrades` does the same with every schema, more entries and more kills.
"""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import Connection, event, text

from app.backup import archive
from app.database import dump, installation, migrating
from app.database.errors import BackupError
from app.extensions import db
from app.operations import attachments
from app.storage import blobs
from migrations.fingerprint import ContentsChanged, contents, refuse_changes
from tests.cli.test_journals import run
from tests.conftest import NewApp, NewPlace, make_app
from tests.factories import Factory
from tests.upgrades import OLDEST, Journal, kill_at, one_more_migration, uncopied

ENTRIES = 1000
KILLS = 2


@pytest.fixture
def place(new_app: NewApp, migrated: str, tmp_path: Path) -> Iterator[Flask]:
    """An application on a database of its own, of a schema that is newer than the newest, in a folder that is marked as its."""
    with one_more_migration(tmp_path / "later"):
        app = new_app(migrated)
        with app.app_context(), uncopied():
            migrating.bring_up_to_date()
        yield app


def test_a_thousand_entries_go_up_down_and_up(place: Flask, tmp_path: Path) -> None:
    Journal(place, tmp_path, ENTRIES).up_down_and_up(OLDEST)


def test_an_upgrade_that_is_killed_leaves_the_old_or_the_new(place: Flask, tmp_path: Path) -> None:
    journal = Journal(place, tmp_path, 300)
    journal.go_to(OLDEST)
    journal.keep()
    steps = journal.upgrade_killed_at(0)
    kill_at(journal, [steps * number // KILLS for number in range(1, KILLS)] + [steps])


def test_a_migration_that_would_change_what_people_wrote_is_undone(place: Flask, caplog: pytest.LogCaptureFixture) -> None:
    entry = Factory(place).entry(body="Word for word.")
    with place.app_context():
        downgrade(revision=OLDEST)

        def spoil(connection: Connection, _cursor: object, statement: str, *_rest: object) -> None:
            if statement.startswith("INSERT INTO trial"):
                connection.exec_driver_sql("UPDATE entry SET body = 'Almost word for word.'")

        event.listen(db.engine, "before_cursor_execute", spoil)
        with pytest.raises(SystemExit):
            upgrade()
        assert "entry had 1 rows and would have 1, or other words in them: nothing was changed" in caplog.text
        event.remove(db.engine, "before_cursor_execute", spoil)
        assert migrating.problem() == "not migrated"
        upgrade()
    assert Factory(place).again(entry).body == "Word for word."


def test_flask_db_upgrade_keeps_a_copy_too_and_that_can_be_put_back(place: Flask, new_app: NewApp) -> None:
    entry = Factory(place).entry(body="Before it all.")
    with place.app_context():
        downgrade(revision=OLDEST)
        left = migrating._copies()[0].with_suffix(".partial")
        left.touch()
        upgrade()
        copy = migrating._copies()[-1]
        assert not left.exists(), "what an upgrade left that was killed"
    back = new_app()
    with back.app_context():
        dump.load(copy)
        with db.engine.connect() as connection:
            assert migrating.current_revision(connection) == OLDEST
        migrating.bring_up_to_date()
    assert Factory(back).again(entry).body == "Before it all."


def test_a_database_that_cannot_be_copied_is_not_changed(place: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_path: Path) -> None:
        raise BackupError("No space left on device.")

    with place.app_context():
        downgrade(revision=OLDEST)
        monkeypatch.setattr(dump, "copy_to", full)
        with pytest.raises(migrating.SchemaError, match=r"Nothing was changed, because no copy .* No space left"):
            migrating.bring_up_to_date()
        with db.engine.connect() as connection:
            assert migrating.current_revision(connection) == OLDEST
        assert not [path for path in migrating._copies()[0].parent.iterdir() if path.suffix == ".partial"]


def gone(app: Flask) -> None:
    """Take the database away as a disk or a slip would: no file, or nothing in it."""
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
        if db.engine.dialect.name == "sqlite":
            for rest in ("", "-wal", "-shm"):
                Path(f"{db.engine.url.database}{rest}").unlink(missing_ok=True)
        else:
            with db.engine.begin() as connection:
                connection.execute(text("DROP SCHEMA public CASCADE"))
                connection.execute(text("CREATE SCHEMA public"))


def is_empty(app: Flask) -> bool:
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            return not Path(db.engine.url.database or "").exists()
        with db.engine.connect() as connection:
            return not db.inspect(connection).get_table_names()


def test_a_journal_whose_database_is_gone_is_not_begun_anew(place: Flask, tmp_path: Path) -> None:
    with place.app_context():
        entry = Factory(place).entry()
        archive.make(tmp_path / "b.zip")
    gone(place)
    for act in (migrating.bring_up_to_date, upgrade, lambda: run(place, "user", "list")):
        with place.app_context(), pytest.raises((Exception, SystemExit)) as refusal:
            act()
        assert "gone" in str(refusal.value) or act is not migrating.bring_up_to_date
        assert is_empty(place)
    with place.app_context():
        assert archive.restore(tmp_path / "b.zip").entries == 1
        assert migrating.bring_up_to_date() is None
    assert Factory(place).again(entry).body == entry.body


def test_an_empty_file_is_not_taken_for_the_journal(place: Flask, engine_name: str) -> None:
    with place.app_context():
        gone(place)
        if engine_name == "sqlite":
            Path(db.engine.url.database or "").touch()
        with pytest.raises(installation.WrongDatabase, match="To begin a new journal instead, give it a DATA_DIR of its own"):
            migrating.bring_up_to_date()
        installation.write_id_file(None)
        migrating.bring_up_to_date()
        assert migrating.problem() is None and installation.marker().exists()


def test_nothing_is_swept_from_the_folder_of_another_journal(place: Flask, tmp_path: Path, new_place: NewPlace) -> None:
    with place.app_context(), blobs.files().keeping():
        blobs.files().put(io.BytesIO(b"a picture of the journal that is gone"))
    mixed = make_app(new_place(), Path(place.config["DATA_DIR"]))
    with mixed.app_context():
        installation.marker().rename(tmp_path / "aside")
        migrating.bring_up_to_date()
        (tmp_path / "aside").rename(installation.marker())
        assert not attachments.delete_orphaned_blobs() and len(list(blobs.files().digests())) == 1
        db.session.remove()
        db.engine.dispose()


def test_a_first_start_that_dies_at_commit_can_be_repeated(new_app: NewApp) -> None:
    with new_app().app_context():

        def die(_connection: Connection) -> None:
            raise KeyboardInterrupt

        event.listen(db.engine, "commit", die)
        with pytest.raises(KeyboardInterrupt):
            upgrade()
        event.remove(db.engine, "commit", die)
        assert not installation.marker().exists()
        migrating.bring_up_to_date()
        assert migrating.problem() is None


def test_upgrades_with_nothing_to_do_make_no_copy(place: Flask) -> None:
    with place.app_context():
        for _time in range(3):
            upgrade()
        assert migrating._copies() == []


def test_an_upgrade_that_would_lose_a_table_is_undone(place: Flask) -> None:
    Factory(place).entry()
    with place.app_context(), db.engine.connect().execution_options(writes=True) as connection, connection.begin():
        before = contents(connection)
        connection.execute(text("DELETE FROM entry_tag"))
        connection.execute(text("DROP TABLE entry_tag"))
        refuse_changes({**before, ("entry_tag", ("entry_id", "tag_id")): (0, "")}, connection, is_upgrade=True)
        with pytest.raises(ContentsChanged, match="would be gone"):
            refuse_changes({**before, ("entry_tag", ("entry_id", "tag_id")): (1, "")}, connection, is_upgrade=True)


def test_another_journals_database_is_not_taken_for_this_one(place: Flask, tmp_path: Path, new_place: NewPlace) -> None:
    url = new_place()
    other = make_app(url, tmp_path / "other")
    with other.app_context():
        migrating.bring_up_to_date()
        db.engine.dispose()
    mixed = make_app(url, Path(place.config["DATA_DIR"]))
    with mixed.app_context():
        with pytest.raises(installation.WrongDatabase, match="another journal"):
            migrating.bring_up_to_date()
        db.engine.dispose()
