"""Devices, passkeys, authenticator apps, and log-ins that are not finished."""

import sqlalchemy as sa
from alembic import op

from migrations.baseline.parts import INSTANT


def _login_session() -> None:
    op.create_table(
        "login_session",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("user_id", sa.Integer, nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("last_seen_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("is_remembered", sa.Boolean, nullable=False),
        sa.Column("user_agent", sa.String(255), nullable=False),
        sa.Column("ip_address", sa.String(45), nullable=False),
        sa.Column("reauthenticated_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_login_session_user_id_user", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_login_session"),
        sa.UniqueConstraint("token_hash", name="uq_login_session_token_hash"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_login_session_expires_at", "login_session", ["expires_at"])
    op.create_index("ix_login_session_user_id", "login_session", ["user_id"])


def _authenticator() -> None:
    op.create_table(
        "authenticator",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("user_id", sa.Integer, nullable=False),
        sa.Column("encrypted_secret", sa.String(255), nullable=False),
        sa.Column("last_step", sa.BigInteger, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("confirmed_at", INSTANT),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_authenticator_user_id_user", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_authenticator"),
        sa.UniqueConstraint("user_id", name="uq_authenticator_user_id"),
        sqlite_autoincrement=True,
    )


def _recovery_code() -> None:
    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("user_id", sa.Integer, nullable=False),
        sa.Column("code_hash", sa.String(64), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("used_at", INSTANT),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_recovery_code_user_id_user", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_recovery_code"),
        sa.UniqueConstraint("user_id", "code_hash", name="uq_recovery_code_user_id_code_hash"),
        sqlite_autoincrement=True,
    )


def _pending_login() -> None:
    op.create_table(
        "pending_login",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("user_id", sa.Integer, nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("state", sa.String(64), nullable=False),
        sa.Column("is_remembered", sa.Boolean, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_pending_login_user_id_user", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_pending_login"),
        sa.UniqueConstraint("token_hash", name="uq_pending_login_token_hash"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_pending_login_expires_at", "pending_login", ["expires_at"])
    op.create_index("ix_pending_login_user_id", "pending_login", ["user_id"])


def _passkey() -> None:
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


def _challenge() -> None:
    op.create_table(
        "challenge",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("user_id", sa.Integer),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("purpose", sa.String(10), nullable=False),
        sa.Column("challenge", sa.String(88), nullable=False),
        sa.Column("user_handle", sa.String(88), nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_challenge_user_id_user", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_challenge"),
        sa.UniqueConstraint("token_hash", name="uq_challenge_token_hash"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_challenge_expires_at", "challenge", ["expires_at"])
    op.create_index("ix_challenge_user_id", "challenge", ["user_id"])


TABLES = {
    "login_session": _login_session,
    "authenticator": _authenticator,
    "recovery_code": _recovery_code,
    "pending_login": _pending_login,
    "passkey": _passkey,
    "challenge": _challenge,
}
