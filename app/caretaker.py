"""The process beside the web workers: sends letters as they come, and does the hourly chores."""

import logging
import threading
from datetime import datetime, timedelta
from pathlib import Path

from flask import current_app

from app import clock, limits, storage
from app.database import empty_log, writing
from app.extensions import db
from app.mail import delivery, outbox
from app.operations import addresses, attachments, closing, drafts, entries, events, history, passkeys, second_factor, signing_in, trash
from app.queries import attachments as files_of
from app.queries import entries as asking
from app.search import index
from app.text import markdown

log = logging.getLogger(__name__)

CHORES_EVERY = timedelta(hours=1)
RENDERED_AT_ONCE = 100
ERASING = "erasing.mark"


def run(stop: threading.Event) -> None:
    """Work until `stop` is set; a database that is away is waited for."""
    next_chores = clock.now()
    while not stop.is_set():
        try:
            delivery.deliver_waiting()
            sweep_files()
            if clock.now() >= next_chores:
                do_chores(clock.now())
                next_chores = clock.now() + CHORES_EVERY
        except Exception:
            log.exception("the caretaker could not work; trying again")
        finally:
            db.session.remove()
        stop.wait(delivery.POLL_SECONDS)


def do_chores(now: datetime) -> None:
    """Empty what has lain in the trash for 30 days, forget ended sessions and old letters, render what is out of date."""
    limits.forget_expired()
    with writing():
        trash.expire(now)
    with writing():
        closing.withhold_latecomers()
        closing.erase_unconfirmed(now)
        signing_in.forget_ended(now)
        second_factor.forget_ended(now)
        passkeys.forget_unanswered(now)
        events.forget_old(now)
        addresses.forget_old(now)
        outbox.forget_old(now)
        drafts.forget_finished(now)
    forget_unused_files(now)
    storage.files().ask_for_sweep()
    thin_out_history(now)
    erase_closed(now)
    render_outdated()


def forget_unused_files(now: datetime) -> None:
    """Let go of files that stand nowhere, some at a time."""
    after: int | None = 0
    while after is not None:
        with writing():
            after = attachments.forget_unused(now, after)


def sweep_files() -> None:
    """Remove bytes that nothing names any more, where something was let go of; while a backup copies them, later."""
    store = storage.files()
    if store.sweep_asked_for() and not attachments.sweep():
        store.ask_for_sweep()


def thin_out_history(now: datetime) -> None:
    """Let go of earlier versions that nobody needs, of a hundred entries at a time."""
    after: int | None = 0
    while after is not None:
        with writing():
            after = history.thin_out(now, after)


def erase_closed(now: datetime) -> None:
    """Erase accounts whose time to come back is over, down to what the database keeps of deleted words."""
    mark = Path(current_app.config["DATA_DIR"], ERASING)
    while _erase_some(now, mark):
        pass
    if mark.exists():
        _forget_deleted_words()
        mark.unlink()


def _erase_some(now: datetime, mark: Path) -> bool:
    """Erase a part, and leave a mark first, so that what follows is done even if this process ends in between."""
    with writing():
        is_some = closing.erase_some(now)
        if is_some:
            mark.touch()
    return is_some


def _forget_deleted_words() -> None:
    is_first, has_more = True, True
    while has_more:
        with writing():
            has_more = index.merge_some(begin=is_first)
        is_first = False
    empty_log()


def render_outdated() -> None:
    """Render what an older renderer made, a batch at a time, and hold the database only to put the results down."""
    while batch := asking.outdated(markdown.RENDERER_VERSION, RENDERED_AT_ONCE):
        db.session.rollback()
        rendered = [(row.id, row.version, markdown.render(row.body, row.uid[:8], files_of.shown(row.user_id, row.body))) for row in batch]
        with writing():
            for entry_id, version, result in rendered:
                entries.put_rendering(entry_id, version, result)
