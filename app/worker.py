"""The process beside the web workers: sends emails as they come, in a thread of their own, and does the chores."""

import logging
import random
import signal
import threading
from datetime import datetime, timedelta
from time import monotonic

from flask import Flask, current_app

from app import clock
from app.database.engine import truncate_wal
from app.database.transactions import writing
from app.extensions import db
from app.mail import delivery, outbox
from app.operations import (
    attachments,
    chores,
    closing,
    drafts,
    email_changes,
    entries,
    history,
    invitations,
    passkeys,
    second_factor,
    security_events,
    signing_in,
    trash,
)
from app.operations.chores import Chore, Work
from app.queries import attachments as files_of
from app.queries import upkeep as asking
from app.search import index, languages
from app.security import counters
from app.storage import blobs, retention
from app.text import markdown

log = logging.getLogger(__name__)

BATCH_SIZE, MAX_CHARACTERS = 100, 1_000_000
"""Of entries that are rendered or indexed between two looks at whether to stop: so many, of so many characters together."""
MAX_TURN_SECONDS = 2.0
CHORES_LOOKED_AT_SECONDS = 1.0


def run_until_told() -> None:
    """Work until SIGTERM or SIGINT comes; only in the main thread of a process."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop.set())
    run(stop)


def run(stop: threading.Event) -> None:
    """Work until `stop` is set: emails in one thread, chores in this one; a database that is away is waited for."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001  # a proxy's documented way out
    emails = threading.Thread(target=_send_emails, args=(app, stop), name="emails")
    emails.start()
    everything = all_chores()
    while not stop.is_set():
        chores.do_due(everything, clock.now())
        if not any(chore.has_more for chore in everything):
            stop.wait(CHORES_LOOKED_AT_SECONDS)
    emails.join(delivery.MAX_CONVERSATION_SECONDS)


def _send_emails(app: Flask, stop: threading.Event) -> None:
    while not stop.is_set():
        wait = delivery.POLL_SECONDS
        with app.app_context():
            try:
                delivery.deliver_waiting(stop)
            except delivery.ServerAway:
                wait = delivery.AWAY_SECONDS
            except Exception:
                log.exception("emails could not be sent; trying again")
                wait = delivery.AWAY_SECONDS
        stop.wait(wait)


def all_chores() -> list[Chore]:
    """Return every chore, none done yet."""
    hourly: dict[str, Work] = {
        "limits": lambda _now: counters.forget_expired(),
        "trash": _in_transaction(trash.expire),
        "latecomers": _in_transaction(lambda _now: closing.hide_entries_of_closed_accounts()),
        "closed accounts": erase_closed,
        "unconfirmed accounts": _in_transaction(closing.erase_unconfirmed),
        "sessions": _in_transaction(signing_in.forget_ended),
        "waiting log-ins": _in_transaction(second_factor.forget_ended),
        "challenges": _in_transaction(passkeys.forget_unanswered),
        "activity": _in_transaction(security_events.forget_old),
        "moves": _in_transaction(email_changes.forget_old),
        "invitations": _in_transaction(invitations.forget_old),
        "emails": _in_transaction(outbox.forget_old),
        "drafts": _in_transaction(drafts.forget_finished),
        "unused files": forget_unused_files,
        "history": thin_out_history,
        "renderings": lambda _now: render_outdated(),
        "leftovers": retention.forget_old,
        "deleted words": lambda _now: forget_deleted_words(),
        "sweep": lambda _now: blobs.files().ask_for_sweep(),
    }
    return [
        *(Chore(name, work) for name, work in hourly.items()),
        Chore("files", lambda _now: sweep_files(), every=timedelta(0)),
        Chore("index", lambda _now: index_outdated(), every=timedelta(minutes=1)),
    ]


