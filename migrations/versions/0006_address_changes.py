"""Changes of address, with the way back."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "address_change",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("user_id", sa.Integer, nullable=False),
        sa.Column("old_email", sa.String(254), nullable=False),
        sa.Column("new_email", sa.String(254), nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("confirmed_at", INSTANT),
        sa.Column("undone_at", INSTANT),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_address_change_user_id_user", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_address_change"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_address_change_user_id", "address_change", ["user_id"])


def downgrade() -> None:
    """Remove the table; addresses stay what they are."""
    op.drop_table("address_change")
