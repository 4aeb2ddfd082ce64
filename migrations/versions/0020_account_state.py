"""What ends all that is under way for an account, what is needed to take a change back, and digests of what is shown."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the columns; whoever is signed in has logged in before, and open moves keep their old address taken."""
    op.add_column("user", sa.Column("epoch", sa.Integer, nullable=False, server_default="0"))
    op.add_column("user", sa.Column("last_login_at", INSTANT))
    op.execute('UPDATE "user" SET last_login_at = (SELECT max(created_at) FROM login_session WHERE user_id = "user".id)')
    op.add_column("address_change", sa.Column("old_email_folded", sa.String(1024), nullable=False, server_default=""))
    op.execute("UPDATE address_change SET old_email_folded = lower(old_email)")
    op.create_index("ix_address_change_old_email_folded", "address_change", ["old_email_folded"])
    op.add_column("entry", sa.Column("shown_digest", sa.String(64), nullable=False, server_default=""))
    op.add_column("security_event", sa.Column("undo", sa.JSON))
    op.add_column("security_event", sa.Column("undone_at", INSTANT))


def downgrade() -> None:
    """Remove them."""
    op.drop_column("security_event", "undone_at")
    op.drop_column("security_event", "undo")
    op.drop_column("entry", "shown_digest")
    op.drop_index("ix_address_change_old_email_folded", table_name="address_change")
    op.drop_column("address_change", "old_email_folded")
    op.drop_column("user", "last_login_at")
    op.drop_column("user", "epoch")
