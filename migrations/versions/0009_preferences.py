"""What a person likes: who reads a new page, when the day ends, on which day the week begins."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

COLUMNS = [("default_visibility", sa.String(10), "private"), ("day_ends_at", sa.Integer, "0"), ("week_begins_on", sa.Integer, "0")]


def upgrade() -> None:
    """Add the columns; everybody begins with what held until now."""
    with op.batch_alter_table("user") as table:
        for name, kind, value in COLUMNS:
            table.add_column(sa.Column(name, kind, nullable=False, server_default=value))
    with op.batch_alter_table("user") as table:
        for name, _kind, _value in COLUMNS:
            table.alter_column(name, server_default=None)


def downgrade() -> None:
    """Remove the columns."""
    with op.batch_alter_table("user") as table:
        for name, _kind, _value in reversed(COLUMNS):
            table.drop_column(name)
