"""A year as a picture: one square a day, a column a week, darker where more was written."""

from dataclasses import dataclass
from datetime import date, timedelta

CELL = 13
LEFT, TOP = 4, 18
LEVELS = (1, 50, 150, 400)
"""From how many words on a day counts as one, two, three or four shades dark."""


@dataclass(frozen=True)
class Square:
    """One day: where it stands, how dark it is (0 to 4), and how many entries and words it has."""

    day: date
    x: int
    y: int
    level: int
    entries: int
    words: int


class Heatmap:
    """The squares of a year and the places of its months' names; sizes are in SVG units, a square's own is in the style sheet."""

    def __init__(self, year: int, written: dict[date, tuple[int, int]], week_begins_on: int = 0) -> None:
        self.week_begins_on = week_begins_on
        first = date(year, 1, 1)
        days = [first + timedelta(days=number) for number in range((date(year, 12, 31) - first).days + 1)]
        self.squares = [self._square(day, first, *written.get(day, (0, 0))) for day in days]
        self.months = [(square.day, square.x) for square in self.squares if square.day.day == 1]
        self.width = self.squares[-1].x + CELL + LEFT
        self.height = TOP + 7 * CELL
        self.levels = LEVELS

    def _square(self, day: date, first: date, entries: int, words: int) -> Square:
        week, weekday = divmod((day - first).days + (first.weekday() - self.week_begins_on) % 7, 7)
        level = max(1, sum(words >= least for least in LEVELS)) if entries else 0
        return Square(day, LEFT + week * CELL, TOP + weekday * CELL, level, entries, words)
