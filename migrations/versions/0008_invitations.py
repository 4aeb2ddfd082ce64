"""Links that let people sign up."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "invitation",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("key_hash", sa.String(64), nullable=False),
        sa.Column("created_by_id", sa.Integer),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("most_uses", sa.Integer, nullable=False),
        sa.Column("uses", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(["created_by_id"], ["user.id"], name="fk_invitation_created_by_id_user", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_invitation"),
        sa.UniqueConstraint("key_hash", name="uq_invitation_key_hash"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_invitation_created_by_id", "invitation", ["created_by_id"])


def downgrade() -> None:
    """Remove the table; links that are out work no more."""
    op.drop_table("invitation")
