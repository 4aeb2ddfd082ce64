"""Files in the making, files at rest, and what lies about: nothing is left of a process that ended without a word."""

import io
import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from app import clock, worker
from app.database.transactions import writing
from app.extensions import db
from app.operations import chores, trash
from app.storage import encryption, retention, temporary
from app.storage.blobs import Folder
from tests.factories import Factory

CANARY = b"a word that nobody else may read"
KEY = "a passphrase for the tests"


def everything_in(folder: Path) -> bytes:
    """Return all bytes of all files of a folder, hidden ones too."""
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_a_file_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "file"
    with pytest.raises(RuntimeError), temporary.appearing(path) as file:
        file.write(CANARY)
        raise RuntimeError
    assert not list(tmp_path.iterdir())
    for content in (b"first", b"second"):
        with temporary.appearing(path) as file:
            file.write(content)
    assert path.read_bytes() == b"second" and path.stat().st_mode & 0o777 == 0o600 and len(list(tmp_path.iterdir())) == 1


def test_a_link_is_followed_and_what_is_no_file_is_left_alone(tmp_path: Path) -> None:
    target, link, pipe = tmp_path / "target", tmp_path / "link", tmp_path / "pipe"
    target.write_bytes(b"before")
    link.symlink_to(target)
    os.mkfifo(pipe)
    with temporary.appearing(link) as file:
        file.write(b"after")
    assert target.read_bytes() == b"after" and link.is_symlink()
    for odd in (pipe, tmp_path):
        with pytest.raises(OSError, match="no plain file"), temporary.appearing(odd) as file:
            file.write(b"x")
    assert pipe.is_fifo()


PROGRAM = """
import sys, time
from pathlib import Path
from app.storage import temporary
with temporary.appearing(Path(sys.argv[1], "file")) as file:
    file.write({canary!r})
    file.flush()
    print("begun", flush=True)
    time.sleep(60)
"""


