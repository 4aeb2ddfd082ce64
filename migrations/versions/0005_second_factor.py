"""Second factors, log-ins that wait for one, and what happened to the safety of accounts."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    _table(
        "authenticator",
        sa.Column("sealed_secret", sa.String(255), nullable=False),
        sa.Column("last_step", sa.BigInteger, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("confirmed_at", INSTANT),
        sa.UniqueConstraint("user_id", name="uq_authenticator_user_id"),
    )
    _table(
        "recovery_code",
        sa.Column("code_hash", sa.String(64), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("used_at", INSTANT),
        sa.UniqueConstraint("user_id", "code_hash", name="uq_recovery_code_user_id_code_hash"),
    )
    _table(
        "pending_sign_in",
        sa.Column("key_hash", sa.String(64), nullable=False),
        sa.Column("state", sa.String(64), nullable=False),
        sa.Column("is_remembered", sa.Boolean, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.UniqueConstraint("key_hash", name="uq_pending_sign_in_key_hash"),
    )
    op.create_index("ix_pending_sign_in_expires_at", "pending_sign_in", ["expires_at"])
    op.create_index("ix_pending_sign_in_user_id", "pending_sign_in", ["user_id"])
    _table(
        "security_event",
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("device", sa.String(255), nullable=False),
        sa.Column("address", sa.String(45), nullable=False),
    )
    op.create_index("ix_security_event_user_id_at", "security_event", ["user_id", "at"])


def _table(name: str, *columns: sa.schema.SchemaItem) -> None:
    """Make a table whose rows belong to a person and go with the account."""
    op.create_table(
        name,
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("user_id", sa.Integer, nullable=False),
        *columns,
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=f"fk_{name}_user_id_user", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=f"pk_{name}"),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    """Remove the tables, and with them what they held."""
    for table in ("security_event", "pending_sign_in", "recovery_code", "authenticator"):
        op.drop_table(table)