def do_chores(now: datetime) -> None:
    """Do every chore, now and to its end, whatever becomes of another; the first error is raised in the end."""
    everything = all_chores()
    chores.do_due(everything, now)
    while more := [chore for chore in everything if chore.has_more]:
        chores.do_due(more, now)
    if failed := [chore.name for chore in everything if chore.last_error]:
        raise RuntimeError(f"these chores failed: {', '.join(failed)}")


def _in_transaction(work: Work) -> Work:
    def do(now: datetime) -> None:
        with writing():
            work(now)

    return do


def forget_unused_files(now: datetime) -> None:
    """Let go of files that stand nowhere, some at a time."""
    after: int | None = 0
    while after is not None:
        with writing():
            after = attachments.forget_unused(now, after)


def sweep_files() -> None:
    """Remove bytes that nothing names any more, where something was let go of; while a backup copies them, later."""
    store = blobs.files()
    if store.sweep_asked_for() and not attachments.delete_orphaned_blobs():
        store.ask_for_sweep()


def thin_out_history(now: datetime) -> None:
    """Let go of earlier versions that nobody needs, of a hundred entries at a time."""
    after: int | None = 0
    while after is not None:
        with writing():
            after = history.prune_revisions(now, after)


def erase_closed(now: datetime) -> bool:
    """Erase a part of the accounts whose time to come back is over, and what copies, kept emails and the database's own files say of them.

    Say whether there was any, so that there may be more.
    """
    if is_some := _erase_some(now):
        retention.forget_all(now)
    return is_some


def _erase_some(now: datetime) -> bool:
    """Erase a part, and leave a mark first, so that what follows is done even if this process ends in between."""
    with writing():
        is_some = closing.erase_batch(now)
        if is_some:
            retention.ask_to_forget_words()
    return is_some


def forget_deleted_words() -> None:
    """Take deleted words out of the index and out of the database's log, where any were deleted."""
    mark = retention.words_are_to_be_forgotten()
    if mark is None:
        return
    asked_at = mark.stat().st_mtime_ns
    is_first, has_more = True, True
    while has_more:
        with writing():
            has_more = index.merge_some(begin=is_first)
        is_first = False
    truncate_wal()
    if mark.stat().st_mtime_ns == asked_at:
        mark.unlink()


def index_outdated() -> bool:
    """Make entries findable by today's rules and by the languages that their writers have chosen; say whether there are more.

    Everybody has a turn, in any order. One whose entries cannot be read is passed over, and the error raised once all others are done.
    """
    until, problem, has_more = monotonic() + MAX_TURN_SECONDS, None, False
    waiting = asking.wanting_index()
    random.shuffle(waiting)
    for user_id, codes in waiting:
        if monotonic() > until:
            return True
        try:
            has_more |= _index_some(user_id, codes)
        except Exception as found:
            log.exception("the entries of account %d could not be indexed", user_id)
            db.session.rollback()
            problem = found
    if problem and not has_more:
        raise problem
    return has_more


def _index_some(user_id: int, codes: str) -> bool:
    """Index some of a person's entries, and say whether that left any."""
    rules = languages.rules_of(codes)
    batch = asking.not_indexed_as(user_id, rules, BATCH_SIZE, MAX_CHARACTERS)
    db.session.rollback()
    found = [(row.id, row.version, index.words_of(row.title, row.body, codes)) for row in batch]
    with writing():
        for entry_id, version, words in found:
            entries.put_words(entry_id, user_id, version, words)
        if not batch:
            entries.note_indexed(user_id, codes, rules)
    return bool(batch)


def render_outdated() -> bool:
    """Render some of what an older renderer made, and hold the database only to put the results down; say whether there are more."""
    batch = asking.outdated(markdown.RENDERER_VERSION, BATCH_SIZE, MAX_CHARACTERS)
    db.session.rollback()
    rendered = [(row.id, row.version, markdown.render(row.body, row.uid[:8], files_of.shown(row.user_id, row.body))) for row in batch]
    with writing():
        for entry_id, version, result in rendered:
            entries.put_rendering(entry_id, version, result)
    return bool(batch)
