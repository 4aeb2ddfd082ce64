"""Days that looking back leaves out, kept as lines of a first and a last date: `2020-02-01 2020-04-30`."""

from collections.abc import Iterable
from datetime import date, timedelta

MAX_SPANS = 100
Span = tuple[date, date]
"""The first and the last of days that follow each other."""


def parse(text: str) -> list[Span]:
    """Read spans, the earliest first; lines that are none are left out."""
    spans = []
    for line in text.splitlines()[:MAX_SPANS]:
        try:
            first, last = map(date.fromisoformat, line.split())
        except ValueError:
            continue
        spans.append((min(first, last), max(first, last)))
    return sorted(spans)


def write(spans: Iterable[Span]) -> str:
    """Return spans as they are kept: those that meet or overlap are one."""
    merged: list[Span] = []
    for first, last in sorted(spans):
        if merged and (merged[-1][1] == date.max or first <= merged[-1][1] + timedelta(days=1)):
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return "\n".join(f"{first.isoformat()} {last.isoformat()}" for first, last in merged)


def is_quiet(day: date, spans: Iterable[Span]) -> bool:
    """Say whether a day lies in one of the spans."""
    return any(first <= day <= last for first, last in spans)
