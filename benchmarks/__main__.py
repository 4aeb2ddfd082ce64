"""Seed journals, serve them with the real command, and print how fast they are beside a bare Flask page.

    python -m benchmarks                              # 2,000, 20,000 and 200,000 entries on SQLite
    python -m benchmarks --entries 20000 --only journal
    python -m benchmarks --entries 20000 --report     # puts the table of this version into docs/performance.md
    DATABASE_URL=postgresql://… python -m benchmarks  # that database is emptied

Rounds of all pages take turns, so that a busy moment of the machine meets all of them; printed are the medians.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median

import config
from app.models.entry import sort_key_of
from benchmarks import report
from benchmarks.load import Connection, Speed, keeping_a_draft, measure, reading, saving, secret_of, signed_in
from benchmarks.seeding import LAST_DAY, PASSWORD, READER, WORDS
from benchmarks.served import PORT, gunicorn_with, served, settings

BARE_PORT = 8432
PEOPLE = 200
OF_BARE_SAVING = {"bare saving", "saving", "keeping a draft"}
Act = tuple[Connection, Callable[[Connection], int]]


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--entries", type=int, nargs="+", default=[2000, 20000, 200000])
    parser.add_argument("--seconds", type=float, default=3, help="how long one page is asked for in one round")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--only", help="measure only pages whose name holds this, and the bare ones")
    parser.add_argument("--report", action="store_true", help="put the table into docs/performance.md, too")
    options = parser.parse_args()
    for entries in options.entries:
        with tempfile.TemporaryDirectory(prefix="daybook-benchmark-") as folder:
            run(entries, Path(folder), options)


def run(entries: int, folder: Path, options: argparse.Namespace) -> None:
    """Seed one journal, measure its pages and print a table."""
    environ = settings(folder)
    reader = subprocess.run([sys.executable, "-c", f"from benchmarks.seeding import seed; print(seed({entries}, {PEOPLE}))"],
                            cwd=config.ROOT, env=environ, check=True, capture_output=True, text=True).stdout.split()[-1]  # fmt: skip
    bare = {**environ, "BENCHMARK_DATABASE": environ["DATABASE_URL"], "BENCHMARK_READER": reader, "BIND": f"127.0.0.1:{BARE_PORT}"}
    with (
        served(["manage.py", "serve"], environ, PORT, folder),
        served(gunicorn_with("benchmarks.bare:create_app()"), bare, BARE_PORT, folder),
    ):
        acts = _acts(entries)
        acts = {name: act for name, act in acts.items() if name.startswith("bare") or not options.only or options.only in name}
        speeds: dict[str, list[Speed]] = {name: [] for name in acts}
        for _ in range(options.rounds):
            for name, (page_client, act) in acts.items():
                speeds[name].append(measure(act, page_client, options.seconds, options.connections))
        rows = _rows(speeds)
        _print(entries, speeds, rows)
        if options.report:
            report.write(entries, PEOPLE, {name: row for name, row in rows.items() if not name.startswith("bare")})


def _acts(entries: int) -> dict[str, Act]:
    reader, stranger = signed_in(PORT, READER, PASSWORD), Connection(BARE_PORT)
    secret = secret_of(reader.ask("GET", "/entry")[1])
    deepest = f"/?older={sort_key_of(LAST_DAY) - (entries // 10 - 5) * 86400}-0"
    text = " ".join(WORDS[number % len(WORDS)] for number in range(200))
    pages = {
        "journal, first page": "/",
        "journal, deepest page": deepest,
        "one entry": f"/entry/{entries // 4 * 2 + 1}",
        "a day": f"/day/{LAST_DAY}",
        "calendar, month": "/calendar/2026/10",
        "calendar, year": "/calendar/2026",
        "tag": "/tags/garden",
        "search, rare word": "/search?q=rare7",
        "search, common word": "/search?q=garden",
        "search, a phrase": "/search?q=%22the+harbour%22",
        "log-in page": "/login",
    }
    return {
        "bare list": (stranger, reading("/")),
        **{name: (reader, reading(path)) for name, path in pages.items()},
        "bare saving": (stranger, saving(text)),
        "saving": (reader, saving(text, secret)),
        "keeping a draft": (reader, keeping_a_draft(text, secret)),
    }


def _rows(speeds: dict[str, list[Speed]]) -> dict[str, report.Row]:
    middle = {name: median(speed.per_second for speed in found) for name, found in speeds.items()}
    return {
        name: report.Row(
            middle[name] / middle["bare saving" if name in OF_BARE_SAVING else "bare list"],
            median(speed.p50 for speed in found),
            median(speed.p99 for speed in found),
        )
        for name, found in speeds.items()
    }


def _print(entries: int, speeds: dict[str, list[Speed]], rows: dict[str, report.Row]) -> None:
    print(f"\n{entries:,} entries, {PEOPLE} people\n{'':24}{'requests/s':>12}{'of bare':>10}{'p50 ms':>10}{'p99 ms':>10}")
    for name, row in rows.items():
        per_second = median(speed.per_second for speed in speeds[name])
        print(f"{name:24}{per_second:12,.0f}{row.of_bare:10.2f}{row.p50:10.2f}{row.p99:10.2f}", flush=True)


if __name__ == "__main__":
    main()
