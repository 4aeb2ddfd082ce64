"""Indexes over some of the rows, on both databases."""

from typing import Any

import sqlalchemy as sa


def where(condition: str) -> dict[str, Any]:
    """Return the arguments by which an index holds the rows that meet a condition in SQL."""
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}
