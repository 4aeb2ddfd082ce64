"""The id of the journal, by which an empty database or another journal's is told from this one."""

import uuid

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table, with its one row."""
    journal = op.create_table("journal", sa.Column("id", sa.String(36), nullable=False), sa.PrimaryKeyConstraint("id", name="pk_journal"))
    op.bulk_insert(journal, [{"id": str(uuid.uuid4())}])


def downgrade() -> None:
    """Remove the table."""
    op.drop_table("journal")
