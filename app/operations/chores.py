"""The work that is done every hour: each piece on its own, so that one that fails keeps no other from being done."""

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from flask import current_app

from app.extensions import db
from app.storage import temporary

log = logging.getLogger(__name__)

OUTCOMES = "chores.json"
Work = Callable[[datetime], object]
"""Something to do now. It returns True where it stopped for others to have their turn, and is to go on as soon as they had it."""
EVERY = timedelta(hours=1)
FIRST_WAIT, MAX_WAIT = timedelta(minutes=1), timedelta(hours=6)


@dataclass
class Chore:
    """One piece of work, and when it is next due."""

    name: str
    work: Work
    every: timedelta = EVERY
    due: datetime | None = None
    failures: int = 0
    last_error: str = ""
    last_done: datetime | None = None
    has_more: bool = False

    def do(self, now: datetime) -> None:
        """Do it, and note how that went; one that fails waits longer and longer before it is tried again."""
        self.has_more = False
        try:
            self.has_more = self.work(now) is True
        except Exception as problem:
            log.exception("the chore %s failed", self.name)
            self.last_error = type(problem).__name__
            self.due = now + min(MAX_WAIT, FIRST_WAIT * 2**self.failures)
            self.failures = min(self.failures + 1, 10)
        else:
            self.last_error, self.failures, self.last_done = "", 0, now
            self.due = now if self.has_more else now + self.every
        finally:
            db.session.remove()


def do_due(chores: list[Chore], now: datetime) -> None:
    """Do each chore whose time has come, and write down for `/readyz` how all of them went last.

    What is looked at every second is written down with the hourly ones, and at once when it fails or works again.
    """
    due = [chore for chore in chores if chore.due is None or chore.due <= now]
    errors_before = [chore.last_error for chore in due]
    for chore in due:
        chore.do(now)
    if any(chore.every for chore in due) or [chore.last_error for chore in due] != errors_before:
        _write_down(chores)


def outcomes() -> dict[str, dict[str, str | None]]:
    """Return when each chore was done last and what kind of error it met since, as far as any is known."""
    try:
        found = json.loads(Path(current_app.config["DATA_DIR"], OUTCOMES).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _write_down(chores: list[Chore]) -> None:
    facts = {
        chore.name: {"done_at": chore.last_done.isoformat() if chore.last_done else None, "error": chore.last_error or None}
        for chore in chores
    }
    try:
        with temporary.appearing(Path(current_app.config["DATA_DIR"], OUTCOMES)) as file:
            file.write(json.dumps(facts).encode())
    except OSError as problem:
        log.warning("how the chores went could not be written down: %s", type(problem).__name__)
