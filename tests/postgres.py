"""A throw-away PostgreSQL for the suite: its own cluster in a temporary folder, gone at the end."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SPEED = "-c fsync=off -c full_page_writes=off -c synchronous_commit=off -c max_connections=60"


class NoPostgres(RuntimeError):
    """No PostgreSQL server programs were found on this machine."""


class Cluster:
    """A running server; `address` leads to it, with `{name}` for the database."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.programs = folder, _programs()
        self.address = f"postgresql+psycopg://daybook@/{{name}}?host={folder}"
        self.run_as: list[str] = []
        if os.geteuid() == 0:
            owner = pwd.getpwnam("postgres")
            os.chown(folder, owner.pw_uid, owner.pw_gid)
            self.run_as = ["runuser", "-u", "postgres", "--"]

    def start(self, settings: str) -> None:
        """Make the cluster and start it."""
        self._run("initdb", "-U", "daybook", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        self._run("pg_ctl", "-w", "-l", f"{self.folder}/log", "-o", f"-k {self.folder} -c listen_addresses='' {settings}", "start")
        self.folder.chmod(0o755)

    def restart(self) -> None:
        """Restart as after a crash: nothing is finished, everything is recovered from the log."""
        self._run("pg_ctl", "-w", "-l", f"{self.folder}/log", "-m", "immediate", "restart")

    def stop(self) -> None:
        """End it."""
        self._run("pg_ctl", "-m", "immediate", "-w", "stop")

    def _run(self, program: str, *arguments: str) -> None:
        command = [*self.run_as, str(self.programs / program), "-D", f"{self.folder}/data", *arguments]
        subprocess.run(command, check=True, cwd="/", stdout=subprocess.DEVNULL, env={**os.environ, "LC_ALL": "C.UTF-8"})


@contextmanager
def running(settings: str = SPEED) -> Iterator[Cluster]:
    """Start a server that listens on a socket in its own folder, which goes with it."""
    folder = Path(tempfile.mkdtemp(prefix="daybook-pg-"))
    try:
        cluster = Cluster(folder)
        cluster.start(settings)
        try:
            yield cluster
        finally:
            cluster.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def cluster() -> Iterator[str]:
    """Start a server, and give its address, without a database name."""
    with running() as server:
        yield server.address


def _programs() -> Path:
    found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if not found and (initdb := shutil.which("initdb")):
        found = [Path(initdb).resolve().parent]
    if not found:
        raise NoPostgres("install PostgreSQL (on Debian: apt-get install postgresql); `make test` does it for you")
    return max(found, key=lambda path: int("".join(filter(str.isdigit, path.parent.name)) or 0))
