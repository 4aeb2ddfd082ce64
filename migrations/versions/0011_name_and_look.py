"""How a person is called, and whether pages are light or dark."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; everybody begins with the user name and the system's look."""
    op.add_column("user", sa.Column("display_name", sa.String(80), nullable=False, server_default=""))
    op.add_column("user", sa.Column("theme", sa.String(10), nullable=False, server_default="system"))


def downgrade() -> None:
    """Remove the columns."""
    op.drop_column("user", "theme")
    op.drop_column("user", "display_name")
