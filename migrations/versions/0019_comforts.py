"""What helps to write: stars, moods, templates, prompts of one's own, and pages that are sealed after a while."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
STARRED = sa.text("trashed_at IS NULL AND starred_at IS NOT NULL")


def upgrade() -> None:
    """Add the columns and the table."""
    op.add_column("entry", sa.Column("starred_at", INSTANT))
    for name in ("entry", "revision", "draft"):
        op.add_column(name, sa.Column("mood", sa.String(40), nullable=False, server_default=""))
    op.create_index("ix_entry_starred", "entry", ["user_id", "position", "id"], sqlite_where=STARRED, postgresql_where=STARRED)
    op.add_column("user", sa.Column("seals_after", sa.Integer, nullable=False, server_default="0"))
    op.add_column("user", sa.Column("notes_mood", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("user", sa.Column("prompted", sa.String(10), nullable=False, server_default="never"))
    op.add_column("user", sa.Column("prompts", sa.Text, nullable=False, server_default=""))
    op.create_table(
        "template",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("user_id", sa.Integer, nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("tags", sa.Text, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_template_user_id_user", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_template"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_template_user_id", "template", ["user_id"])


def downgrade() -> None:
    """Remove them."""
    op.drop_table("template")
    for name in ("prompts", "prompted", "notes_mood", "seals_after"):
        op.drop_column("user", name)
    op.drop_index("ix_entry_starred", table_name="entry")
    for name in ("draft", "revision", "entry"):
        op.drop_column(name, "mood")
    op.drop_column("entry", "starred_at")
