"""Pictures and other files, in which forms their bytes are kept, and the entries they belong to."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables, and let each person choose whether originals are kept."""
    op.create_table(
        "attachment",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("user_id", sa.Integer, nullable=False),
        sa.Column("uid", sa.String(36), nullable=False),
        sa.Column("key", sa.String(32), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("width", sa.Integer, nullable=False),
        sa.Column("height", sa.Integer, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.CheckConstraint("kind IN ('picture', 'sound', 'film', 'document')", name="ck_attachment_kind"),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_attachment_user_id_user", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_attachment"),
        sa.UniqueConstraint("user_id", "uid", name="uq_attachment_user_id_uid"),
        sa.UniqueConstraint("key", name="uq_attachment_key"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "rendition",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("attachment_id", sa.Integer, nullable=False),
        sa.Column("is_original", sa.Boolean, nullable=False),
        sa.Column("media_type", sa.String(64), nullable=False),
        sa.Column("width", sa.Integer, nullable=False),
        sa.Column("height", sa.Integer, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(["attachment_id"], ["attachment.id"], name="fk_rendition_attachment_id_attachment", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_rendition"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_rendition_attachment_id", "rendition", ["attachment_id"])
    op.create_index("ix_rendition_digest", "rendition", ["digest"])
    op.create_table(
        "entry_attachment",
        sa.Column("entry_id", sa.Integer, nullable=False),
        sa.Column("attachment_id", sa.Integer, nullable=False),
        sa.Column("is_shown", sa.Boolean, nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name="fk_entry_attachment_entry_id_entry", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["attachment_id"], ["attachment.id"], name="fk_entry_attachment_attachment_id_attachment", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("entry_id", "attachment_id", name="pk_entry_attachment"),
    )
    op.create_index("ix_entry_attachment_attachment_id", "entry_attachment", ["attachment_id"])
    op.add_column("user", sa.Column("keeps_originals", sa.Boolean, nullable=False, server_default=sa.false()))


def downgrade() -> None:
    """Remove the tables and the column; the bytes stay on disk until a sweep."""
    op.drop_column("user", "keeps_originals")
    op.drop_table("entry_attachment")
    op.drop_table("rendition")
    op.drop_table("attachment")
