"""Taking a database out of its engine and putting it into an empty one."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import current_app
from sqlalchemy import Connection, inspect, make_url, text
from sqlalchemy.exc import DatabaseError
from sqlcipher3 import dbapi2 as sqlcipher

from app.database.engine import copy_sqlite_to, open_readonly
from app.database.errors import BackupError
from app.extensions import db
from app.storage import temporary

OTHER_KEY = "The %s in this backup can't be opened with this DATABASE_KEY. Set the key it was made with, or none if it had none."


def name_of_copy() -> str:
    """Return what the database is called inside a backup."""
    return "database.db" if is_sqlite() else "database.dump"


def is_sqlite() -> bool:
    """Say which of the two engines it is."""
    return db.engine.dialect.name == "sqlite"


def copy_to(path: Path, *options: str) -> None:
    """Write a copy of the database, as it is at one moment, to `path` while others use it; raise BackupError.

    `options` are more of pg_dump's own, for PostgreSQL.
    """
    try:
        if is_sqlite():
            copy_sqlite_to(path)
        else:
            _run("pg_dump", "--format=custom", f"--file={path}", *options)
        path.chmod(0o600)
        with path.open("rb+") as file:
            os.fsync(file.fileno())
    except (OSError, sqlcipher.Error) as problem:
        raise BackupError(f"{path} could not be written: {problem}.") from problem


@contextmanager
def dumped(path: Path) -> Iterator[Connection]:
    """Write a copy of the database as `copy_to` does.

    Yields a connection that sees what the copy holds: the copy itself on SQLite, the very snapshot on PostgreSQL.
    """
    if is_sqlite():
        copy_to(path)
        with open_readonly(path, current_app.config["DATABASE_KEY"]) as connection:
            yield connection
        return
    with db.engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        snapshot = connection.scalar(text("SELECT pg_export_snapshot()"))
        copy_to(path, f"--snapshot={snapshot}")
        yield connection


def refuse_unless_readable(path: Path) -> None:
    """Raise BackupError where a copy of an SQLite database cannot be read with the passphrase of the settings."""
    if not is_sqlite():
        return
    try:
        with open_readonly(path, current_app.config["DATABASE_KEY"]) as connection:
            inspect(connection).get_table_names()
    except (DatabaseError, sqlcipher.Error) as problem:
        raise BackupError(OTHER_KEY % "database") from problem


def load(path: Path) -> None:
    """Put a copy into the database, which has to be empty; raise BackupError and leave it empty if that fails."""
    refuse_unless_empty()
    if not is_sqlite():
        _run("pg_restore", "--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error", "--dbname", _address()[0], str(path))
        return
    final = _remove_file()
    with path.open("rb") as copy, temporary.appearing(final) as file:
        shutil.copyfileobj(copy, file)


@contextmanager
def left_as_it_was() -> Iterator[None]:
    """Where what is done inside fails, leave no file of an SQLite database that was not there before: it would have today's passphrase."""
    was_there = not is_sqlite() or Path(db.engine.url.database or "").exists()
    try:
        yield
    except BaseException:
        if not was_there:
            _remove_file()
        raise


def _remove_file() -> Path:
    """Remove the file of the SQLite database with what belongs to it, and return where it was."""
    db.session.remove()
    db.engine.dispose()
    final = Path(db.engine.url.database or "").resolve()
    for rest in ("", "-wal", "-shm"):
        final.with_name(final.name + rest).unlink(missing_ok=True)
    return final


def refuse_unless_empty() -> None:
    """Raise BackupError where the database holds anything already."""
    with db.engine.connect() as connection:
        if inspect(connection).get_table_names():
            raise BackupError("Can't restore: the database isn't empty. Use an empty one, so that nothing gets overwritten.")


def _address() -> tuple[str, dict[str, str]]:
    """Return the server's address without its password, and the environment that holds it."""
    url = make_url(db.engine.url.render_as_string(hide_password=False))
    environ = {**os.environ, **({"PGPASSWORD": str(url.password)} if url.password else {})}
    plain = url.set(drivername="postgresql", password=None).render_as_string(hide_password=False)
    return plain, environ


def _run(program: str, *arguments: str) -> None:
    found = shutil.which(program) or max(map(str, Path("/usr/lib/postgresql").glob(f"*/bin/{program}")), default="")
    if not found:
        raise BackupError(f"{program} is not installed. It comes with PostgreSQL's client programs.")
    address, environ = _address()
    target = [] if program == "pg_restore" else ["--dbname", address]
    done = subprocess.run([found, *target, *arguments], env=environ, capture_output=True, text=True, check=False)  # noqa: S603  # no word of anybody's
    if done.returncode:
        raise BackupError(f"{program} failed: {done.stderr.strip().splitlines()[-1] if done.stderr.strip() else done.returncode}")
