"""Drafts: what is being typed, kept before anybody presses Save; and steps of typing among the earlier versions."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables and add the column; every version that is there was saved on purpose, so it is step 0."""
    op.create_table(
        "draft",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("user_id", sa.Integer, nullable=False),
        sa.Column("entry_id", sa.Integer),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("serial", sa.BigInteger, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("entry_date", sa.String(40), nullable=False),
        sa.Column("entry_time", sa.String(40), nullable=False),
        sa.Column("tags", sa.Text, nullable=False),
        sa.Column("visibility", sa.String(10), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("finished_at", INSTANT),
        sa.Column("excerpt", sa.String(200), nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_draft_user_id_user", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name="fk_draft_entry_id_entry", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_draft"),
        sa.UniqueConstraint("user_id", "key", name="uq_draft_user_id_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_draft_entry_id", "draft", ["entry_id"])
    op.create_table(
        "draft_step",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("draft_id", sa.Integer, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(["draft_id"], ["draft.id"], name="fk_draft_step_draft_id_draft", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_draft_step"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_draft_step_draft_id", "draft_step", ["draft_id"])
    with op.batch_alter_table("revision", table_kwargs={"sqlite_autoincrement": True}) as table:
        table.add_column(sa.Column("step", sa.Integer, nullable=False, server_default="0"))
        table.drop_constraint("uq_revision_entry_id_version", type_="unique")
        table.create_unique_constraint("uq_revision_entry_id_version", ["entry_id", "version", "step"])


def downgrade() -> None:
    """Remove them; steps of typing go, since two of one version had no place before."""
    op.execute("DELETE FROM revision WHERE step <> 0")
    with op.batch_alter_table("revision", table_kwargs={"sqlite_autoincrement": True}) as table:
        table.drop_constraint("uq_revision_entry_id_version", type_="unique")
        table.drop_column("step")
        table.create_unique_constraint("uq_revision_entry_id_version", ["entry_id", "version"])
    op.drop_table("draft_step")
    op.drop_table("draft")
