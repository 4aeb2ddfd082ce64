"""What an entry carries beside its text, from whatever program it came: place, weather, music, activity, a pin.

`{"place": {"name": "Pier 3, Lisbon", "latitude": 38.7, "longitude": -9.1}, "weather": "14 °C, Fog", "pinned": true}`, and `music` and
`activity`, which are words; each may be missing.
"""

from typing import Any

from app.text import places
from app.text.folding import clean_line
from app.text.places import is_number

MAX_LENGTH = 200
WORDS = ("weather", "music", "activity")


def tidy(value: Any) -> dict[str, Any]:
    """Return the facts that are what they should be, clean and no longer than they may be; raise TypeError for what is no object."""
    if not isinstance(value, dict):
        raise TypeError("the facts of an entry are no object")
    found: dict[str, Any] = {name: words(value[name]) for name in WORDS if isinstance(value.get(name), str) and words(value[name])}
    if place := places.tidy(value.get("place")).as_json():
        found["place"] = place
    if value.get("pinned") is True:
        found["pinned"] = True
    return found


def words(*values: Any) -> str:
    """Return those of these values that are words or numbers, each once, with commas between, on one line."""
    said = [clean_line(str(value)) for value in values if isinstance(value, str) or is_number(value)]
    return ", ".join(dict.fromkeys(word for word in said if word))[:MAX_LENGTH].rstrip()
