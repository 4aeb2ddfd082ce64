"""The database's schema: whether it is the one this version needs, and bringing it there without risk."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path
from typing import Any

from click import ClickException
from flask import Flask, current_app
from sqlalchemy import Connection, column, inspect, select, table, text
from sqlalchemy.exc import SQLAlchemyError

from app import clock
from app.database import dump, installation
from app.database.errors import BackupError
from app.extensions import db
from app.storage import temporary

ADVISORY_LOCK = 7_361_952
COPIES_KEPT = 5
MIGRATIONS = Path(__file__).parents[2] / "migrations"
_VERSION = table("alembic_version", column("version_num"))
_holds: ContextVar[bool] = ContextVar("holds_schema_lock", default=False)


class SchemaError(ClickException):
    """The database cannot be served or upgraded as it is; the message says what to do."""


class _Migrations:
    """What Flask-Migrate keeps of an application, made when a command first asks: Alembic takes 12 MB and 0.15 s to load."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    def __getattr__(self, name: str) -> Any:
        from flask_migrate import Migrate

        Migrate(self._app, db, str(MIGRATIONS), render_as_batch=True, compare_type=True)
        return getattr(self._app.extensions["migrate"], name)


def init_app(app: Flask) -> None:
    """Let the commands of Flask-Migrate find the migrations of `app`."""
    app.extensions["migrate"] = _Migrations(app)


def problem() -> str | None:
    """Return why the database cannot be served, or None when it can: `unreachable`, `not migrated`."""
    try:
        revision = current_revision(db.session.connection())
    except SQLAlchemyError:
        return "unreachable"
    finally:
        db.session.rollback()
    return None if revision == newest_revision() else "not migrated"


def current_revision(connection: Connection) -> str | None:
    """Return the revision a database is at, None before the first."""
    if not inspect(connection).has_table(_VERSION.name):
        return None
    found: str | None = connection.scalar(select(_VERSION.c.version_num))
    return found


@lru_cache(maxsize=1)
def newest_revision() -> str | None:
    """Return the revision that this version of Daybook needs."""
    return max(revisions(), default=None)


def bring_up_to_date() -> Path | None:
    """Migrate where that is needed, as `changing` does it; return the path of the copy if one was made."""
    with _only_one():
        with db.engine.connect() as connection:
            installation.refuse_unless_ours(connection)
            is_newest = current_revision(connection) == newest_revision()
            if is_newest:
                installation.write_marker(connection)
        if is_newest:
            return None
        from flask_migrate import upgrade

        before = set(_copies())
        upgrade()
        return next((path for path in _copies() if path not in before), None)


@contextmanager
def changing(target: str) -> Iterator[None]:
    """Hold the lock under which the schema is changed to the revision `target` (nothing for the base).

    A database that holds anything, and is to be changed, is copied first.

    Raises SchemaError for a database of a newer version of Daybook, of one from before 0.2.0, and one that cannot be copied, and
    installation.WrongDatabase for one that is empty or not ours; none is touched.
    """
    with _only_one():
        with db.engine.connect() as connection:
            installation.refuse_unless_ours(connection)
            revision = current_revision(connection)
            has_rows, is_needed = bool(inspect(connection).get_table_names()), (revision or "") != target
        if revision is not None and revision not in revisions():
            raise SchemaError(_unknown(revision))
        if has_rows and is_needed:
            _copy()
        yield


def refuse_another_schema() -> None:
    """Raise SchemaError where the database is at another revision than this version's; one that has none yet is nobody's."""
    if dump.is_sqlite() and not Path(db.engine.url.database or "").exists():
        return
    with db.engine.connect() as connection:
        revision = current_revision(connection)
    if revision is None or revision == newest_revision():
        return
    if revision not in revisions():
        raise SchemaError(_unknown(revision))
    raise SchemaError(f"The database is at revision {revision}, of an older version. Run `db upgrade` first; it makes a copy before.")


def _unknown(revision: str) -> str:
    if revision < min(revisions()):
        return (
            f"The database is at revision {revision}, of a version of Daybook from before 0.2.0; nothing was changed. Export each person's "
            "journal with that version, and import it here into a new database with a DATA_DIR of its own: docs/upgrading.md says how."
        )
    return (
        f"The database is at revision {revision}, which this version of Daybook does not know. "
        "It was upgraded by a newer version: run that one, or restore the copy made before the upgrade."
    )


def _copy() -> None:
    """Keep a copy of the database from before a change of its schema; the last five stay."""
    folder = Path(current_app.config["DATA_DIR"], "before-upgrade")
    folder.mkdir(mode=0o700, exist_ok=True)
    for left in folder.glob("*.partial"):
        left.unlink()
    final = folder / f"daybook-{clock.now():%Y%m%dT%H%M%S%f}{Path(dump.name_of_copy()).suffix}"
    partial = final.with_suffix(".partial")
    try:
        dump.copy_to(partial)
    except BackupError as problem:
        partial.unlink(missing_ok=True)
        raise SchemaError(f"Nothing was changed, because no copy of the database could be made before. {problem.message}") from problem
    partial.rename(final)
    temporary.sync(folder)
    for old in _copies()[:-COPIES_KEPT]:
        old.unlink()


def _copies() -> list[Path]:
    names = Path(current_app.config["DATA_DIR"], "before-upgrade").glob("daybook-*")
    return sorted(path for path in names if path.suffix != ".partial")


@contextmanager
def _only_one() -> Iterator[None]:
    """Hold the lock that two servers starting at once take turns with; who holds it already goes on."""
    if _holds.get():
        yield
        return
    token = _holds.set(True)
    try:
        with _lock():
            yield
    finally:
        _holds.reset(token)


@contextmanager
def _lock() -> Iterator[None]:
    if db.engine.dialect.name == "postgresql":
        with db.engine.connect() as connection:
            connection.execute(text("SET lock_timeout = 0"))
            connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": ADVISORY_LOCK})
            try:
                yield
            finally:
                connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": ADVISORY_LOCK})
        return
    with Path(current_app.config["DATA_DIR"], "upgrade.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def revisions() -> set[str]:
    """Return the revisions of this version: each migration's file begins with its own, and they are numbered in their order."""
    return {path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*_*.py")}
