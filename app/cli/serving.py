"""The command that people start: migrate safely, then serve pages and send emails until stopped.

One process loads the application, and all others are its forks: they share its memory (fork(2)), and start at once.
"""

import contextvars
import ctypes
import gc
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable
from types import FrameType
from typing import Any

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from gunicorn.app.base import Application

import config
from app import worker
from app.cli import listening
from app.cli.warming import share_one_arena, warm_up
from app.database import migrating
from app.database.engine import truncate_wal
from app.extensions import db
from app.queries import accounts
from app.security import counters, tokens
from app.storage import retention, temporary
from app.urls import public_url

STOPS = (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT)
RESTART_AFTER_SECONDS = 0.3
QUICK_END_SECONDS, MAX_PAUSE_SECONDS = 5.0, 30.0
CLEARED_AFTER_SECONDS = 3.0
MAX_STOP_SECONDS = 75.0
"""More than a conversation with a mail server may take, and than gunicorn gives its last requests."""
_PR_SET_PDEATHSIG, _PR_SET_NAME = 1, 15
_forking = multiprocessing.get_context("fork")


@click.command("serve")
@with_appcontext
def serve() -> None:
    """Migrate the database, then serve the journal and send its emails; files it makes are for its own account only."""
    bind = current_app.config["BIND"]
    listening.refuse_taken(bind)
    counters.refuse_unknown_store()
    retention.mend_modes()
    temporary.sweep()
    copy = migrating.bring_up_to_date()
    if copy:
        click.echo(f"Upgraded the database. A copy from before is in {copy}.")
    if not accounts.has_administrator():
        link = public_url("auth.first_administrator", token=tokens.sign(tokens.FIRST_ADMINISTRATOR))
        click.echo(f"\nThere is no administrator yet. Create the first account here:\n\n    {link}\n")
    sys.stdout.flush()
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001  # a proxy's documented way out
    db.session.remove()
    warm_up(app)
    share_one_arena()
    work: dict[str, Callable[[], None]] = {"pages": _Pages(app).run, "worker": lambda: _work(app)}
    status = Supervisor(work, bind, f"Daybook is at {app.config['PUBLIC_URL']} (stop it with Ctrl+C).").run()
    truncate_wal()
    sys.exit(status)


class _Pages(Application):
    """gunicorn, with an application that is loaded already and the settings of `gunicorn.conf.py`."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        super().__init__()

    def load_config(self) -> None:
        self.load_config_from_file(str(config.ROOT / "gunicorn.conf.py"))

    def load(self) -> Flask:
        return self.app


def _work(app: Flask) -> None:
    with app.app_context():
        worker.run_until_told()


class Supervisor:
    """Keeps processes running, each forked from this one: gunicorn for pages, and the worker for emails and chores.

    Either is started again when it is killed; when gunicorn gives up at its first start, as on an address that is taken, both
    end. Workers whose master was killed hold its address: they are ended before another takes their place.
    SIGHUP lets gunicorn replace its workers; SIGTERM, SIGINT and SIGQUIT end both. SIGUSR1 means nothing here.
    """

    def __init__(self, work: dict[str, Callable[[], None]], bind: str = "", greeting: str = "") -> None:
        self.work, self.bind, self.greeting = work, bind, greeting
        self.processes: dict[str, Any] = {}
        self.is_stopping = False
        self.has_restarted = False
        self.started_at: dict[str, float] = {}
        self.quick_ends: dict[str, int] = {}

    def run(self) -> int:
        """Run until told to stop; return the exit status of gunicorn."""
        for number in STOPS:
            signal.signal(number, self._stop)
        signal.signal(signal.SIGHUP, self._reload)
        signal.signal(signal.SIGUSR1, signal.SIG_IGN)
        gc.collect()
        gc.freeze()
        for name in self.work:
            self.start(name)
        while not self.is_stopping:
            time.sleep(0.2)
            self._greet()
            for name, process in list(self.processes.items()):
                status = process.exitcode
                if status is None or self.is_stopping:
                    continue
                if name == "pages" and status > 0 and not self.has_restarted:
                    self._stop(signal.SIGTERM, None)
                    _end(self.processes["worker"])
                    return int(status)
                click.echo(f"{name} ended with status {status}; starting it again.", err=True)
                _clear_away(process.pid)
                self._pause_before_restart(name, has_failed=status > 0)
                self.has_restarted = True
                if not self.is_stopping:
                    self.start(name)
        for process in self.processes.values():
            _end(process)
        return int(max(process.exitcode for process in self.processes.values()))

    def _greet(self) -> None:
        """Say where the journal is, once it listens there."""
        if self.greeting and (not listening.is_of_the_network(self.bind) or listening.listens(self.bind)):
            click.echo(self.greeting)
            sys.stdout.flush()
            self.greeting = ""

    def _pause_before_restart(self, name: str, *, has_failed: bool) -> None:
        """Wait a moment, and longer each time that a process fails by itself soon after it was started; not where it was killed."""
        is_quick = has_failed and time.monotonic() - self.started_at[name] < QUICK_END_SECONDS
        self.quick_ends[name] = self.quick_ends.get(name, 0) + 1 if is_quick else 0
        until = time.monotonic() + min(MAX_PAUSE_SECONDS, RESTART_AFTER_SECONDS * 2 ** min(self.quick_ends[name], 8))
        while not self.is_stopping and time.monotonic() < until:
            time.sleep(0.05)

    def start(self, name: str) -> None:
        """Start a process; one that was being started when a stop came is stopped with the others."""
        self.started_at[name] = time.monotonic()
        process = _forking.Process(target=contextvars.Context().run, args=(self._be, name), name=name)
        handled = signal.pthread_sigmask(signal.SIG_BLOCK, (*STOPS, signal.SIGHUP))
        try:
            process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, handled)
        self.processes[name] = process
        if self.is_stopping:
            process.terminate()

    def _be(self, name: str) -> None:
        """Become the process of a name: with its own session, no handler of the supervisor's, and an end with its own."""
        os.setsid()
        for number in (*STOPS, signal.SIGHUP, signal.SIGUSR1):
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, ())
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
            ctypes.CDLL(None).prctl(_PR_SET_NAME, f"daybook-{name}".encode())
        self.work[name]()

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self.is_stopping = True
        for process in self.processes.values():
            if process.is_alive():
                process.terminate()

    def _reload(self, _number: int, _frame: FrameType | None) -> None:
        os.kill(self.processes["pages"].pid, signal.SIGHUP)


def _end(process: Any) -> None:
    """Wait for the end of a process that was told to stop, and kill one that takes no notice."""
    process.join(MAX_STOP_SECONDS)
    if process.is_alive():
        process.kill()
        process.join()


def _clear_away(group: int) -> None:
    """End what is left of a process that was killed, gently at first: its children are in its group."""
    give_up_at = time.monotonic() + CLEARED_AFTER_SECONDS
    try:
        os.killpg(group, signal.SIGTERM)
        while time.monotonic() < give_up_at:
            time.sleep(0.05)
            os.killpg(group, 0)
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        return
