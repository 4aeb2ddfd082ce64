"""Photos and other files of entries."""

import sqlalchemy as sa
from alembic import op

from migrations.baseline.parts import INSTANT


def _attachment() -> None:
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
        sa.CheckConstraint("kind IN ('photo', 'audio', 'video', 'file')", name="ck_attachment_kind"),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_attachment_user_id_user", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_attachment"),
        sa.UniqueConstraint("key", name="uq_attachment_key"),
        sa.UniqueConstraint("user_id", "uid", name="uq_attachment_user_id_uid"),
        sqlite_autoincrement=True,
    )


def _attachment_variant() -> None:
    op.create_table(
        "attachment_variant",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("attachment_id", sa.Integer, nullable=False),
        sa.Column("is_original", sa.Boolean, nullable=False),
        sa.Column("media_type", sa.String(64), nullable=False),
        sa.Column("width", sa.Integer, nullable=False),
        sa.Column("height", sa.Integer, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(
            ["attachment_id"], ["attachment.id"], name="fk_attachment_variant_attachment_id_attachment", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_attachment_variant"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_attachment_variant_attachment_id", "attachment_variant", ["attachment_id"])
    op.create_index("ix_attachment_variant_digest", "attachment_variant", ["digest"])


def _entry_attachment() -> None:
    op.create_table(
        "entry_attachment",
        sa.Column("entry_id", sa.Integer, nullable=False),
        sa.Column("attachment_id", sa.Integer, nullable=False),
        sa.Column("is_shown", sa.Boolean, nullable=False),
        sa.ForeignKeyConstraint(
            ["attachment_id"], ["attachment.id"], name="fk_entry_attachment_attachment_id_attachment", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name="fk_entry_attachment_entry_id_entry", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("entry_id", "attachment_id", name="pk_entry_attachment"),
    )
    op.create_index("ix_entry_attachment_attachment_id", "entry_attachment", ["attachment_id"])


TABLES = {"attachment": _attachment, "attachment_variant": _attachment_variant, "entry_attachment": _entry_attachment}
