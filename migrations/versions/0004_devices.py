"""Where a signed-in browser is, and when its person last gave the password."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; whoever is signed in gave the password when the session began."""
    with op.batch_alter_table("login_session") as table:
        table.add_column(sa.Column("address", sa.String(45), nullable=False, server_default=""))
        table.add_column(sa.Column("proved_at", sa.DateTime(timezone=True)))
    op.execute("UPDATE login_session SET proved_at = created_at")
    with op.batch_alter_table("login_session") as table:
        table.alter_column("address", server_default=None)
        table.alter_column("proved_at", nullable=False)


def downgrade() -> None:
    """Remove the columns."""
    with op.batch_alter_table("login_session") as table:
        table.drop_column("proved_at")
        table.drop_column("address")
