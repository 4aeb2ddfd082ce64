"""Where an invitation went by email."""

import sqlalchemy as sa
from alembic import op

revision = "0102"
down_revision = "0101"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column, empty."""
    op.add_column("invitation", sa.Column("sent_to", sa.String(254), nullable=True))


def downgrade() -> None:
    """Remove the column."""
    op.drop_column("invitation", "sent_to")
