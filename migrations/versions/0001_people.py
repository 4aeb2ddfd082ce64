"""People, their roles, signed-in browsers, and letters on their way."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
WAITING = sa.text("sent_at IS NULL AND failed_at IS NULL")
ROLES = [("User", 1), ("Moderator", 1 | 2), ("Administrator", 1 | 2 | 4)]


def upgrade() -> None:
    """Make the tables and the three roles."""
    role = op.create_table(
        "role",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("name", sa.String(32), nullable=False),
        sa.Column("permissions", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_role"),
        sa.UniqueConstraint("name", name="uq_role_name"),
        sqlite_autoincrement=True,
    )
    op.bulk_insert(role, [{"name": name, "permissions": permissions} for name, permissions in ROLES])
    op.create_table(
        "user",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("username", sa.String(64), nullable=False),
        sa.Column("username_folded", sa.String(255), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("email_folded", sa.String(1024), nullable=False),
        sa.Column("password_hash", sa.String(255), nullable=False),
        sa.Column("role_id", sa.Integer, nullable=False),
        sa.Column("timezone", sa.String(64), nullable=False),
        sa.Column("locale", sa.String(16), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("confirmed_at", INSTANT),
        sa.Column("confirm_serial", sa.Integer, nullable=False),
        sa.Column("reset_serial", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(["role_id"], ["role.id"], name="fk_user_role_id_role"),
        sa.PrimaryKeyConstraint("id", name="pk_user"),
        sa.UniqueConstraint("email_folded", name="uq_user_email_folded"),
        sa.UniqueConstraint("username_folded", name="uq_user_username_folded"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_user_role_id", "user", ["role_id"])
    op.create_table(
        "login_session",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("user_id", sa.Integer, nullable=False),
        sa.Column("key_hash", sa.String(64), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("last_seen_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("is_remembered", sa.Boolean, nullable=False),
        sa.Column("user_agent", sa.String(255), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_login_session_user_id_user", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_login_session"),
        sa.UniqueConstraint("key_hash", name="uq_login_session_key_hash"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_login_session_expires_at", "login_session", ["expires_at"])
    op.create_index("ix_login_session_user_id", "login_session", ["user_id"])
    op.create_table(
        "outbox_mail",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("letter", sa.String(64), nullable=False),
        sa.Column("user_id", sa.Integer, nullable=False),
        sa.Column("recipient", sa.String(254), nullable=False),
        sa.Column("details", sa.JSON, nullable=False),
        sa.Column("message_id", sa.String(255), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("not_before", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("lease", sa.String(36)),
        sa.Column("leased_until", INSTANT),
        sa.Column("sent_at", INSTANT),
        sa.Column("failed_at", INSTANT),
        sa.Column("last_error", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_outbox_mail_user_id_user", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_outbox_mail"),
        sa.UniqueConstraint("message_id", name="uq_outbox_mail_message_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_outbox_mail_user_id", "outbox_mail", ["user_id"])
    op.create_index("ix_outbox_mail_waiting", "outbox_mail", ["not_before", "id"], sqlite_where=WAITING, postgresql_where=WAITING)


def downgrade() -> None:
    """Remove the tables."""
    for table in ("outbox_mail", "login_session", "user", "role"):
        op.drop_table(table)
