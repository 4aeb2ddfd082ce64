"""Upgrade a large journal from every schema since the baseline, and kill upgrades at many steps; prints what was done.

python -m benchmarks.upgrades                         # 10,000 entries, 40 kills, SQLite and PostgreSQL
python -m benchmarks.upgrades --entries 2000 --kills 10
"""

import argparse
import logging
import tempfile
import time
from pathlib import Path

from app.database import migrating
from tests import postgres
from tests.conftest import make_app
from tests.upgrades import OLDEST, Journal, kill_at, one_more_migration


def main() -> None:
    """Do what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--entries", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=40)
    options = parser.parse_args()
    logging.disable()
    with tempfile.TemporaryDirectory(prefix="daybook-upgrades-") as folder, postgres.running() as cluster:
        for engine in ("sqlite", "postgresql"):
            url = f"sqlite:///{folder}/upgrades.db" if engine == "sqlite" else postgres.new_database(cluster.address, "upgrades")
            with one_more_migration(Path(folder, f"{engine}-migrations")):
                run(engine, url, Path(folder, engine), options)


def run(engine: str, url: str, folder: Path, options: argparse.Namespace) -> None:
    """Go through everything on one engine."""
    journal = Journal(make_app(url, folder), folder, options.entries)
    for revision in sorted(migrating.revisions())[-2::-1]:
        began = time.monotonic()
        journal.up_down_and_up(revision)
        print(f"{engine}: {options.entries} entries up, down and up from {revision} in {time.monotonic() - began:.1f} s", flush=True)
    journal.go_to(OLDEST)
    journal.keep()
    steps = journal.upgrade_killed_at(0)
    kill_at(journal, [max(1, steps * number // options.kills) for number in range(1, options.kills + 1)])
    print(f"{engine}: killed at {options.kills} of {steps} steps: always the old state or the new", flush=True)


if __name__ == "__main__":
    main()
