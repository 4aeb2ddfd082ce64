"""Digests by which drafts and templates are known to be what was typed."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; what is there already gets its digest when it changes next."""
    for table in ("draft", "draft_step", "template"):
        op.add_column(table, sa.Column("digest", sa.String(64), nullable=False, server_default=""))


def downgrade() -> None:
    """Remove them."""
    for table in ("template", "draft_step", "draft"):
        op.drop_column(table, "digest")
