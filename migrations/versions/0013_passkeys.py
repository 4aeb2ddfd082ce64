"""Passkeys and security keys, and the challenges that they answer."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "passkey",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("user_id", sa.Integer, nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("credential_id", sa.String(1400), nullable=False),
        sa.Column("public_key", sa.Text, nullable=False),
        sa.Column("user_handle", sa.String(88), nullable=False),
        sa.Column("sign_count", sa.BigInteger, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("last_used_at", INSTANT),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_passkey_user_id_user", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_passkey"),
        sa.UniqueConstraint("credential_id", name="uq_passkey_credential_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_passkey_user_id", "passkey", ["user_id"])
    op.create_table(
        "challenge",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("user_id", sa.Integer),
        sa.Column("key_hash", sa.String(64), nullable=False),
        sa.Column("purpose", sa.String(10), nullable=False),
        sa.Column("question", sa.String(88), nullable=False),
        sa.Column("user_handle", sa.String(88), nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_challenge_user_id_user", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_challenge"),
        sa.UniqueConstraint("key_hash", name="uq_challenge_key_hash"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_challenge_user_id", "challenge", ["user_id"])
    op.create_index("ix_challenge_expires_at", "challenge", ["expires_at"])


def downgrade() -> None:
    """Remove the tables, and with them what they held."""
    op.drop_table("challenge")
    op.drop_table("passkey")
