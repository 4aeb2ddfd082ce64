"""What another program said of an entry beside its text, and when an entry was published, which feeds go by."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

PUBLIC = sa.text("trashed_at IS NULL AND visibility = 'public'")


def upgrade() -> None:
    """Add the columns; what is public was published when it was written, as far as anybody knows."""
    op.add_column("entry", sa.Column("facts", sa.JSON))
    op.add_column("entry", sa.Column("published_at", sa.DateTime(timezone=True)))
    op.execute("UPDATE entry SET published_at = created_at WHERE visibility = 'public'")
    op.create_index("ix_entry_published", "entry", ["published_at", "id"], sqlite_where=PUBLIC, postgresql_where=PUBLIC)


def downgrade() -> None:
    """Remove them."""
    op.drop_index("ix_entry_published", table_name="entry")
    op.drop_column("entry", "published_at")
    op.drop_column("entry", "facts")