def test_nothing_is_left_of_a_process_that_was_killed(tmp_path: Path) -> None:
    program = PROGRAM.format(canary=CANARY)
    child = subprocess.Popen([sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE, cwd=Path.cwd())
    assert child.stdout and child.stdout.readline() == b"begun\n"
    child.send_signal(signal.SIGKILL)
    child.wait()
    child.stdout.close()
    assert CANARY not in everything_in(tmp_path)


def test_what_is_half_written_is_swept_unless_somebody_writes_it(context: Flask, tmp_path: Path) -> None:
    left = tmp_path / f"{temporary.PARTIAL}left.partial"
    left.write_bytes(CANARY)
    other = tmp_path / "somebody-elses.partial"
    other.write_bytes(b"x")
    with temporary.appearing(tmp_path / "file") as file:
        file.write(b"x")
    assert not left.exists() and other.exists()
    with temporary.room() as room:
        stray = temporary._rooms() / "stray"
        stray.mkdir()
        (stray / "copy").write_bytes(CANARY)
        temporary.sweep()
        assert room.exists() and not stray.exists()
    assert not room.exists()


@pytest.mark.parametrize(
    "size", [0, 1, encryption.PIECE - 1, encryption.PIECE, encryption.PIECE + 1, 3 * encryption.PIECE, 3 * encryption.PIECE + 17]
)
def test_files_at_rest_are_encrypted_and_read_from_any_place(tmp_path: Path, size: int) -> None:
    content = (CANARY * (size // len(CANARY) + 1))[:size]
    store = Folder(tmp_path, KEY)
    digest, length = store.put(io.BytesIO(content))
    assert length == size and (size < len(CANARY) or CANARY not in everything_in(tmp_path))
    with store.open(digest) as file:
        assert file.read() == content
        for place in {0, 1, size // 2, max(0, size - 5)}:
            file.seek(place)
            assert file.read(100) == content[place : place + 100]
        assert file.seek(0, 2) == size


def test_a_changed_file_and_another_key_are_noticed(tmp_path: Path) -> None:
    content = CANARY * 10_000
    digest, _size = Folder(tmp_path, KEY).put(io.BytesIO(content))
    path = tmp_path / digest[:2] / digest[2:]
    kept = path.read_bytes()
    with pytest.raises(OSError, match="DATABASE_KEY"), Folder(tmp_path, "another").open(digest) as file:
        file.read()
    piece = encryption.PIECE + encryption.TAG
    header = encryption.HEADER
    for changed in (
        kept[:-1] + bytes([kept[-1] ^ 1]),
        kept[: header + piece],
        kept[:header] + kept[header + piece : header + 2 * piece] + kept[header : header + piece] + kept[header + 2 * piece :],
    ):
        path.write_bytes(changed)
        with pytest.raises(OSError, match="changed"), Folder(tmp_path, KEY).open(digest) as file:
            file.read()


def test_files_from_before_the_key_was_set_are_still_read(tmp_path: Path) -> None:
    digest, _size = Folder(tmp_path).put(io.BytesIO(CANARY))
    with Folder(tmp_path, KEY).open(digest) as file:
        assert file.read() == CANARY


def test_copies_and_kept_emails_are_aged_out(context: Flask, factory: Factory) -> None:
    folder, now = Path(context.config["DATA_DIR"]), clock.now()
    for name, stays in ((retention.COPIES, retention.COPIES_KEPT_FOR), (retention.EMAILS, retention.EMAILS_KEPT_FOR)):
        (folder / name).mkdir(exist_ok=True)
        for age, is_kept in ((stays - timedelta(hours=1), True), (stays + timedelta(hours=1), False)):
            path = folder / name / f"{age.total_seconds():.0f}"
            path.write_bytes(b"words")
            moment = (now - age).timestamp()
            os.utime(path, (moment, moment))
            retention.forget_old(now)
            assert path.exists() is is_kept
            path.unlink(missing_ok=True)


def test_modes_are_mended_from_any_shell(context: Flask) -> None:
    folder = Path(context.config["DATA_DIR"])
    path = folder / "last-backup.json"
    path.write_bytes(b"{}")
    path.chmod(0o666)
    retention.mend_modes()
    assert path.stat().st_mode & 0o777 == 0o600
    path.unlink()


def test_deleted_words_leave_the_log_with_the_next_chore(context: Flask, factory: Factory) -> None:
    entry = factory.entry(body="Unforgettable quicksilver.", trashed=True)
    if db.engine.dialect.name != "sqlite":
        return
    path = Path(db.engine.url.database or "")
    with writing() as session:
        trash.delete_for_good(session.get_one(type(entry), entry.id))
    worker.do_chores(clock.now())
    db.session.remove()
    content = b"".join(Path(f"{path}{rest}").read_bytes() for rest in ("", "-wal") if Path(f"{path}{rest}").exists())
    assert b"quicksilver" not in content


def test_one_chore_that_fails_stops_no_other(context: Flask, factory: Factory, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []

    def fails(_now: object) -> None:
        raise RuntimeError("always")

    everything = [chores.Chore("bad", fails), chores.Chore("good", lambda _now: done.append("x"))]
    now = clock.now()
    for minutes in range(60):
        chores.do_due(everything, now + timedelta(minutes=minutes))
    assert len(done) == 1 and everything[0].failures == 6
    assert chores.outcomes()["bad"] == {"done_at": None, "error": "RuntimeError"}


def test_what_is_looked_at_every_second_is_written_down_only_when_it_changes(context: Flask, factory: Factory) -> None:
    faults = [RuntimeError("once")]

    def looks(_now: object) -> None:
        if faults:
            raise faults.pop()

    often, now = chores.Chore("often", looks, every=timedelta(0)), clock.now()
    chores.do_due([often], now)
    assert chores.outcomes()["often"]["error"] == "RuntimeError"
    chores.do_due([often], now + timedelta(minutes=2))
    assert chores.outcomes()["often"]["error"] is None
    Path(context.config["DATA_DIR"], chores.OUTCOMES).unlink()
    chores.do_due([often], now + timedelta(minutes=2, seconds=1))
    assert not chores.outcomes()


def test_failing_chores_are_told_to_who_watches(app: Flask, factory: Factory) -> None:
    with app.app_context():
        chores.do_due([chores.Chore("bad", lambda _now: 1 / 0)], clock.now())
    told = app.test_client().get("/readyz").json
    assert told and told["failing_chores"] == ["bad"]
    with app.app_context():
        Path(app.config["DATA_DIR"], chores.OUTCOMES).unlink()
