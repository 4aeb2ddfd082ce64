"""Accounts, their roles, invitations, and what happens to accounts."""

import sqlalchemy as sa
from alembic import op

from migrations.baseline.parts import INSTANT


def _installation() -> None:
    op.create_table("installation", sa.Column("id", sa.String(36), nullable=False), sa.PrimaryKeyConstraint("id", name="pk_installation"))


def _role() -> None:
    op.create_table(
        "role",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("name", sa.String(32), nullable=False),
        sa.Column("permissions", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_role"),
        sa.UniqueConstraint("name", name="uq_role_name"),
        sqlite_autoincrement=True,
    )


def _user() -> None:
    op.create_table(
        "user",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("username", sa.String(64), nullable=False),
        sa.Column("username_folded", sa.String(255), nullable=False),
        sa.Column("username_skeleton", sa.String(1024), server_default="", nullable=False),
        sa.Column("email", sa.String(254)),
        sa.Column("email_folded", sa.String(1024)),
        sa.Column("password_hash", sa.String(255)),
        sa.Column("role_id", sa.Integer, nullable=False),
        sa.Column("timezone", sa.String(64), nullable=False),
        sa.Column("locale", sa.String(16), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("confirmed_at", INSTANT),
        sa.Column("last_login_at", INSTANT),
        sa.Column("epoch", sa.Integer, server_default="0", nullable=False),
        sa.Column("confirm_token_version", sa.Integer, nullable=False),
        sa.Column("reset_token_version", sa.Integer, nullable=False),
        sa.Column("suspended_at", INSTANT),
        sa.Column("closed_at", INSTANT),
        sa.Column("default_visibility", sa.String(10), nullable=False),
        sa.Column("day_ends_at", sa.Integer, nullable=False),
        sa.Column("week_begins_on", sa.Integer, nullable=False),
        sa.Column("display_name", sa.String(80), server_default="", nullable=False),
        sa.Column("name_given_by_admin", sa.String(80), server_default="", nullable=False),
        sa.Column("names_folded", sa.String(512), server_default="", nullable=False),
        sa.Column("import_key", sa.String(512)),
        sa.Column("lock_after_days", sa.Integer, server_default="0", nullable=False),
        sa.Column("mood_enabled", sa.Boolean, server_default=sa.false(), nullable=False),
        sa.Column("search_languages", sa.String(120), server_default="en ru", nullable=False),
        sa.Column("indexed_as", sa.String(140), server_default="", nullable=False),
        sa.Column("prompt_mode", sa.String(10), server_default="never", nullable=False),
        sa.Column("prompts", sa.Text, server_default="", nullable=False),
        sa.Column("keep_originals", sa.Boolean, server_default=sa.false(), nullable=False),
        sa.Column("theme", sa.String(10), server_default="system", nullable=False),
        sa.ForeignKeyConstraint(["role_id"], ["role.id"], name="fk_user_role_id_role"),
        sa.PrimaryKeyConstraint("id", name="pk_user"),
        sa.UniqueConstraint("email_folded", name="uq_user_email_folded"),
        sa.UniqueConstraint("username_folded", name="uq_user_username_folded"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_user_closed_at", "user", ["closed_at"])
    op.create_index("ix_user_import_key", "user", ["import_key"], unique=True)
    op.create_index("ix_user_role_id", "user", ["role_id"])
    op.create_index("ix_user_username_skeleton", "user", ["username_skeleton"], unique=True)


def _address_change() -> None:
    op.create_table(
        "address_change",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("user_id", sa.Integer, nullable=False),
        sa.Column("old_email", sa.String(254), nullable=False),
        sa.Column("old_email_folded", sa.String(1024), server_default="", nullable=False),
        sa.Column("new_email", sa.String(254), nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("confirmed_at", INSTANT),
        sa.Column("undone_at", INSTANT),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_address_change_user_id_user", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_address_change"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_address_change_old_email_folded", "address_change", ["old_email_folded"])
    op.create_index("ix_address_change_user_id", "address_change", ["user_id"])


def _invitation() -> None:
    op.create_table(
        "invitation",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("created_by_id", sa.Integer),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("max_uses", sa.Integer, nullable=False),
        sa.Column("uses", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(["created_by_id"], ["user.id"], name="fk_invitation_created_by_id_user", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_invitation"),
        sa.UniqueConstraint("token_hash", name="uq_invitation_token_hash"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_invitation_created_by_id", "invitation", ["created_by_id"])


def _audit_event() -> None:
    op.create_table(
        "audit_event",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("actor_id", sa.Integer),
        sa.Column("actor_name", sa.String(64), nullable=False),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("subject_name", sa.String(64), nullable=False),
        sa.Column("details", sa.JSON, nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["user.id"], name="fk_audit_event_actor_id_user", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_audit_event"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_audit_event_actor_id", "audit_event", ["actor_id"])
    op.create_index("ix_audit_event_at", "audit_event", ["at"])


def _security_event() -> None:
    op.create_table(
        "security_event",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("user_id", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("device", sa.String(255), nullable=False),
        sa.Column("ip_address", sa.String(45), nullable=False),
        sa.Column("undo", sa.JSON(none_as_null=True)),
        sa.Column("undone_at", INSTANT),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_security_event_user_id_user", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_security_event"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_security_event_user_id_at", "security_event", ["user_id", "at"])


TABLES = {
    "installation": _installation,
    "role": _role,
    "user": _user,
    "address_change": _address_change,
    "invitation": _invitation,
    "audit_event": _audit_event,
    "security_event": _security_event,
}
