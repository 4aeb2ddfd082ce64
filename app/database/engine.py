"""How Daybook talks to SQLite and to PostgreSQL: engine options, what every connection is told, and copies of an SQLite file."""

import hashlib
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import OperationalError
from sqlcipher3 import dbapi2 as sqlcipher

from app.extensions import db
from app.storage.blobs import MARKER

BUSY_WAIT_MS = 5000
SALT_LENGTH, KEY_ITERATIONS = 16, 256_000
RAW_KEY = re.compile("[xX]'(?:[0-9a-fA-F]{64}|[0-9a-fA-F]{96})'")
THREADS = 16
"""How many requests one worker serves at once; each may hold a connection of its own."""


_may_make_anew: ContextVar[bool] = ContextVar("may_make_anew", default=False)


def engine_options(url: str) -> dict[str, Any]:
    """Return `create_engine` arguments for a database address; errors never quote values, which are people's words."""
    if make_url(url).get_backend_name() == "sqlite":
        return {"hide_parameters": True, "module": sqlcipher, "max_overflow": THREADS}
    options = f"-c timezone=UTC -c lock_timeout={BUSY_WAIT_MS}"
    return {
        "hide_parameters": True,
        "pool_pre_ping": True,
        "max_overflow": THREADS,
        "connect_args": {"options": options, "connect_timeout": 5},
    }


def init_app(app: Flask) -> None:
    """Set up the engine of `app` once its extension is bound."""
    with app.app_context():
        engine = db.engine
    if engine.dialect.name == "sqlite":
        set_up_sqlite(engine, app.config["DATABASE_KEY"])
        _refuse_to_make_anew(engine, Path(app.config["DATA_DIR"], MARKER))


def set_up_sqlite(engine: Engine, key: str = "") -> None:
    """Give every connection of `engine` the pragmas that keep a journal safe, and real transactions.

    WAL with synchronous=FULL is on disk at commit (sqlite.org/pragma.html#pragma_synchronous); the driver's own implicit
    transactions are switched off because they lose updates between a read and a write.
    """

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        _unlock(connection, Path(engine.url.database or ""), key)
        connection.create_function("occurrences", 3, _occurrences, deterministic=True)
        try:
            for pragma in ("foreign_keys=ON", "journal_mode=WAL", "synchronous=FULL", "secure_delete=ON", f"busy_timeout={BUSY_WAIT_MS}"):
                connection.execute(f"PRAGMA {pragma}").close()
        except sqlcipher.DatabaseError as problem:
            if "not a database" not in str(problem):
                raise
            raise sqlcipher.OperationalError(_why_unreadable(Path(engine.url.database or ""), key)) from problem

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        driver: Any = connection.connection.driver_connection
        options = connection.get_execution_options()
        if options.get("writes", False):
            _begin_writing(driver, options.get("patience", BUSY_WAIT_MS / 1000))
        else:
            driver.execute("BEGIN").close()


def _occurrences(text: str, part: str, longest: int) -> int:
    """Return how often a part is in so many characters of a text. SQLite's own replace() and instr() go through it byte by byte."""
    return text.count(part, 0, longest)


def _why_unreadable(path: Path, key: str) -> str:
    """Return what is most likely the matter with a file that is no database to SQLite, and what to do."""
    with suppress(OSError), path.open("rb") as file:
        if file.read(16) == b"SQLite format 3\0":
            return (
                f"{path} is not encrypted, and DATABASE_KEY is set. Unset it; to encrypt a journal, export it and import it into a new one "
                "whose DATABASE_KEY is set from the beginning."
            )
    if key:
        return f"{path} cannot be read with DATABASE_KEY: set the passphrase that the journal was begun with."
    return f"{path} is encrypted, or no database: set DATABASE_KEY to the passphrase that the journal was begun with."


