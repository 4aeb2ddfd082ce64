"""What another program said of an entry beside its text: place, weather, music, activity."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    op.add_column("entry", sa.Column("facts", sa.JSON))


def downgrade() -> None:
    """Remove it."""
    op.drop_column("entry", "facts")
