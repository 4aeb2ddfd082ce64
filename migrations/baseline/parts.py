"""What several tables share: instants in UTC, and indexes over some of the rows on both databases."""

from typing import Any

import sqlalchemy as sa

INSTANT = sa.DateTime(timezone=True)


def where(condition: str) -> dict[str, Any]:
    """Return the arguments by which an index holds the rows that meet a condition in SQL."""
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}
