"""What longer works take, in seconds and in memory: a start, an export, an import into an empty journal, and a backup.

    python -m benchmarks.works                     # 2,000, 20,000 and 200,000 entries of one person
    python -m benchmarks.works --entries 20000

Each is the command that people run, in a process of its own; its memory is the most that it had resident (getrusage(2)). The start is
the median of five, up to the first answer, with the bare application beside it.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import NamedTuple

import config
from benchmarks.load import Connection
from benchmarks.seeding import PASSWORD, READER
from benchmarks.served import PORT, gunicorn_with, settings

BARE_PORT = 8433
STARTS = 5
PATIENCE_SECONDS = 60


class Cost(NamedTuple):
    """What a command took: seconds, and megabytes."""

    seconds: float
    megabytes: float


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--entries", type=int, nargs="+", default=[2_000, 20_000, 200_000])
    options = parser.parse_args()
    print(f"{'entries':>10}{'start':>10}{'bare':>8}" + "".join(f"{name:>20}" for name in ("export", "import", "backup")))
    for entries in options.entries:
        with tempfile.TemporaryDirectory(prefix="daybook-works-") as folder:
            print(f"{entries:10,}{_row(Path(folder), entries)}", flush=True)


def _row(folder: Path, entries: int) -> str:
    full, empty = folder / "full", folder / "empty"
    full.mkdir()
    empty.mkdir()
    environ = settings(full)
    seeding = f"from benchmarks.seeding import seed; print(seed({entries}, 1, 1))"
    reader = subprocess.run([sys.executable, "-c", seeding], cwd=config.ROOT, env=environ, check=True, capture_output=True, text=True)
    bare = {**environ, "BENCHMARK_DATABASE": environ["DATABASE_URL"], "BENCHMARK_READER": reader.stdout.split()[-1]}
    servers = ((["manage.py", "serve"], PORT), (gunicorn_with("benchmarks.bare:create_app()"), BARE_PORT))
    starts = []
    for command, port in servers:
        starts.append(median(_start(command, port, {**bare, "BIND": f"127.0.0.1:{port}"}) for _number in range(STARTS)))
    exported, other = str(folder / "journal.zip"), settings(empty)
    costs = [_cost(environ, "export", "--user", READER, "--output", exported)]
    _cost(other, "db", "upgrade")
    _cost(other, "user", "create", READER, "--email", "reader@example.org", "--password", PASSWORD)
    costs += [
        _cost(other, "import", "daybook", exported, "--user", READER),
        _cost(other, "backup", "--output", str(folder / "backup.zip")),
    ]
    return f"{starts[0]:8.2f} s{starts[1]:6.2f} s" + "".join(f"{cost.seconds:11.1f} s{cost.megabytes:4.0f} MB" for cost in costs)


def _start(command: list[str], port: int, environ: dict[str, str]) -> float:
    """Return the seconds from the start of a server to its first answer."""
    begun = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, *command], cwd=config.ROOT, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        while time.perf_counter() - begun < PATIENCE_SECONDS:
            try:
                Connection(port).ask("GET", "/")
                return time.perf_counter() - begun
            except OSError:
                time.sleep(0.02)
        raise TimeoutError(f"{command} does not answer")
    finally:
        process.terminate()
        process.wait(PATIENCE_SECONDS)


def _cost(environ: dict[str, str], *arguments: str) -> Cost:
    begun = time.perf_counter()
    process = subprocess.Popen([sys.executable, "manage.py", *arguments], cwd=config.ROOT, env=environ, stdout=subprocess.DEVNULL)
    _pid, status, usage = os.wait4(process.pid, 0)
    if status:
        raise RuntimeError(f"{arguments[0]} ended with status {status}")
    return Cost(time.perf_counter() - begun, usage.ru_maxrss / 1024)


if __name__ == "__main__":
    main()
