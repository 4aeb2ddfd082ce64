"""How parts of an address are read: ids that every database can hold, and dates."""

from datetime import date

from flask import Flask
from werkzeug.routing import BaseConverter, IntegerConverter, Map, ValidationError

from app.models.base import MAX_ID


class IdConverter(IntegerConverter):
    """A row's id; a number that no row can have is no address of ours."""

    regex = "[0-9]+"

    def __init__(self, map: Map) -> None:
        super().__init__(map, min=1, max=MAX_ID)


class NumberConverter(IntegerConverter):
    """A number in the digits that addresses are written in; others would be a second address of the same page."""

    regex = "[0-9]+"


class DateConverter(BaseConverter):
    """A day as YYYY-MM-DD, from year 1 to 9999."""

    regex = "[0-9]{4}-[0-9]{2}-[0-9]{2}"

    def to_python(self, value: str) -> date:
        """Return the day; ValidationError, and so 404, where there is no such day."""
        try:
            return date.fromisoformat(value)
        except ValueError as problem:
            raise ValidationError from problem

    def to_url(self, value: date) -> str:
        """Return the day in ISO 8601."""
        return value.isoformat()


class RevisionConverter(BaseConverter):
    """An earlier version of an entry: `3`, or `3.2` for the second snapshot of what was typed after it."""

    regex = r"[0-9]{1,9}(?:\.[0-9]{1,9})?"
    part_isolating = True

    def to_python(self, value: str) -> tuple[int, int]:
        """Return version and snapshot."""
        version, _, snapshot = value.partition(".")
        return int(version), int(snapshot or 0)

    def to_url(self, value: tuple[int, int]) -> str:
        """Return what stands in an address."""
        version, snapshot = value
        return f"{version}.{snapshot}" if snapshot else str(version)


def init_app(app: Flask) -> None:
    """Let routes of `app` use `<id:...>`, `<day:...>` and `<revision:...>`."""
    app.url_map.converters.update(id=IdConverter, int=NumberConverter, day=DateConverter, revision=RevisionConverter)
