"""`writing()`, the only way to change anything; what tries another way is refused."""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any, TypeVar

from flask import g
from sqlalchemy import event, text
from sqlalchemy.orm import ORMExecuteState, Session, scoped_session

from app.database import engine
from app.extensions import db

BATCH_SIZE = 500
Item = TypeVar("Item")

WRITERS_OF_ONE = 0x4A6F75
"""The first of the two numbers by which PostgreSQL knows the lines of `in_line_for`."""

_line = threading.Lock()


class WriteOutsideTransaction(RuntimeError):
    """Something tried to write without `writing()`, which on SQLite would risk losing the change."""


class NestedWrite(RuntimeError):
    """`writing()` was entered inside `writing()`; the inner one would throw away what the outer one has not committed yet."""


class WriteInSafeRequest(RuntimeError):
    """A request whose method promises to change nothing (RFC 9110, 9.2.1) tried to change something."""


def refuse_writes() -> None:
    """Let `writing()` raise in this application context: the request has a method that promises to change nothing."""
    g.refuses_writes = True


@contextmanager
def allow_writes() -> Iterator[None]:
    """Let one of the few things that a GET may write be written; `tests/rules/test_safe_methods.py` lists them all."""
    before = g.pop("refuses_writes", False)
    try:
        yield
    finally:
        g.refuses_writes = before


def in_line_for(user_id: int) -> None:
    """Let each `writing()` of this application context wait until nobody else writes for this person.

    What one person does in two windows locks the same rows, in whatever order; on PostgreSQL two such transactions would wait for
    each other. On SQLite everybody stands in one line.
    """
    g.writes_for = user_id


def judge_writes(judge: Callable[[], None] | None) -> None:
    """Let each `writing()` of this application context begin with `judge`, which raises where what allowed it is over by now."""
    g.judges_writes = judge


def judge_again() -> None:
    """Judge once more, inside `writing()`: after waiting for a row that others were changing."""
    if judge := g.get("judges_writes"):
        judge()


@contextmanager
def writing(patience_ms: int | None = None) -> Iterator[Session]:
    """Open a write transaction, commit it on the way out, and roll it back on any error.

    What the session had read before is let go first, so that decisions inside are made on what is in the database now. No lock
    is waited for longer than `patience_ms` (`BUSY_WAIT_MS` where nothing is said). On SQLite the write lock is taken at once: a
    transaction that reads before it asks for the lock can be refused without any wait. Raises NestedWrite, and WriteInSafeRequest where
    `refuse_writes` was called for the request and `allow_writes` was not.
    """
    session = db.session
    if session.info.get("writing"):
        raise NestedWrite("writing() is open already in this session")
    if g.get("refuses_writes"):
        raise WriteInSafeRequest("a GET, HEAD or OPTIONS request may not write; see allow_writes()")
    session.rollback()
    patience = (engine.BUSY_WAIT_MS if patience_ms is None else patience_ms) / 1000
    is_first = _first_in_line(patience)
    session.info["writing"] = True
    try:
        session.connection(execution_options={"writes": True, "patience": patience})
        if patience_ms is not None and db.engine.dialect.name == "postgresql":
            session.execute(text(f"SET LOCAL lock_timeout = {patience_ms}"))
        _wait_for_writers_of_the_same(session)
        judge_again()
        yield session()
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info.pop("writing", None)
        if is_first:
            _line.release()


def _first_in_line(patience: float) -> bool:
    """Wait for the other writers of this process, and say whether that came to an end; PostgreSQL needs no line.

    Threads that stand in line do not ask SQLite at all, so that only one of each process competes for its lock.
    """
    return db.engine.dialect.name == "sqlite" and _line.acquire(timeout=patience)


def _wait_for_writers_of_the_same(session: scoped_session[Any]) -> None:
    """Keep PostgreSQL's lock of the person in line until the transaction ends; it is given up after `BUSY_WAIT_MS` as any is."""
    user_id = g.get("writes_for")
    if user_id is not None and db.engine.dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:line, :user_id)"), {"line": WRITERS_OF_ONE, "user_id": user_id})


def batches(items: Iterable[Item]) -> Iterator[list[Item]]:
    """Yield items as many at a time as one statement is given."""
    rest = iter(items)
    while some := list(islice(rest, BATCH_SIZE)):
        yield some


@event.listens_for(Session, "before_flush")
def _refuse_stray_flush(session: Session, _context: object, _instances: object) -> None:
    if not session.info.get("writing"):
        raise WriteOutsideTransaction("change rows only inside writing()")


@event.listens_for(Session, "do_orm_execute")
def _refuse_stray_statement(state: ORMExecuteState) -> None:
    if not state.is_select and (state.is_insert or state.is_update or state.is_delete) and not state.session.info.get("writing"):
        raise WriteOutsideTransaction("change rows only inside writing()")
