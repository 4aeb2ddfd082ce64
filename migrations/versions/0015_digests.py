"""Digests of entries and of their earlier versions, by which damage is noticed."""

from datetime import date, time
from typing import Any

import sqlalchemy as sa
from alembic import op

from app.text import digest

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

AT_ONCE = 500


def upgrade() -> None:
    """Add the columns, and fill them from the texts there are."""
    for name in ("entry", "revision"):
        op.add_column(name, sa.Column("digest", sa.String(64), nullable=False, server_default=""))
        _fill(name)


def downgrade() -> None:
    """Remove the columns."""
    for name in ("revision", "entry"):
        op.drop_column(name, "digest")


def _fill(name: str) -> None:
    columns = [sa.column(column) for column in ("id", "title", "body", "digest")]
    table = sa.table(name, *columns, sa.column("entry_date", sa.Date), sa.column("entry_time", sa.Time))
    connection, last = op.get_bind(), 0
    while rows := connection.execute(sa.select(table).where(table.c.id > last).order_by(table.c.id).limit(AT_ONCE)).fetchall():
        for row in rows:
            connection.execute(table.update().where(table.c.id == row.id).values(digest=_digest(row)))
        last = rows[-1].id


def _digest(row: Any) -> str:
    day: date = row.entry_date
    clock_time: time | None = row.entry_time
    return digest.of_text(row.title, row.body, day, clock_time)
