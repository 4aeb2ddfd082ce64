"""Where somebody was: what they call the place, and where it is on earth, as far as that is known."""

from dataclasses import dataclass
from typing import Any, TypeGuard

from app.text.folding import clean_line

MAX_NAME_LENGTH = 200
LATITUDES, LONGITUDES = 90, 180


@dataclass(frozen=True)
class Place:
    """A place: a name, and degrees north and east (WGS 84). It has both degrees, or none."""

    name: str = ""
    latitude: float | None = None
    longitude: float | None = None

    @property
    def label(self) -> str:
        """What it is called, for its writer: its name, or its degrees where it has none."""
        return self.name or ("" if self.latitude is None else f"{self.latitude}, {self.longitude}")

    def as_json(self) -> dict[str, Any]:
        """Return what is known of it, as exports hold it."""
        known = {"name": self.name or None, "latitude": self.latitude, "longitude": self.longitude}
        return {name: value for name, value in known.items() if value is not None}


NOWHERE = Place()


def read(label: str) -> Place:
    """Return the place that a label means: degrees as `Place.label` writes them, or a name."""
    north, comma, east = label.partition(", ")
    try:
        found = tidy({"latitude": float(north), "longitude": float(east)}) if comma else NOWHERE
    except ValueError:
        found = NOWHERE
    return found if label and found.label == label else Place(label)


def tidy(value: Any) -> Place:
    """Return the place that an object of this shape, from whatever source, comes down to."""
    if not isinstance(value, dict):
        return NOWHERE
    name, north, east = value.get("name"), value.get("latitude"), value.get("longitude")
    tidy_name = clean_line(name)[:MAX_NAME_LENGTH].rstrip() if isinstance(name, str) else ""
    if not (is_number(north, LATITUDES) and is_number(east, LONGITUDES)):
        return Place(tidy_name)
    return Place(tidy_name, float(north), float(east))


def is_number(value: Any, most: float = 1e15) -> TypeGuard[float]:
    """Say whether a value is a number within reason."""
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) <= most
