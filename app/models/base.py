"""What columns of all tables share: identifiers, and instants in UTC."""

from datetime import UTC, datetime
from typing import Annotated

from sqlalchemy import DateTime, Dialect
from sqlalchemy.orm import mapped_column
from sqlalchemy.types import TypeDecorator

MAX_ID = 2**31 - 1


class UTCDateTime(TypeDecorator[datetime]):
    """An instant: aware in Python on both engines (SQLite alone would hand it back without a zone)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    @property
    def python_type(self) -> type[datetime]:
        """What it is in Python, which a decorator of a type does not say by itself."""
        return datetime

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store in UTC; refuse a time without a zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Read as aware, in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Identifier = Annotated[int, mapped_column(primary_key=True)]
Instant = Annotated[datetime, mapped_column(UTCDateTime)]

NEVER_REUSE_IDS = {"sqlite_autoincrement": True}
