"""Counters that all workers share and that outlive a restart: the store behind every limit on guessing.

Beside an SQLite journal it is a small file of its own, so that guessing neither waits for a save nor holds one up; on
PostgreSQL a table of the journal's database; elsewhere what `RATELIMIT_STORAGE_URI` names, such as a Redis.
"""

import fcntl
import logging
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol, TypeVar, cast

from click import ClickException
from flask import Flask, current_app
from sqlalchemy import (
    Column,
    Connection,
    Engine,
    Float,
    Insert,
    Integer,
    MetaData,
    String,
    Table,
    bindparam,
    case,
    create_engine,
    delete,
    event,
    func,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DatabaseError, DisconnectionError, IntegrityError, ProgrammingError
from sqlalchemy.schema import CreateTable
from sqlcipher3 import dbapi2 as sqlcipher

from app import clock
from app.database.engine import BUSY_WAIT_MS, engine_options
from app.extensions import db

log = logging.getLogger(__name__)

DAMAGE = ("malformed", "not a database", "no such table", "disk I/O error")
"""What SQLite says of a file that is damaged, or that another process has just replaced."""
Answer = TypeVar("Answer")
COUNTERS = Table(
    "rate_limit",
    MetaData(),
    Column("key", String(200), primary_key=True),
    Column("amount", Integer, nullable=False),
    Column("expires_at", Float, nullable=False),
)


class Storage(Protocol):
    """What is used of a store of the package `limits`, and what takes its place where no other is named."""

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Add to a counter, and return what it holds now."""

    def get(self, key: str) -> int:
        """Return what a counter holds."""

    def get_expiry(self, key: str) -> float:
        """Return when a counter's window is over, in seconds of the epoch."""

    def clear(self, key: str) -> None:
        """Forget one counter."""

    def reset(self) -> int | None:
        """Forget all counters."""


class DatabaseStorage:
    """Fixed-window counters in a table that is made when it is first needed; each change is one atomic statement.

    A file of counters that is damaged is replaced by an empty one: whoever has the right password gets in.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.add = _add(sqlite.insert(COUNTERS) if engine.dialect.name == "sqlite" else postgresql.insert(COUNTERS))
        for _ in range(2):
            with suppress(IntegrityError, ProgrammingError):
                self._ask(_make)

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Add to a counter, which begins anew once its window of `expiry` seconds is over, and return what it holds now."""
        now = clock.now().timestamp()
        values = {"key": key, "amount": amount, "expires_at": now + expiry, "now": now}
        return self._ask(lambda connection: int(connection.execute(self.add, values).scalar_one()))

    def get(self, key: str) -> int:
        """Return what a counter holds, 0 after its window."""
        return int(self._value(COUNTERS.c.amount, key) or 0)

    def get_expiry(self, key: str) -> float:
        """Return when a counter's window is over, in seconds of the epoch; now for one that does not run."""
        return float(self._value(COUNTERS.c.expires_at, key) or clock.now().timestamp())

    def reset(self) -> int:
        """Forget all counters."""
        return self._ask(lambda connection: connection.execute(delete(COUNTERS)).rowcount)

    def clear(self, key: str) -> None:
        """Forget one counter."""
        self._ask(lambda connection: connection.execute(delete(COUNTERS).where(COUNTERS.c.key == key)))

    def forget_expired(self) -> None:
        """Remove counters whose window is over."""
        self._ask(lambda connection: connection.execute(delete(COUNTERS).where(COUNTERS.c.expires_at <= clock.now().timestamp())))

    def _value(self, column: Column[Any], key: str) -> Any:
        running = select(column).where(COUNTERS.c.key == key, COUNTERS.c.expires_at > clock.now().timestamp())
        return self._ask(lambda connection: connection.scalar(running))

    def _ask(self, question: Callable[[Connection], Answer]) -> Answer:
        """Return what a question finds, in a file that begins anew where it is damaged."""
        try:
            with self.engine.connect() as connection:
                return question(connection)
        except (DatabaseError, sqlcipher.DatabaseError) as problem:
            if self.engine.dialect.name != "sqlite" or not _is_damage(problem):
                raise
        self._begin_anew()
        with self.engine.connect() as connection:
            return question(connection)

    def _begin_anew(self) -> None:
        """Put an empty file in the place of a damaged one, unless another process has done so: one at a time looks and acts."""
        path = Path(self.engine.url.database or "")
        with path.with_name(f"{path.name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self.engine.dispose()
            with suppress(DatabaseError, sqlcipher.DatabaseError), self.engine.connect() as connection:
                _make(connection)
                connection.execute(select(func.sum(COUNTERS.c.amount))).all()
                return
            log.warning("the file that counts attempts is damaged; it begins anew")
            self.engine.dispose()
            for rest in ("", "-wal", "-shm"):
                path.with_name(path.name + rest).unlink(missing_ok=True)
            with self.engine.connect() as connection:
                _make(connection)


def _is_damage(problem: Exception) -> bool:
    return any(word in str(problem) for word in DAMAGE)


def _make(connection: Connection) -> None:
    connection.execute(CreateTable(COUNTERS, if_not_exists=True))


def _add(insert: Any) -> Insert:
    old, new = COUNTERS.c, insert.excluded
    is_over = old.expires_at <= bindparam("now", type_=Float)
    amount = case((is_over, new.amount), else_=old.amount + new.amount)
    expires_at = case((is_over, new.expires_at), else_=old.expires_at)
    statement: Insert = insert.on_conflict_do_update(index_elements=["key"], set_={"amount": amount, "expires_at": expires_at})
    return statement.returning(old.amount)


def init_app(app: Flask) -> None:
    """Give `app` a store that is opened when it is first used, in each process on its own."""
    app.extensions["limits"] = None


def storage() -> Storage:
    """Return the store of this application."""
    if current_app.extensions["limits"] is None:
        uri = current_app.config["RATELIMIT_STORAGE_URI"]
        current_app.extensions["limits"] = _elsewhere(uri) if uri else DatabaseStorage(_engine())
    found: Storage = current_app.extensions["limits"]
    return found


def forget_expired() -> None:
    """Remove counters whose window is over, where the store does not do that itself."""
    store = storage()
    if isinstance(store, DatabaseStorage):
        store.forget_expired()


def refuse_unknown_store() -> None:
    """Raise ClickException where RATELIMIT_STORAGE_URI names no store that there is."""
    if uri := current_app.config["RATELIMIT_STORAGE_URI"]:
        _elsewhere(uri)


class StoreAway(Exception):
    """The store that RATELIMIT_STORAGE_URI names does not answer."""


class _Guarded:
    """A store of the package `limits` whose every question raises StoreAway where it does not answer."""

    def __init__(self, store: Any) -> None:
        self.store = store

    def __getattr__(self, name: str) -> Callable[..., Any]:
        from limits.errors import StorageError

        def ask(*arguments: Any) -> Any:
            try:
                return getattr(self.store, name)(*arguments)
            except StorageError as problem:
                raise StoreAway from problem

        return ask


def _elsewhere(uri: str) -> Storage:
    from limits.errors import ConfigurationError  # loaded only where it is used: it takes 4 MB
    from limits.storage import storage_from_string

    try:
        return cast(Storage, _Guarded(storage_from_string(uri, wrap_exceptions=True)))
    except (ConfigurationError, ValueError, ImportError) as problem:
        raise ClickException(f"RATELIMIT_STORAGE_URI names no store that Daybook can count in: {problem}.") from problem


def _engine() -> Engine:
    if db.engine.dialect.name != "sqlite":
        return db.engine.execution_options(isolation_level="AUTOCOMMIT")
    path = Path(current_app.config["DATA_DIR"], "limits.db")
    url = f"sqlite:///{path}"
    engine = create_engine(url, **engine_options(url), isolation_level="AUTOCOMMIT")

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", f"busy_timeout={BUSY_WAIT_MS}"):
            connection.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine, "connect")
    def remember(_connection: object, record: Any) -> None:
        record.info["inode"] = path.stat().st_ino

    @event.listens_for(engine, "checkout")
    def follow(_connection: object, record: Any, _proxy: object) -> None:
        """Count in the file that has the name: one that another process has replaced is let go of."""
        if not path.exists() or path.stat().st_ino != record.info["inode"]:
            raise DisconnectionError

    return engine
