"""Searches with a name, days that looking back leaves out, and days without a prompt."""

import sqlalchemy as sa
from alembic import op

revision = "0101"
down_revision = "0100"
branch_labels = None
depends_on = None

COLUMNS = {"saved_searches": sa.Text(), "quiet_days": sa.Text(), "prompt_rest_days": sa.String(7)}


def upgrade() -> None:
    """Add the columns, empty."""
    for name, kind in COLUMNS.items():
        op.add_column("user", sa.Column(name, kind, nullable=False, server_default=""))


def downgrade() -> None:
    """Remove the columns."""
    for name in reversed(COLUMNS):
        op.drop_column("user", name)
