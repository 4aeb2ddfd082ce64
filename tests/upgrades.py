"""A journal upgraded from the baseline on, by a process that is killed at any step; for the suite and for longer runs.

After the migrations that there are comes one as there will be some: it rebuilds a table that others point to, and makes a new one.
"""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import create_engine, text

import config
from app.database import migrating
from app.extensions import db
from benchmarks import seeding
from migrations.fingerprint import Contents, contents

OLDEST = "0100"
"""The baseline."""
TRIAL = "9000"
TRIAL_MIGRATION = """
import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "{revision}", "{down_revision}", None, None


def upgrade() -> None:
    how = "always" if op.get_bind().dialect.name == "sqlite" else "never"
    with op.batch_alter_table("tag", recreate=how, table_kwargs={{"sqlite_autoincrement": True}}) as tag:
        tag.add_column(sa.Column("color", sa.String(7), nullable=False, server_default=""))
    trial = op.create_table("trial", sa.Column("id", sa.Integer, primary_key=True))
    op.bulk_insert(trial, [{{"id": 1}}])


def downgrade() -> None:
    op.drop_table("trial")
    with op.batch_alter_table("tag", table_kwargs={{"sqlite_autoincrement": True}}) as tag:
        tag.drop_column("color")
"""
PROGRAM = """
import os, signal, sys
from pathlib import Path
from sqlalchemy import event
from app import create_app
from app.database import migrating
from app.extensions import db

steps, last = 0, int(sys.argv[1])

def step(*_facts):
    global steps
    steps += 1
    if steps == last:
        os.kill(os.getpid(), signal.SIGKILL)

migrating.MIGRATIONS = Path(sys.argv[2])
app = create_app()
with app.app_context():
    event.listen(db.engine, "before_cursor_execute", step)
    event.listen(db.engine, "commit", step)
    migrating.bring_up_to_date()
    print(steps)
"""


class Journal:
    """A journal with many entries whose database can be put back to how it was at an earlier schema."""

    def __init__(self, app: Flask, folder: Path, entries: int) -> None:
        self.app, self.folder = app, folder
        with app.app_context():
            migrating.bring_up_to_date()
            seeding.fill(entries, people=2)

    def state(self) -> tuple[str | None, Contents]:
        """Return the revision and what people have."""
        with self.app.app_context(), self._released(), db.engine.connect() as connection:
            return migrating.current_revision(connection), contents(connection)

    def go_to(self, revision: str) -> None:
        """Bring the schema to a revision, down or up, without a copy before."""
        with self.app.app_context(), self._released(), uncopied():
            with db.engine.connect() as connection:
                is_up = (migrating.current_revision(connection) or "") < revision
            (upgrade if is_up else downgrade)(revision=revision)

    def start(self) -> None:
        """Bring the schema up as a start of the server does."""
        with self.app.app_context(), self._released():
            migrating.bring_up_to_date()

    def up_down_and_up(self, revision: str) -> None:
        """Go up from an earlier schema, down to it and up again; AssertionError where anything of people's is not what it was."""
        with self.app.app_context():
            newest = migrating.newest_revision() or ""
        self.go_to(revision)
        before = self.state()[1]
        for wanted in (newest, revision, newest):
            self.go_to(wanted)
            found, now = self.state()
            assert (found, as_far_as(now, before)) == (wanted, before)

    def keep(self) -> None:
        """Keep the database as it is, for `put_back`."""
        with self.app.app_context(), self._released():
            if self._file:
                shutil.copyfile(self._file, self.folder / "kept.db")
            else:
                self._on_server(f'CREATE DATABASE "{self._name}_kept" TEMPLATE "{self._name}"')

    def put_back(self) -> None:
        """Put the kept database back."""
        with self.app.app_context(), self._released():
            if self._file:
                for rest in ("-wal", "-shm"):
                    Path(f"{self._file}{rest}").unlink(missing_ok=True)
                shutil.copyfile(self.folder / "kept.db", self._file)
            else:
                self._on_server(
                    f'DROP DATABASE "{self._name}" WITH (FORCE)', f'CREATE DATABASE "{self._name}" TEMPLATE "{self._name}_kept"'
                )

    def upgrade_killed_at(self, step: int) -> int:
        """Upgrade in a process that kills itself at a step, and return how many steps there were; 0 where it was killed."""
        environ = {**os.environ, "FLASK_SKIP_DOTENV": "1", "FLASK_CONFIG": "testing", "SECRET_KEY": "only for tests of upgrades, and long"}
        with self.app.app_context():
            environ |= {"DATA_DIR": self.app.config["DATA_DIR"], "DATABASE_URL": db.engine.url.render_as_string(hide_password=False)}
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM, str(step), str(migrating.MIGRATIONS)],
            cwd=config.ROOT,
            env=environ,
            capture_output=True,
            check=False,
        )
        assert done.returncode in {0, -signal.SIGKILL}, done.stderr.decode()[-2000:]
        return int(done.stdout.split()[-1]) if done.returncode == 0 else 0

    @property
    def _file(self) -> Path | None:
        return Path(db.engine.url.database or "") if db.engine.dialect.name == "sqlite" else None

    @property
    def _name(self) -> str:
        return str(db.engine.url.database)

    def _on_server(self, *statements: str) -> None:
        server = create_engine(db.engine.url.set(database="postgres"), isolation_level="AUTOCOMMIT")
        with server.connect() as connection:
            for statement in statements:
                connection.execute(text(statement))
        server.dispose()

    @contextmanager
    def _released(self) -> Iterator[None]:
        """Leave no connection open: others are about to take the database."""
        db.session.remove()
        try:
            yield
        finally:
            db.session.remove()
            db.engine.dispose()


@contextmanager
def one_more_migration(folder: Path) -> Iterator[None]:
    """Let there be one more migration than there is; only for applications that have not migrated anything before."""
    newest = migrating.newest_revision()
    shutil.copytree(migrating.MIGRATIONS, folder / "migrations", ignore=shutil.ignore_patterns("__pycache__"))
    written = TRIAL_MIGRATION.format(revision=TRIAL, down_revision=newest)
    (folder / "migrations/versions" / f"{TRIAL}_trial.py").write_text(written)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(migrating, "MIGRATIONS", folder / "migrations")
        migrating.newest_revision.cache_clear()
        try:
            yield
        finally:
            migrating.newest_revision.cache_clear()


@contextmanager
def uncopied() -> Iterator[None]:
    """Let changes of the schema make no copies, where those are not the matter: each takes a while."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(migrating, "_copy", lambda: None)
        yield


def as_far_as(there: Contents, model: Contents) -> Contents:
    """Return what is said of the tables of `model` only."""
    return {name: there[name] for name in model}


def kill_at(journal: Journal, steps: list[int]) -> None:
    """Upgrade a kept journal of the oldest schema, killed at each of these steps; AssertionError for neither the old state nor the new."""
    with journal.app.app_context():
        newest = migrating.newest_revision()
    journal.put_back()
    before = journal.state()[1]
    for step in steps:
        journal.put_back()
        assert journal.upgrade_killed_at(step) == 0
        revision, now = journal.state()
        assert revision in {OLDEST, newest} and as_far_as(now, before) == before, f"killed at step {step}"
    journal.start()
    revision, now = journal.state()
    assert (revision, as_far_as(now, before)) == (newest, before)
