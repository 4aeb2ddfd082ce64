"""Throw-away PostgreSQL servers: a cluster in a temporary folder, gone at the end."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

SPEED = "-c fsync=off -c full_page_writes=off -c synchronous_commit=off -c max_connections=200"


class NoPostgres(RuntimeError):
    """No PostgreSQL server programs were found on this machine."""


class Cluster:
    """A server of its own, in a folder that goes with it; `address` leads to it, with `{name}` for the database."""

    def __init__(self) -> None:
        self.programs = _programs()
        self.folder = folder = Path(tempfile.mkdtemp(prefix="daybook-pg-"))
        self.address = f"postgresql+psycopg://daybook@/{{name}}?host={folder}"
        self.run_as: list[str] = []
        if os.geteuid() == 0:
            owner = pwd.getpwnam("postgres")
            os.chown(folder, owner.pw_uid, owner.pw_gid)
            self.run_as = ["runuser", "-u", "postgres", "--"]

    def start(self, settings: str = SPEED) -> None:
        """Make the cluster and start it."""
        self._run("initdb", "-U", "daybook", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        self._run("pg_ctl", "-w", "-l", f"{self.folder}/log", "-o", f"-k {self.folder} -c listen_addresses='' {settings}", "start")
        self.folder.chmod(0o755)

    def restart(self) -> None:
        """Restart as after a crash: nothing is finished, everything is recovered from the log."""
        self._run("pg_ctl", "-w", "-l", f"{self.folder}/log", "-m", "immediate", "restart")

    def stop(self) -> None:
        """End it, if it runs, and forget what it had."""
        try:
            if (self.folder / "data" / "postmaster.pid").exists():
                self._run("pg_ctl", "-m", "immediate", "-w", "stop")
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)

    def _run(self, program: str, *arguments: str) -> None:
        command = [*self.run_as, str(self.programs / program), "-D", f"{self.folder}/data", *arguments]
        subprocess.run(command, check=True, cwd="/", stdout=subprocess.DEVNULL, env={**os.environ, "LC_ALL": "C.UTF-8"})


@contextmanager
def running(settings: str = SPEED) -> Iterator[Cluster]:
    """Run a server for the length of a `with` block."""
    cluster = Cluster()
    try:
        cluster.start(settings)
        yield cluster
    finally:
        cluster.stop()


def answers(address: str) -> bool:
    """Say whether the server at `address` takes connections."""
    server = create_engine(address.format(name="postgres"))
    try:
        server.connect().close()
    except OperationalError:
        return False
    finally:
        server.dispose()
    return True


def new_database(address: str, name: str, model: str = "template1") -> str:
    """Make a database, empty or a copy of `model`, which nobody may be connected to; return its address."""
    server = create_engine(address.format(name="postgres"), isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE "{model}"'))
    server.dispose()
    return address.format(name=name)


def _programs() -> Path:
    found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if not found and (initdb := shutil.which("initdb")):
        found = [Path(initdb).resolve().parent]
    if not found:
        raise NoPostgres("install PostgreSQL (on Debian: apt-get install postgresql); `make test` does it for you")
    return max(found, key=lambda path: int("".join(filter(str.isdigit, path.parent.name)) or 0))
