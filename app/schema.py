"""The database's schema: whether it is the one this version needs, and bringing it there without risk."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from alembic.config import Config as AlembicConfig
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from click import ClickException
from flask import current_app
from flask_migrate import upgrade
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import SQLAlchemyError

from app import clock
from app.database import copy_sqlite_to
from app.extensions import db

ADVISORY_LOCK = 7_361_952
COPIES_KEPT = 5


class SchemaError(ClickException):
    """The database cannot be served or upgraded as it is; the message says what to do."""


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
    return MigrationContext.configure(connection).get_current_revision()


@lru_cache(maxsize=1)
def newest_revision() -> str | None:
    """Return the revision that this version of Daybook needs."""
    return _scripts().get_current_head()


def bring_up_to_date() -> Path | None:
    """Migrate under a lock, after a copy of an SQLite file that holds anything; return the copy's path if one was made.

    Raises SchemaError for a database that a newer version of Daybook has already upgraded.
    """
    with _only_one():
        with db.engine.connect() as connection:
            revision = current_revision(connection)
            has_rows = bool(inspect(connection).get_table_names())
        if revision == newest_revision():
            return None
        if revision is not None and revision not in {script.revision for script in _scripts().walk_revisions()}:
            raise SchemaError(
                f"The database is at revision {revision}, which this version of Daybook does not know. "
                "It was upgraded by a newer version: run that one, or restore the copy made before the upgrade."
            )
        copy = _copy_of_sqlite() if has_rows else None
        upgrade()
        return copy


def _copy_of_sqlite() -> Path | None:
    """Keep a copy of an SQLite database from before an upgrade; the last five stay."""
    if db.engine.dialect.name != "sqlite":
        return None
    folder = Path(current_app.config["DATA_DIR"], "before-upgrade")
    folder.mkdir(mode=0o700, exist_ok=True)
    final = folder / f"daybook-{clock.now():%Y%m%dT%H%M%S}.db"
    partial = final.with_suffix(".partial")
    partial.unlink(missing_ok=True)
    copy_sqlite_to(partial)
    partial.rename(final)
    for old in sorted(folder.glob("daybook-*.db"))[:-COPIES_KEPT]:
        old.unlink()
    return final


@contextmanager
def _only_one() -> Iterator[None]:
    """Hold the lock that two servers starting at once take turns with."""
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


def _scripts() -> ScriptDirectory:
    settings = AlembicConfig()
    settings.set_main_option("script_location", current_app.extensions["migrate"].directory)
    return ScriptDirectory.from_config(settings)