def _refuse_to_make_anew(engine: Engine, marker: Path) -> None:
    """Let no connection make an empty file where the journal's database was and is gone (see `app.database.installation`)."""
    path = engine.url.database or ""
    if not path or path == ":memory:" or path.startswith("file:"):
        return

    seen: dict[str, int] = {}

    @event.listens_for(engine, "do_connect")
    def look(_dialect: object, _record: object, _arguments: object, _options: object) -> None:
        if marker.exists() and not Path(path).exists() and not _may_make_anew.get():
            raise sqlcipher.OperationalError(f"the database file {path} is gone: restore a backup, or set DATABASE_URL to where it is")

    @event.listens_for(engine, "connect")
    def remember(_connection: object, _record: object) -> None:
        if _may_make_anew.get():
            seen.clear()
        with suppress(OSError):
            seen.setdefault("inode", Path(path).stat().st_ino)

    @event.listens_for(engine, "engine_disposed")
    def begin_anew(_engine: Engine) -> None:
        seen.clear()

    @event.listens_for(engine, "begin")
    def refuse_another_file(_connection: Connection) -> None:
        """Write to no file that has lost its name, nor to one that took its place: what is saved there is lost at a restart."""
        try:
            is_there = Path(path).stat().st_ino == seen.get("inode")
        except OSError:
            is_there = False
        if not is_there and not _may_make_anew.get():
            gone = sqlcipher.OperationalError(f"the database file {path} was moved, removed or replaced: put it back, or restart Daybook")
            raise OperationalError("BEGIN", None, gone)


@contextmanager
def allow_creating_database() -> Iterator[None]:
    """Allow connections to make the database file where a journal's was."""
    token = _may_make_anew.set(True)
    try:
        yield
    finally:
        _may_make_anew.reset(token)


def _begin_writing(driver: Any, patience: float) -> None:
    """Take SQLite's write lock, or raise OperationalError after `patience` seconds.

    SQLite itself would ask at growing intervals, up to a tenth of a second, and writers that come later would overtake; here
    everybody asks every millisecond.
    """
    driver.execute("PRAGMA busy_timeout=0").close()
    give_up_at = time.monotonic() + patience
    try:
        while not _has_begun(driver, give_up_at):
            time.sleep(0.001)
    finally:
        driver.execute(f"PRAGMA busy_timeout={BUSY_WAIT_MS}").close()


def _has_begun(driver: Any, give_up_at: float) -> bool:
    try:
        driver.execute("BEGIN IMMEDIATE").close()
    except sqlcipher.OperationalError as error:
        if "locked" not in str(error) or time.monotonic() > give_up_at:
            raise OperationalError("BEGIN IMMEDIATE", None, error) from error
        return False
    return True


def truncate_wal() -> None:
    """Let SQLite's log of changes hold nothing of what was deleted; where somebody reads just now, as much as can be."""
    if db.engine.dialect.name == "sqlite":
        connection = db.engine.raw_connection()
        try:
            connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").close()
        finally:
            connection.close()


def copy_sqlite_to(path: Path) -> None:
    """Copy the SQLite file with its own means, so that the copy is whole while others write; it keeps the file's key."""
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.connection.dbapi_connection.execute("VACUUM INTO ?", (str(path),))  # type: ignore[union-attr]


@contextmanager
def open_readonly(path: Path, key: str = "") -> Iterator[Connection]:
    """Open a copy of an SQLite file for reading only."""
    engine = create_engine(f"sqlite:///{path}", **engine_options("sqlite://"))

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        _unlock(connection, path, key)
        connection.execute("PRAGMA query_only=ON").close()

    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def _unlock(connection: Any, path: Path, key: str) -> None:
    """Give a connection the key of its file: derived here where there is a file, by SQLCipher where there will be one."""
    if key:
        salt = _salt_of(path)
        is_passphrase = bool(salt) and not RAW_KEY.fullmatch(key)
        quoted = (_derived(key, salt) if is_passphrase else key).replace("'", "''")
        connection.execute(f"PRAGMA key = '{quoted}'").close()


def _salt_of(path: Path) -> bytes:
    """Return what an encrypted file begins with; nothing of one that is not there yet."""
    with suppress(OSError), path.open("rb") as file:
        salt = file.read(SALT_LENGTH)
        return salt if len(salt) == SALT_LENGTH else b""
    return b""


@lru_cache(maxsize=8)
def _derived(key: str, salt: bytes) -> str:
    """Return the raw key of a passphrase, as SQLCipher 4 derives it (zetetic.net/sqlcipher/design).

    It takes a fifth of a second, which SQLCipher itself takes for every connection anew.
    """
    return f"x'{hashlib.pbkdf2_hmac('sha512', key.encode(), salt, KEY_ITERATIONS, 32).hex()}{salt.hex()}'"
