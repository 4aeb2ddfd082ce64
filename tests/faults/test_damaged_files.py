"""Files whose bytes went bad, and keys that are not theirs: the rest stays within reach, and what is wrong is named."""

import errno
import io
import json
import zipfile
from pathlib import Path
from typing import BinaryIO

import pytest
from flask import Flask
from sqlalchemy import select

from app.backup import archive
from app.database import dump, migrating
from app.database.errors import BackupError
from app.extensions import db
from app.models import AttachmentVariant
from app.storage.blobs import Folder
from tests.conftest import NewApp, make_app
from tests.factories import Factory
from tests.page_client import PageClient


@pytest.fixture(params=["", "a key"], ids=["plain", "encrypted"])
def store(app: Flask, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Folder:
    """The application's store, with and without DATABASE_KEY."""
    store = Folder(Path(app.config["DATA_DIR"], "files"), request.param)
    monkeypatch.setitem(app.extensions, "storage", store)
    return store


def damage(app: Flask, uid: int, store: Folder) -> None:
    """Change a letter in the middle of everything that is kept of a file."""
    with app.app_context():
        for digest in db.session.scalars(select(AttachmentVariant.digest).where(AttachmentVariant.attachment_id == uid)):
            path = store._path(digest)
            content = bytearray(path.read_bytes())
            content[len(content) // 2] ^= 1
            path.chmod(0o600)
            path.write_bytes(content)


def damage_one(store: Folder) -> None:
    """Change the file that a backup names first."""
    path = store._path(min(store.digests()))
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.chmod(0o600)
    path.write_bytes(content)


def test_one_damaged_file_keeps_nobody_from_the_rest(app: Flask, factory: Factory, ada: PageClient, store: Folder, tmp_path: Path) -> None:
    bad, good = factory.picture(content=b"%PDF-1.7 bad", name="bad.pdf"), factory.picture(content=b"%PDF-1.7 good", name="good.pdf")
    factory.entry(body=f"[bad](attachment:{bad.uid}) and [good](attachment:{good.uid})")
    damage(app, bad.id, store)
    told = app.test_cli_runner().invoke(args=["export", "--user", "ada", "--output", str(tmp_path / "o.zip")])
    assert told.exit_code == 0 and "missing from storage or damaged: 1." in told.output
    with zipfile.ZipFile(tmp_path / "o.zip") as written:
        assert written.testzip() is None
        manifest = json.loads(written.read("manifest.json"))
    assert len(manifest["missing"]) == 1 and manifest["missing"][0] not in manifest["files"] and manifest["counts"]["files"] == 2
    ada.visit(f"/file/{good.key}")
    ada.visit(f"/file/{bad.key}", 404 if store.passphrase else 200)


def test_whoever_exports_is_told_what_could_not_be_read(app: Flask, factory: Factory, ada: PageClient, store: Folder) -> None:
    bad = factory.picture(content=b"%PDF-1.7 bad", name="bad.pdf")
    damage(app, bad.id, store)
    ada.submit("/account/export", {}, 200, from_page="/account/export")
    with zipfile.ZipFile(io.BytesIO(ada.response.data)) as written:
        assert written.testzip() is None
    assert "1 file couldn't be read" in ada.visit("/account/export").text


def test_a_key_that_is_not_the_backups_is_told_before_anything_is_written(
    new_app: NewApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = new_app(), new_app()
    with here.app_context():
        migrating.bring_up_to_date()
        monkeypatch.setitem(here.extensions, "storage", Folder(tmp_path / "kept", "one"))
        factory = Factory(here)
        picture = factory.picture(content=b"%PDF-1.7 kept", name="kept.pdf")
        assert picture
        archive.make(tmp_path / "b.zip")
    with there.app_context():
        store = Folder(tmp_path / "again", "one")
        monkeypatch.setitem(there.extensions, "storage", store)
        for key in ("two", ""):
            monkeypatch.setitem(there.config, "DATABASE_KEY", key)
            with pytest.raises(BackupError, match="in this backup can't be opened with this DATABASE_KEY"):
                archive.restore(tmp_path / "b.zip")
            dump.refuse_unless_empty()
            assert not list(store.digests())
        if not dump.is_sqlite():
            monkeypatch.setitem(there.config, "DATABASE_KEY", "one")
            assert archive.restore(tmp_path / "b.zip").variants == 1


def test_the_backup_of_a_damaged_journal_can_be_restored(new_app: NewApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here, there = new_app(), new_app()
    with here.app_context():
        migrating.bring_up_to_date()
        store = Folder(tmp_path / "kept", "one")
        monkeypatch.setitem(here.extensions, "storage", store)
        factory = Factory(here)
        for number in range(3):
            factory.picture(content=b"%%PDF-1.7 %d" % number, name="a.pdf")
        damage_one(store)
        assert archive.make(tmp_path / "b.zip").faults
    with there.app_context():
        store = Folder(tmp_path / "again", "one")
        monkeypatch.setitem(there.extensions, "storage", store)
        monkeypatch.setitem(there.config, "DATABASE_KEY", "" if dump.is_sqlite() else "two")
        with pytest.raises(BackupError, match="DATABASE_KEY"):
            archive.restore(tmp_path / "b-DAMAGED.zip")
        assert not list(store.digests())
        if not dump.is_sqlite():
            monkeypatch.setitem(there.config, "DATABASE_KEY", "one")
            archive.restore(tmp_path / "b-DAMAGED.zip")
            assert len(list(store.digests())) == 3


def test_what_may_pass_is_not_told_as_gone(
    app: Flask, factory: Factory, ada: PageClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = factory.picture(content=b"%PDF-1.7 good", name="good.pdf")

    def busy(*_arguments: object) -> None:
        raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    monkeypatch.setattr(Folder, "open_kept", busy)
    ada.visit(f"/file/{picture.key}", 500)
    told = app.test_cli_runner().invoke(args=["export", "--user", "ada", "--output", str(tmp_path / "never.zip")])
    assert told.exit_code == 1 and "Too many open files" in told.output


def test_an_encrypted_journal_with_one_damaged_file_comes_back(tmp_path: Path) -> None:
    here = make_app(f"sqlite:///{tmp_path}/here.db", tmp_path / "here", DATABASE_KEY="one")
    with here.app_context():
        migrating.bring_up_to_date()
        factory = Factory(here)
        for number in range(3):
            factory.picture(content=b"%%PDF-1.7 %d" % number, name="a.pdf")
        store = Folder(tmp_path / "here" / "files", "one")
        damage_one(store)
        assert archive.make(tmp_path / "b.zip").faults
        db.engine.dispose()
    there = make_app(f"sqlite:///{tmp_path}/there.db", tmp_path / "there", DATABASE_KEY="one")
    with there.app_context():
        assert archive.restore(tmp_path / "b-DAMAGED.zip").variants == 3
        db.session.remove()
        db.engine.dispose()


@pytest.mark.parametrize("error", [errno.EACCES, errno.EIO])
def test_a_file_that_cannot_be_read_keeps_nobody_from_the_rest(
    app: Flask, factory: Factory, ada: PageClient, store: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: int
) -> None:
    bad, good = factory.picture(content=b"%PDF-1.7 bad", name="bad.pdf"), factory.picture(content=b"%PDF-1.7 good", name="good.pdf")
    factory.entry(body=f"[bad](attachment:{bad.uid}) and [good](attachment:{good.uid})")
    with app.app_context():
        digest = db.session.scalars(select(AttachmentVariant.digest).where(AttachmentVariant.attachment_id == bad.id)).one()
    open_kept = store.open_kept

    def refuse(asked: str) -> BinaryIO:
        if asked == digest:
            raise OSError(error, "no")
        return open_kept(asked)

    monkeypatch.setattr(store, "open_kept", refuse)
    told = app.test_cli_runner().invoke(args=["export", "--user", "ada", "--output", str(tmp_path / "o.zip")])
    assert told.exit_code == 0 and "missing from storage or damaged: 1." in told.output
    for one, status in ((bad, 404), (good, 200)):
        with ada.client.get(f"/file/{one.key}") as answer:
            assert answer.status_code == status
    with app.app_context(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(dump, "refuse_unless_empty", lambda: None)
        made = archive.make(tmp_path / "b.zip")
        assert len(made.files) == 2 and "can't be read" in made.faults[0]
    assert (tmp_path / "b-DAMAGED.zip").exists()


def test_what_may_pass_is_no_damage(app: Flask, factory: Factory, store: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    factory.entry(body=f"![x](attachment:{factory.picture().uid})")

    def refuse(asked: str) -> BinaryIO:
        raise OSError(errno.EMFILE, "too many open files")

    monkeypatch.setattr(store, "open_kept", refuse)
    told = app.test_cli_runner().invoke(args=["export", "--user", "ada", "--output", str(tmp_path / "o.zip")])
    assert told.exit_code == 1 and not list(tmp_path.iterdir())
