"""The tables of `docs/performance.md`: one for each release, the newest first."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import config
from app import __version__

BEGINNING = "<!-- tables of `python -m benchmarks --report`, the newest first -->\n"
PAGE = Path(config.ROOT) / "docs" / "performance.md"


class Row(NamedTuple):
    """A page's requests a second as a share of the bare page's, and the milliseconds within which 50 and 99 of 100 were answered."""

    of_bare: float
    p50: float
    p99: float


def write(entries: int, people: int, rows: Mapping[str, Row], page: Path = PAGE) -> None:
    """Put the table of this version into the page, in the place of one that this version has for as many entries."""
    heading = f"### {__version__}, {entries:,} entries of {people} people"
    table = "".join(f"| {name} | {row.of_bare:.2f} | {row.p50:.0f} ms | {row.p99:.0f} ms |\n" for name, row in rows.items())
    month = datetime.now(UTC).strftime("%B %Y")
    section = f"{heading}\n\n{month}.\n\n| page | of bare | p50 | p99 |\n|---|---|---|---|\n{table}\n"
    before, beginning, after = page.read_text().partition(BEGINNING)
    if not beginning:
        raise ValueError(f"{page} has no place for tables")
    others = re.sub(rf"{re.escape(heading)}\n.*?(?=^#|\Z)", "", after, flags=re.DOTALL | re.MULTILINE).lstrip("\n")
    page.write_text(f"{before}{beginning}\n{section}{others}")
