"""Entries, their earlier versions, and tags."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
NOT_TRASHED = "trashed_at IS NULL"
SHARED = "trashed_at IS NULL AND visibility <> 'private'"
PUBLIC = "trashed_at IS NULL AND visibility = 'public'"
ENTRY_INDEXES = [
    ("ix_entry_written", ["user_id", "position", "id", "word_count"], NOT_TRASHED),
    ("ix_entry_written_on", ["user_id", "month_day", "position", "id"], NOT_TRASHED),
    ("ix_entry_shared", ["position", "id"], SHARED),
    ("ix_entry_shared_by", ["user_id", "position", "id"], SHARED),
    ("ix_entry_public", ["position", "id"], PUBLIC),
    ("ix_entry_trashed", ["user_id", "trashed_at"], "trashed_at IS NOT NULL"),
]


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "entry",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("uid", sa.String(36), nullable=False),
        sa.Column("user_id", sa.Integer, nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("excerpt", sa.String(400), nullable=False),
        sa.Column("word_count", sa.Integer, nullable=False),
        sa.Column("tag_line", sa.Text, nullable=False),
        sa.Column("entry_date", sa.Date, nullable=False),
        sa.Column("entry_time", sa.Time),
        sa.Column("timezone", sa.String(64), nullable=False),
        sa.Column("instant", INSTANT),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("month_day", sa.Integer, nullable=False),
        sa.Column("visibility", sa.String(10), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("trashed_at", INSTANT),
        sa.Column("form_key", sa.String(64)),
        sa.Column("origin", sa.String(200)),
        sa.Column("html_version", sa.Integer, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("html", sa.Text, nullable=False),
        sa.CheckConstraint("visibility IN ('private', 'members', 'public')", name="ck_entry_visibility"),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_entry_user_id_user", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_entry"),
        sa.UniqueConstraint("user_id", "uid", name="uq_entry_user_id_uid"),
        sa.UniqueConstraint("user_id", "form_key", name="uq_entry_user_id_form_key"),
        sa.UniqueConstraint("user_id", "origin", name="uq_entry_user_id_origin"),
        sqlite_autoincrement=True,
    )
    for name, columns, where in ENTRY_INDEXES:
        op.create_index(name, "entry", columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
    op.create_table(
        "revision",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("entry_id", sa.Integer, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("entry_date", sa.Date, nullable=False),
        sa.Column("entry_time", sa.Time),
        sa.Column("timezone", sa.String(64), nullable=False),
        sa.Column("visibility", sa.String(10), nullable=False),
        sa.Column("tags", sa.JSON, nullable=False),
        sa.Column("saved_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name="fk_revision_entry_id_entry", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_revision"),
        sa.UniqueConstraint("entry_id", "version", name="uq_revision_entry_id_version"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "tag",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("user_id", sa.Integer, nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("name_folded", sa.String(255), nullable=False),
        sa.Column("entry_count", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_tag_user_id_user", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_tag"),
        sa.UniqueConstraint("user_id", "name_folded", name="uq_tag_user_id_name_folded"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "entry_tag",
        sa.Column("entry_id", sa.Integer, nullable=False),
        sa.Column("tag_id", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name="fk_entry_tag_entry_id_entry", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["tag_id"], ["tag.id"], name="fk_entry_tag_tag_id_tag", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("entry_id", "tag_id", name="pk_entry_tag"),
    )
    op.create_index("ix_entry_tag_tag_id", "entry_tag", ["tag_id"])


def downgrade() -> None:
    """Remove the tables, and with them what they held."""
    for table in ("entry_tag", "tag", "revision", "entry"):
        op.drop_table(table)
