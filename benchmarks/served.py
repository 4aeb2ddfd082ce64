"""A journal served by the real command, for measuring."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import config
from benchmarks.load import Connection

PORT = 8431


def settings(folder: Path) -> dict[str, str]:
    """Return the environment of a journal of its own in a folder, on SQLite unless DATABASE_URL says otherwise."""
    return {
        **os.environ,
        "FLASK_SKIP_DOTENV": "1",
        "FLASK_CONFIG": "production",
        "SECRET_KEY": "only for measuring, on this machine alone",
        "PUBLIC_URL": f"http://127.0.0.1:{PORT}",
        "BIND": f"127.0.0.1:{PORT}",
        "DATA_DIR": str(folder),
        "WEB_CONCURRENCY": "2",
        "DATABASE_URL": os.environ.get("DATABASE_URL") or f"sqlite:///{folder}/daybook.db",
    }


def gunicorn_with(application: str) -> list[str]:
    """Return the command that serves another application as Daybook is served."""
    return ["-m", "gunicorn", "--config", f"file:{config.ROOT}/gunicorn.conf.py", application]


@contextmanager
def served(command: list[str], environ: dict[str, str], port: int, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Serve what a command serves until the block ends; it begins once the port answers."""
    with (folder / f"{port}.log").open("wb") as log:
        process = subprocess.Popen([sys.executable, *command], cwd=config.ROOT, env=environ, stdout=log, stderr=log)
    try:
        for _ in range(600):
            try:
                Connection(port).ask("GET", "/")
                break
            except OSError:
                time.sleep(0.1)
        yield process
    finally:
        process.terminate()
        process.wait(30)
