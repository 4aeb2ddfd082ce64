"""The command that people start: migrate safely, then serve pages and send emails until stopped."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from types import FrameType

import click
from flask import current_app
from flask.cli import with_appcontext

import config
from app.cli import listening
from app.database import migrating
from app.database.engine import truncate_wal
from app.extensions import db
from app.queries import accounts
from app.security import tokens
from app.storage import retention, temporary
from app.urls import public_url

GUNICORN_SETTINGS = f"file:{config.ROOT}/gunicorn.conf.py"
RESTART_AFTER_SECONDS = 0.3
QUICK_END_SECONDS, LONGEST_PAUSE_SECONDS = 5.0, 30.0
CLEARED_AFTER_SECONDS = 3.0
_PR_SET_PDEATHSIG = 1


@click.command("serve")
@with_appcontext
def serve() -> None:
    """Migrate the database, then serve the journal and send its emails; files it makes are for its own account only."""
    bind = current_app.config["BIND"]
    if listening.is_of_the_network(bind):
        listening.refuse_taken(bind)
    retention.mend_modes()
    temporary.sweep()
    copy = migrating.bring_up_to_date()
    if copy:
        click.echo(f"Upgraded the database. A copy from before is in {copy}.")
    if not accounts.has_administrator():
        link = public_url("auth.first_administrator", token=tokens.sign(tokens.FIRST_ADMINISTRATOR))
        click.echo(f"\nThere is no administrator yet. Create the first account here:\n\n    {link}\n")
    sys.stdout.flush()
    db.session.remove()
    db.engine.dispose()
    status = Supervisor(bind, f"Daybook is at {current_app.config['PUBLIC_URL']} (stop it with Ctrl+C).").run()
    truncate_wal()
    sys.exit(status)


class Supervisor:
    """Keeps two processes running: gunicorn for pages, and the worker for emails and chores.

    Either is started again when it is killed; when gunicorn gives up at its first start, as on an address that is taken, both
    end. Workers whose master was killed hold its address: they are ended before another takes their place.
    SIGHUP lets gunicorn replace its workers; SIGTERM and SIGINT end both.
    """

    def __init__(self, bind: str = "", greeting: str = "") -> None:
        self.bind, self.greeting = bind, greeting
        self.commands = {
            "pages": [sys.executable, "-m", "gunicorn", "--config", GUNICORN_SETTINGS, "app:create_app()"],
            "letters": [sys.executable, str(config.ROOT / "manage.py"), "outbox", "run"],
        }
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.is_stopping = False
        self.has_restarted = False
        self.started_at: dict[str, float] = {}
        self.quick_ends: dict[str, int] = {}

    def run(self) -> int:
        """Run until told to stop; return the exit status of gunicorn."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        signal.signal(signal.SIGHUP, self._reload)
        for name in self.commands:
            self.start(name)
        while not self.is_stopping:
            time.sleep(0.2)
            self._greet()
            for name, process in list(self.processes.items()):
                status = process.poll()
                if status is None or self.is_stopping:
                    continue
                if name == "pages" and status > 0 and not self.has_restarted:
                    self._stop(signal.SIGTERM, None)
                    self.processes["letters"].wait()
                    return status
                click.echo(f"{name} ended with status {status}; starting it again.", err=True)
                _clear_away(process.pid)
                self._pause_before_restart(name, has_failed=status > 0)
                self.has_restarted = True
                if not self.is_stopping:
                    self.start(name)
        return max(process.wait() for process in self.processes.values())

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
        until = time.monotonic() + min(LONGEST_PAUSE_SECONDS, RESTART_AFTER_SECONDS * 2 ** min(self.quick_ends[name], 8))
        while not self.is_stopping and time.monotonic() < until:
            time.sleep(0.05)

    def start(self, name: str) -> None:
        """Start a process; one that was being started when a stop came is stopped with the others."""
        self.started_at[name] = time.monotonic()
        self.processes[name] = subprocess.Popen(  # noqa: S603  # our own programs, no word of anybody's
            self.commands[name], cwd=config.ROOT, start_new_session=True, preexec_fn=_die_with_parent
        )
        if self.is_stopping:
            self.processes[name].terminate()

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self.is_stopping = True
        for process in self.processes.values():
            if process.poll() is None:
                process.terminate()

    def _reload(self, _number: int, _frame: FrameType | None) -> None:
        self.processes["pages"].send_signal(signal.SIGHUP)


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


def _die_with_parent() -> None:
    """Ask Linux to end this process when the supervisor is killed; elsewhere nothing happens."""
    if sys.platform == "linux" and os.getppid() != 1:
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
