"""How much memory a served journal takes: when it has just begun, after requests of every kind, and after many more.

    python -m benchmarks.memory                     # two workers, 2,000 requests and 20,000 more
    python -m benchmarks.memory --workers 1 --more 0

Counted is the proportional set size of all processes together (proc(5), `smaps_rollup`): what several share counts once.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import cycle, islice
from pathlib import Path

import config
from benchmarks.load import Connection, reading, saving, secret_of, signed_in
from benchmarks.seeding import LAST_DAY, PASSWORD, READER, WORDS
from benchmarks.served import PORT, served, settings

SETTLED_SECONDS = 5
REQUESTS_A_CONNECTION = 25
REPORTS = 4


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--entries", type=int, default=2000)
    parser.add_argument("--requests", type=int, default=2000)
    parser.add_argument("--more", type=int, default=20000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="daybook-memory-") as folder:
        environ = {**settings(Path(folder)), "WEB_CONCURRENCY": str(options.workers)}
        program = f"from benchmarks.seeding import seed; seed({options.entries}, 5)"
        subprocess.run([sys.executable, "-c", program], cwd=config.ROOT, env=environ, check=True, capture_output=True)
        with served(["manage.py", "serve"], environ, PORT, Path(folder)) as process:
            time.sleep(SETTLED_SECONDS)
            idle = _report(process.pid, "idle", 0)
            reader = signed_in(PORT, READER, PASSWORD)
            acts = _every_kind(options.entries, secret_of(reader.ask("GET", "/entry")[1]))
            _ask(acts, options.requests, reader.cookies)
            _report(process.pid, f"after {options.requests:,} requests", idle)
            for number in range(1, REPORTS + 1) if options.more else ():
                _ask(acts, options.more // REPORTS, reader.cookies)
                _report(process.pid, f"after {options.more * number // REPORTS:,} more", idle)


def _every_kind(entries: int, secret: str) -> Iterator[tuple[str, Callable[[Connection], int]]]:
    """Return an endless turn of what a person who is signed in does, each with its name."""
    text = " ".join(WORDS[number % len(WORDS)] for number in range(200))
    paths = ("/", f"/entry/{entries // 4 * 2 + 1}", f"/day/{LAST_DAY}", "/calendar/2026/10", "/calendar/2026", "/tags", "/tags/garden",
             "/search?q=rare7", "/search?q=garden", '/search?q="the+garden"', "/entry", "/drafts", "/files", "/trash", "/on-this-day",
             "/account", "/account/security", "/account/passkeys", "/feed.atom", "/healthz", "/readyz", "/nothing-there")  # fmt: skip
    return cycle([*((path, reading(path)) for path in paths), ("saving", saving(text, secret))])


def _ask(acts: Iterator[tuple[str, Callable[[Connection], int]]], number: int, cookies: dict[str, str]) -> None:
    connection = Connection(PORT)
    for count, (name, act) in enumerate(islice(acts, number)):
        if count % REQUESTS_A_CONNECTION == 0:
            connection.close()
            connection = Connection(PORT)
        connection.cookies = dict(cookies)
        status = act(connection)
        assert status < 400 or status == 404, f"{name} was answered with {status}"


def _report(root: int, when: str, idle: float) -> float:
    sizes = {pid: _proportional_set_size(pid) for pid in _family(root)}
    total = sum(sizes.values())
    share = f"{total / idle:6.2f} of idle" if idle else ""
    print(f"{when:24}{total:8.1f} MB {share:16} {' '.join(f'{size:.0f}' for size in sizes.values())}", flush=True)
    return total


def _family(root: int) -> list[int]:
    """Return a process and all that descend from it."""
    children = Path(f"/proc/{root}/task/{root}/children").read_text().split()
    return [root, *(pid for child in children for pid in _family(int(child)))]


def _proportional_set_size(pid: int) -> float:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


if __name__ == "__main__":
    main()
