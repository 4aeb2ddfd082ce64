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


@contextmanager
def cluster() -> Iterator[str]:
    """Start a server that listens on a socket in its own folder, and give its address, without a database name."""
    programs = _programs()
    folder = Path(tempfile.mkdtemp(prefix="daybook-pg-"))
    run_as: list[str] = []
    if os.geteuid() == 0:
        owner = pwd.getpwnam("postgres")
        os.chown(folder, owner.pw_uid, owner.pw_gid)
        run_as = ["runuser", "-u", "postgres", "--"]

    def run(program: str, *arguments: str) -> None:
        subprocess.run(
            [*run_as, str(programs / program), *arguments],
            check=True,
            cwd="/",
            stdout=subprocess.DEVNULL,
            env={**os.environ, "LC_ALL": "C.UTF-8"},
        )

    try:
        run("initdb", "-D", f"{folder}/data", "-U", "daybook", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        options = f"-k {folder} -c listen_addresses='' {SPEED}"
        run("pg_ctl", "-D", f"{folder}/data", "-w", "-l", f"{folder}/log", "-o", options, "start")
        folder.chmod(0o755)
        try:
            yield f"postgresql+psycopg://daybook@/{{name}}?host={folder}"
        finally:
            run("pg_ctl", "-D", f"{folder}/data", "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path:
    found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if not found and (initdb := shutil.which("initdb")):
        found = [Path(initdb).resolve().parent]
    if not found:
        raise NoPostgres("install PostgreSQL (on Debian: apt-get install postgresql); `make test` does it for you")
    return max(found, key=lambda path: int("".join(filter(str.isdigit, path.parent.name)) or 0))
