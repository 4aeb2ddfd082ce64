"""What Day One says of an entry beside its text, in the shape that all sources share (`app.formats.facts`)."""

from typing import Any

from app.formats import facts
from app.formats.facts import words
from app.text.places import is_number

READ = {
    *("uuid", "creationDate", "modifiedDate", "timeZone", "text", "richText", "tags", "starred", "isAllDay"),
    *("photos", "videos", "audios", "pdfAttachments", "location", "weather", "music", "userActivity", "isPinned", "pinned"),
}


PARTS = {
    "location": {"userLabel", "placeName", "localityName", "country", "latitude", "longitude", "timeZoneName", "region"},
    "weather": {"temperatureCelsius", "conditionsDescription"},
    "music": {"track", "artist", "album"},
    "userActivity": {"activityName", "stepCount"},
}
"""What is read of each part. The region of a place is the circle round it that its telephone watches."""


def facts_of(raw: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Return the facts of an entry, and the names of its fields that have no place here and say something."""
    found = {
        "place": _place(raw.get("location")),
        "weather": _weather(_part(raw, "weather")),
        "music": words(*(_part(raw, "music").get(name) for name in ("track", "artist", "album"))),
        "activity": _activity(_part(raw, "userActivity")),
        "pinned": raw.get("isPinned") is True or raw.get("pinned") is True,
    }
    return facts.tidy(found), [*(name for name in raw if name not in READ and raw[name]), *_unread_parts(raw)]


def _unread_parts(raw: dict[str, Any]) -> list[str]:
    """Return what is said of place, weather and so on that has no place here, each led by the name of its part."""
    return [f"{part}.{name}" for part, read in PARTS.items() for name, value in _part(raw, part).items() if name not in read and value]


def _part(raw: dict[str, Any], name: str) -> dict[str, Any]:
    value = raw.get(name)
    return value if isinstance(value, dict) else {}


def _place(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        return {"name": words(value)}
    name = words(value.get("userLabel") or value.get("placeName"), value.get("localityName"), value.get("country"))
    return {"name": name, "latitude": value.get("latitude"), "longitude": value.get("longitude")}


def _weather(value: dict[str, Any]) -> str:
    degrees = value.get("temperatureCelsius")
    return words(f"{degrees:g} °C" if is_number(degrees, 200) else "", value.get("conditionsDescription"))


def _activity(value: dict[str, Any]) -> str:
    steps = value.get("stepCount")
    return words(value.get("activityName"), f"{steps} steps" if is_number(steps) and steps else "")
