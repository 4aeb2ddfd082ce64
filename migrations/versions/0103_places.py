"""The place of an entry as its own, out of what another program said of it."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0103"
down_revision = "0102"
branch_labels = None
depends_on = None

AT_ONCE = 500
WHERE = sa.text("trashed_at IS NULL AND place_name <> ''")
COLUMNS = ("user_id", "sort_key", "place_name", "trashed_at")
NUMBERS = ("latitude", "longitude")
ENTRY = sa.table(
    "entry",
    sa.column("id", sa.Integer),
    sa.column("facts", sa.JSON(none_as_null=True)),
    sa.column("place_name", sa.String),
    *(sa.column(name, sa.Double) for name in NUMBERS),
)
REVISION = sa.table("revision", sa.column("entry_id"), sa.column("place_name"), *(sa.column(name) for name in NUMBERS))
DRAFT = sa.table("draft", sa.column("entry_id"), sa.column("place"))


def upgrade() -> None:
    """Add the columns, and take the places out of the facts.

    Earlier versions and drafts of an entry, which could not say otherwise, are of the same place.
    """
    for table in ("entry", "revision"):
        op.add_column(table, sa.Column("place_name", sa.String(200), nullable=False, server_default=""))
        for name in NUMBERS:
            op.add_column(table, sa.Column(name, sa.Double(), nullable=True))
    op.add_column("draft", sa.Column("place", sa.String(200), nullable=False, server_default=""))
    for row in _each(ENTRY.c.facts.is_not(None)):
        if place := row.facts.pop("place", None):
            known = {"place_name": place.get("name", ""), **{name: place.get(name) for name in NUMBERS}}
            _put(row, row.facts, **known)
            _put_on_versions(row.id, known)
    op.create_index("ix_entry_placed", "entry", COLUMNS, sqlite_where=WHERE, postgresql_where=WHERE)


def downgrade() -> None:
    """Put the places of entries back among the facts, and remove the columns."""
    op.drop_index("ix_entry_placed", "entry")
    for row in _each(sa.or_(ENTRY.c.place_name != "", ENTRY.c.latitude.is_not(None))):
        known = {"name": row.place_name or None, **{name: getattr(row, name) for name in NUMBERS}}
        _put(row, {**(row.facts or {}), "place": {name: value for name, value in known.items() if value is not None}})
    op.drop_column("draft", "place")
    for table in ("revision", "entry"):
        for name in (*reversed(NUMBERS), "place_name"):
            op.drop_column(table, name)


def _each(condition: sa.ColumnElement[bool]) -> Iterator[sa.Row[Any]]:
    """Yield the entries that meet a condition, some hundreds at a time."""
    after, more = 0, True
    while more:
        some = sa.select(ENTRY).where(ENTRY.c.id > after, condition).order_by(ENTRY.c.id).limit(AT_ONCE)
        rows = op.get_bind().execute(some).all()
        yield from rows
        after, more = rows[-1].id if rows else after, len(rows) == AT_ONCE


def _put_on_versions(entry_id: int, known: dict[str, Any]) -> None:
    op.get_bind().execute(sa.update(REVISION).where(REVISION.c.entry_id == entry_id).values(**known))
    label = known["place_name"] or f"{known['latitude']}, {known['longitude']}"
    op.get_bind().execute(sa.update(DRAFT).where(DRAFT.c.entry_id == entry_id).values(place=label))


def _put(row: sa.Row[Any], facts: dict[str, Any], **columns: object) -> None:
    op.get_bind().execute(sa.update(ENTRY).where(ENTRY.c.id == row.id).values(facts=facts or None, **columns))
