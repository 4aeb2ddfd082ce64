"""What pages cost as a journal grows: the same pages of a small and of a large one, by turns in one run.

    python -m benchmarks.growth                                # 20,000 entries of one person, and 200,000
    python -m benchmarks.growth 20000 1000000 --share 5        # of 20 and of 1,000 people; every fifth entry is the reader's
    python -m benchmarks.growth --postgresql URL URL           # on two empty databases of a server

Requests are answered in this process, without a network; printed are the medians and their ratio.
"""

import argparse
import os
import secrets
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from flask_migrate import upgrade

from app import create_app
from app.extensions import db
from app.models import User
from app.models.entry import sort_key_of
from benchmarks.seeding import LAST_DAY, fill, settle
from tests.page_client import PageClient

PEOPLE_EVERY, ROUNDS, REQUESTS = 1000, 7, 15
Pages = dict[str, Callable[[], object]]


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("entries", type=int, nargs="*", default=[20_000, 200_000], help="of the small journal, and of the large one")
    parser.add_argument("--share", type=int, default=1, help="every how many-th entry is the reader's")
    parser.add_argument("--postgresql", nargs=2, metavar="URL", help="two empty databases")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="daybook-growth-") as folder:
        sizes = options.entries
        urls = options.postgresql or [f"sqlite:///{folder}/{name}.db" for name in ("small", "large")]
        journals = [_journal(Path(folder) / str(size), url, size, options.share) for url, size in zip(urls, sizes, strict=True)]
        print(f"{'':24}{sizes[0]:>12,}{sizes[1]:>12,}")
        for name in journals[0]:
            small, large = in_turn(*(journal[name] for journal in journals))
            print(f"{name:24}{1000 * small:9.1f} ms{1000 * large:9.1f} ms{large / small:8.2f}", flush=True)


def in_turn(*acts: Callable[[], object]) -> list[float]:
    """Return the median seconds of acts that take turns, so that a busy moment of the machine meets all of them."""
    seconds: list[list[float]] = [[] for _act in acts]
    for _round in range(ROUNDS):
        for act, found in zip(acts, seconds, strict=True):
            act()
            begun = time.perf_counter()
            for _request in range(REQUESTS):
                act()
            found.append((time.perf_counter() - begun) / REQUESTS)
    return [median(found) for found in seconds]


def _journal(folder: Path, url: str, entries: int, share: int) -> Pages:
    """Return what asks for each page of a new journal as its reader."""
    names = {"DATABASE_URL": url, "DATA_DIR": str(folder), "SECRET_KEY": secrets.token_urlsafe(32), "FLASK_CONFIG": "testing"}
    os.environ |= names
    app = create_app()
    with app.app_context():
        upgrade()
        reader = db.session.get_one(User, fill(entries, max(1, entries // PEOPLE_EVERY) if share > 1 else 1, share))
        settle()
    browser = PageClient(app).signed_in_as(reader)
    deepest = sort_key_of(LAST_DAY) - (entries // 10 - 5) * 86400
    pages = {
        "journal, first page": "/",
        "journal, deepest page": f"/?older={deepest}-0",
        "one entry": f"/entry/{entries // 2 // share * share + 1}",
        "a day": f"/day/{LAST_DAY}",
        "calendar, month": f"/calendar/{LAST_DAY.year}/{LAST_DAY.month}",
        "calendar, year": f"/calendar/{LAST_DAY.year}",
        "on this day": f"/on-this-day?date={LAST_DAY}",
        "statistics": f"/statistics?year={LAST_DAY.year}",
        "tags": "/tags",
        "a tag": "/tags/garden",
        "search, rare word": "/search?q=rare7",
        "search, common word": "/search?q=garden",
        "search, a phrase": '/search?q="the+harbour"',
        "writing page": "/entry",
    }
    return {name: _asking(browser, path) for name, path in pages.items()}


def _asking(browser: PageClient, path: str) -> Callable[[], object]:
    def ask() -> object:
        answer = browser.client.get(path)
        if answer.status_code != 200:
            raise RuntimeError(f"{path} answers {answer.status_code}")
        return answer.get_data()

    return ask


if __name__ == "__main__":
    main()
